// The kinds of compact tables, one reader each (profiles/fhir/README.md gives their form).
//
// Errors: ProfileInvalid with file:line, BodyTooLarge. Not thread-safe for one Definitions.
#pragma once

#include <string>

#include "gateway/base/result.h"
#include "gateway/definitions/definitions.h"
#include "gateway/definitions/table_lines.h"

namespace gateway::definitions {

Result<void> read_structures(TableLines& lines, const std::string& pack, const PackageLimits& limits,
                             Definitions& into);
Result<void> read_code_systems(TableLines& lines, const std::string& pack, Definitions& into);
Result<void> read_value_sets(TableLines& lines, const std::string& pack, Definitions& into);
Result<void> read_search_parameters(TableLines& lines, const std::string& pack, Definitions& into);
Result<void> read_concept_maps(TableLines& lines, const std::string& pack, Definitions& into);

}  // namespace gateway::definitions
