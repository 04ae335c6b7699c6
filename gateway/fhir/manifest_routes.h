// Routes of manifests beside reading and searching them: the Key Object document as it is, a manifest of a
// study in the form that is asked for, and the conversion of anybody's manifest. Thread-safe.
#pragma once

#include "gateway/fhir/face.h"

namespace gateway::fhir {

// GET  /Binary/{id}: as FHIR resource for those who accept FHIR, else the content itself (FHIR R4 binary).
// GET  /ImagingStudy/{id}/$manifest?format=fhir|kos
// POST /$convert-manifest: a Key Object document becomes a Bundle, a Bundle a Key Object document. The answer
//      is Parameters with `return` and `outcome`, which lists what is missing and what was lost; or, for
//      those who accept application/dicom, the document alone with a Warning.
// The face must outlive the router.
void add_manifest_routes(http::Router& router, const FhirFace& face);

}  // namespace gateway::fhir
