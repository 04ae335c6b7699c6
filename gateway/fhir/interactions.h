// The interactions with one resource over HTTP: read, vread, create, update, patch, delete, and search (FHIR
// R4 http 3.1.0.1 to 3.1.0.10). Thread-safe.
#pragma once

#include "gateway/fhir/write_call.h"

namespace gateway::fhir {

// Routes of read, vread, search and the writes of every type. The face must outlive the router.
void add_interaction_routes(http::Router& router, const FhirFace& face);

// The response of a write: status, Location, ETag, Last-Modified and the body that Prefer asks for.
http::Response response_of(const Reply& reply, const http::Request& request, const FhirFace& face);

// A type of R4, or NotFound.
Result<void> check_type(const FhirFace& face, std::string_view type);

// What a handler says about itself to people and to /openapi.json.
http::RouteInfo route_info(std::string summary);
http::RouteInfo body_info(std::string summary, std::uint64_t limit);

}  // namespace gateway::fhir
