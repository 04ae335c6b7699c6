// Internal to the reader of JSON-LD: the canonical text of a JSON literal (RFC 8785), so that equal values
// are equal literals. A pure function.
#pragma once

#include <string>

#include "gateway/base/value.h"

namespace gateway::codec {

std::string canonical_json(const Value& value);

}  // namespace gateway::codec
