// FHIRPath Patch (FHIR R4 3.1.0.7.1, fhirpatch): a Parameters resource of add, insert, delete, replace and
// move operations over a resource.
//
// All or nothing: the result is a new resource, the caller checks it before it is kept. Pure function;
// thread-safe.
#pragma once

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/definitions/definitions.h"

namespace gateway::fhir {

// Errors, with "operation N, path" in `where`: InvalidBody for Parameters that are no patch, Unprocessable
// for a path that finds nothing, more than one element or what cannot be changed, BodyTooLarge.
Result<Value> apply_fhirpath_patch(Value resource, const Value& parameters,
                                   const definitions::Definitions& definitions);

}  // namespace gateway::fhir
