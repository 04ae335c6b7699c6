// JSON Patch (RFC 6902) with JSON Pointer (RFC 6901) over a Value.
//
// All or nothing: the result is a new document, the caller checks it before it is kept. Bounded by the limits
// of patch.h. Pure function; thread-safe.
#pragma once

#include "gateway/base/result.h"
#include "gateway/base/value.h"

namespace gateway::fhir {

// Errors, with "operation N, /path" in `where`: InvalidBody for a patch that is none, Unprocessable for an
// operation that does not fit the document or whose test fails, BodyTooLarge.
Result<Value> apply_json_patch(Value document, const Value& patch);

}  // namespace gateway::fhir
