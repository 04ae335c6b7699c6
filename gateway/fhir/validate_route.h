// Validation where resources come in, and the operation $validate (FHIR R4 3.2.0,
// resource-operation-validate). Thread-safe.
#pragma once

#include <optional>
#include <string>

#include "gateway/fhir/face.h"

namespace gateway::fhir {

// Why `resource` is not kept, as an OperationOutcome, or nothing. Choice: what breaks the structure of its
// type (unknown or missing elements, wrong types, codes outside of required sets) is refused, so that all
// that is stored can be read back; profiles and invariants are the business of $validate.
// `where` is put before the expressions: "Bundle.entry[2]", or empty.
Result<std::optional<std::string>> refusal_of(const FhirFace& face, const Value& resource,
                                              const std::string& where);

// POST and GET [type]/$validate and [type]/[id]/$validate.
void add_validate_routes(http::Router& router, const FhirFace& face);

}  // namespace gateway::fhir
