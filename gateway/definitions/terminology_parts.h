// Building Parameters resources, for the terminology operations.
//
// Internal to gateway/definitions. Pure functions.
#pragma once

#include <string_view>

#include "gateway/base/value.h"

namespace gateway::definitions {

Value parameters_resource();
// {"name": name, type: value} to `parameters`.
void add_parameter(Value& parameters, std::string_view name, std::string_view type, Value value);
// `part` to the list of that name in `whole`.
void add_part(Value& whole, std::string_view list, Value part);

}  // namespace gateway::definitions
