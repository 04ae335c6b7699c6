// One row of a table of structures: what an element says beyond what it inherits.
#pragma once

#include <string>
#include <unordered_map>

#include "gateway/base/result.h"
#include "gateway/definitions/definitions.h"
#include "gateway/definitions/table_lines.h"

namespace gateway::definitions {

using Rules = std::unordered_map<std::string, Constraint>;  // by key, as the lines above the row state them

// Changes `element`, which holds what it inherits (`inherits`) or is new. Error: ProfileInvalid with
// file:line.
Result<void> read_row(const TableLines& lines, const TableLine& line, const Rules& rules, bool inherits,
                      Element& element);

}  // namespace gateway::definitions
