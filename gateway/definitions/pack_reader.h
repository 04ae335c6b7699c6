// Reads a pack of profiles/fhir: one folder of compact tables, generated from a release of FHIR or of an
// implementation guide (profiles/fhir/README.md gives the form).
//
// A structure states only what differs from what it is based on, so a pack is read after those it builds on.
// Errors: NotFound; ProfileInvalid with file:line; BodyTooLarge. Not thread-safe for one Definitions.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/definitions/definitions.h"

namespace gateway::definitions {

Result<void> read_pack(const std::string& folder, const std::string& name, const PackageLimits& limits,
                       Definitions& into);

// One table, of the kind that its file name says: "resources.tsv". `pack` is where it is said to come from.
Result<void> read_table(std::string_view file, std::string_view text, const std::string& pack,
                        const PackageLimits& limits, Definitions& into);

}  // namespace gateway::definitions
