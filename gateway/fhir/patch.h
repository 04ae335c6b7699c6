// PATCH of a resource: the body and its media type to the patched resource (FHIR R4 3.1.0.7).
//
// application/json-patch+json is JSON Patch, application/fhir+json and application/fhir+xml hold the
// Parameters of a FHIRPath Patch. The result is to be checked by the caller as any resource sent in; type and
// id cannot change. Pure function; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/definitions/definitions.h"

namespace gateway::fhir {

inline constexpr std::size_t kMaxPatchOperations = 2'000;
inline constexpr std::string_view kJsonPatch = "application/json-patch+json";

// `content_type` as in the request. Errors: UnsupportedMediaType; as apply_json_patch and
// apply_fhirpath_patch; Unprocessable when resourceType or id would change.
Result<Value> patched(const Value& resource, std::string_view content_type, std::string_view body,
                      const definitions::Definitions& definitions);

// The parts of an operation's place in an error: "operation 3, /name/0".
std::string patch_where(std::size_t operation, std::string_view path);

}  // namespace gateway::fhir
