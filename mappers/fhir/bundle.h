// Bundles of whole resources without a server: for `convert --to fhir`. Pure functions; thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir {

// A Bundle of type collection: every Patient once, every ImagingStudy, the devices, organizations, roles and
// orders these name once each, under a urn:uuid, and with a `base` the Endpoint.
//   base "https://host": fullUrl is https://host/fhir/Type/id, references are Type/id, Endpoint is
//   https://host/dicomweb. base empty: fullUrl is a urn:uuid that depends on the id only, and references are
//   the same URNs.
// `rows` have series and instances filled; a subject without key gets one from issuer and patient id.
// Error: InvalidParameter for a study without a UID.
gateway::Result<std::string> bundle_of(std::span<const gateway::model::StudyRow> rows, std::string_view base,
                                       const RenderOptions& options);

}  // namespace mappers::fhir
