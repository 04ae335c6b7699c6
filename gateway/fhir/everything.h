// [type]/[id]/$everything (FHIR R4 patient-operation-everything and encounter-operation-everything),
// [type]/[id]/$meta (resource-operation-meta) and Composition/[id]/$document
// (composition-operation-document). Thread-safe.
#pragma once

#include "gateway/fhir/face.h"

namespace gateway::fhir {

// What belongs to the compartment of a patient or encounter and what that refers to; what a study refers to
// and what refers to it; page by page. And the meta of one resource.
void add_everything_routes(http::Router& router, const FhirFace& face);
// The document of a Composition: it first, then all that it refers to here, each once.
void add_document_routes(http::Router& router, const FhirFace& face);

}  // namespace gateway::fhir
