// The codes by which definitions write the enumerations of definitions.h, both in JSON and in our tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/definitions/definitions.h"

namespace gateway::definitions {

std::optional<Strength> strength_of(std::string_view code);
std::optional<Slicing::Rules> slicing_rules_of(std::string_view code);
std::optional<Discriminator::Kind> discriminator_of(std::string_view code);
std::optional<Structure::Kind> structure_kind_of(std::string_view code);
std::optional<CodeSystem::Content> content_of(std::string_view code);

// Some published definitions have "|version" in their own URL: it goes where it belongs.
void cut_version(std::string& url, std::string& version);

// The FHIR type that holds a type of the FHIRPath System namespace: "string" for "System.String".
std::string_view primitive_of(std::string_view system_type);

}  // namespace gateway::definitions
