// Reads official files of a FHIR package at run time (`--pack`): JSON resources and Bundles of them, from one
// file or from a folder with its subfolders.
//
// Takes StructureDefinition, ValueSet, CodeSystem, ConceptMap and SearchParameter; other resources and JSON
// files that hold none are passed over. Errors: NotFound; ProfileInvalid and BodyTooLarge, with the file and
// the place in it. Not thread-safe for one Definitions.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/definitions/definitions.h"

namespace gateway::definitions {

Result<void> read_package(const std::string& path, const PackageLimits& limits, Definitions& into);

// The content of one file; `file` is what errors name, `pack` what the definitions are said to come from.
Result<void> read_package_file(std::string_view json, const std::string& file, const std::string& pack,
                               const PackageLimits& limits, Definitions& into);

}  // namespace gateway::definitions
