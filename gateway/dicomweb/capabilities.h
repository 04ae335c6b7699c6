// Capabilities (PS3.18 section 8.9): OPTIONS of the service root and of every resource below it answers with
// a description of that resource and of what lies below it, as WADL or JSON (OpenAPI).
#pragma once

#include <string>

#include "gateway/http/router.h"

namespace gateway::dicomweb {

// For all routes below `root` that are there already, so it is called last. `router` must outlive its
// handlers.
void add_capabilities_routes(http::Router& router, const std::string& root);

}  // namespace gateway::dicomweb
