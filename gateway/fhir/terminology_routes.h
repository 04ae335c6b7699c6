// The terminology routes of the FHIR face: ValueSet/$expand, ValueSet/$validate-code, CodeSystem/$lookup,
// CodeSystem/$validate-code, ConceptMap/$translate, for the type and for one instance, by GET and by POST of
// Parameters (FHIR R4 4.8.18, 4.9.18, 4.10.18); and read and search by url of the definitions that are held.
//
// Definitions are read-only: clients cannot store any. Errors are OperationOutcomes. Thread-safe; face and
// terminology must outlive the router.
#pragma once

#include <span>
#include <string_view>

#include "gateway/definitions/terminology.h"
#include "gateway/fhir/face.h"

namespace gateway::fhir {

// Called once, before serving, beside add_routes().
void add_terminology_routes(http::Router& router, const FhirFace& face,
                            const definitions::Terminology& terminology);

// For the CapabilityStatement: {"ValueSet", "expand"}, ...
struct TerminologyOperation {
  std::string_view type, name;
};
std::span<const TerminologyOperation> terminology_operations();

}  // namespace gateway::fhir
