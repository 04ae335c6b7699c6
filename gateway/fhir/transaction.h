// Batch and transaction (FHIR R4 http 3.1.0.11): a Bundle of interactions, each for itself or all or nothing.
//
// The entries of a batch go through the routes of the face, one by one. Those of a transaction are decided,
// their references resolved, and written in one commit, in the order of the standard; its reads run after
// that. Thread-safe.
#pragma once

#include "gateway/fhir/face.h"

namespace gateway::fhir {

// POST of a Bundle to the root. `router` answers the entries; it and the face must outlive the routes.
void add_transaction_routes(http::Router& router, const FhirFace& face);

}  // namespace gateway::fhir
