#include "gateway/fhirpath/constants.h"

namespace gateway::fhirpath {

std::optional<std::string> constant_text(std::string_view name) {
  if (name == "ucum") return "http://unitsofmeasure.org";
  if (name == "sct") return "http://snomed.info/sct";
  if (name == "loinc") return "http://loinc.org";
  if (name.starts_with("vs-")) return "http://hl7.org/fhir/ValueSet/" + std::string(name.substr(3));
  if (name.starts_with("ext-"))
    return "http://hl7.org/fhir/StructureDefinition/" + std::string(name.substr(4));
  return std::nullopt;
}

bool is_node_constant(std::string_view name) {
  return name == "resource" || name == "rootResource" || name == "context";
}

}  // namespace gateway::fhirpath
