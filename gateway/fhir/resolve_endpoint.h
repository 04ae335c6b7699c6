// ImagingStudy/$resolve-endpoint: where the images of an ImagingStudy are, of this server or from elsewhere:
// the DICOMweb addresses that its Endpoints lead to (FHIR R4 Endpoint; PS3.18 sections 10.4 and 10.6).
//
// All variants of naming studies and endpoints are read (mappers/fhir/packs.h). Nobody is asked: addresses
// are made of what the resource says. Thread-safe; the face must outlive the router.
#pragma once

#include "gateway/fhir/face.h"

namespace gateway::fhir {

// POST with an ImagingStudy, a Bundle that has some, or Parameters (`resource`, `reference`); GET of a stored
// one.
void add_resolve_routes(http::Router& router, const FhirFace& face);

}  // namespace gateway::fhir
