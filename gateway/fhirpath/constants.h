// The environment variables that the standards define: %context, %ucum, %`vs-...` (HL7 FHIRPath N1 2.0.0
// section 9; FHIR R4 2.9.1.4).
//
// Internal to gateway/fhirpath. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateway::fhirpath {

// The text that a constant stands for; nothing for those that stand for nodes.
std::optional<std::string> constant_text(std::string_view name);
// Those that stand for nodes: resource, rootResource, context.
bool is_node_constant(std::string_view name);

}  // namespace gateway::fhirpath
