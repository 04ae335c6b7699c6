// The sources as a REST resource: what is behind this gateway, how it does, how far its harvest is.
//
//   GET    /sources                  all of them, and the cache
//   GET    /sources/{name}           one of them
//   POST   /sources/{name}/harvest   begins a harvest: 202; one that is under way goes on
//   DELETE /sources/{name}/harvest   ends the one that is under way, to be resumed by the next
//   POST   /sources/{name}/check     asks the source whether it is there (C-ECHO, a search): 200, 502, 504
#pragma once

#include "gateway/http/router.h"
#include "gateway/sources/source_gateway.h"

namespace gateway::sources {

// `gateway` must outlive the router.
void add_routes(http::Router& router, SourceGateway& gateway);

}  // namespace gateway::sources
