// The CapabilityStatement (FHIR R4 capabilitystatement, kind instance): what this server does, generated from
// the routes that do it and from the definitions that it works with. Pure function.
#pragma once

#include <string>
#include <string_view>

#include "gateway/fhir/face.h"

namespace gateway::fhir {

std::string capability_statement(const http::Router& router, const FhirFace& face, std::string_view base);

}  // namespace gateway::fhir
