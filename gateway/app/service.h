// The gateway's own routes: /, /health, /ready, /metrics and /openapi.json.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateway/base/metrics.h"
#include "gateway/base/result.h"
#include "gateway/http/router.h"

namespace gateway::app {

// Something that must work before the gateway is ready for requests. Called from several threads.
struct ReadyCheck {
  std::string name;
  std::function<Result<void>()> check;
};

// Call it last: /openapi.json describes the routes that are there when it is asked. All must outlive the
// router.
void add_service_routes(http::Router& router, const Metrics& metrics, std::vector<ReadyCheck> checks);

}  // namespace gateway::app
