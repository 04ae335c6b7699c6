// The CapabilityStatement: what this face does, generated from the tables that do it. Pure function.
#pragma once

#include <string>
#include <string_view>

#include "gateway/fhir/face.h"

namespace gateway::fhir {

std::string capability_statement(const FhirFace& face, std::string_view base);

}  // namespace gateway::fhir
