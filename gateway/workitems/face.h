// The worklist face: Unified Procedure Steps over the web, UPS-RS (PS3.18 chapter 11), with notifications
// over WebSocket (section 8.10).
//
// Routes lie beside those of the DICOMweb face, below the same root. Thread-safe. Store and clock must
// outlive the face, and the face the server.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "gateway/http/router.h"
#include "gateway/workitems/service.h"

namespace gateway::workitems {

struct WorkitemConfig {
  std::string root = "/dicomweb";
  ServiceRules rules = {};
  std::uint32_t max_results = 10'000;                               // of one search; more gives Warning 299
  std::uint64_t max_body_bytes = 4 << 20;                           // of one work item
  std::uint64_t max_queue_bytes = 8 << 20;                          // of events that wait for one connection
  std::function<bool(std::string_view origin)> allows_origin = {};  // null: pages of our own address only
};

class WorkitemFace {
 public:
  explicit WorkitemFace(model::WorkitemStore& store, WorkitemConfig config = {},
                        const Clock& clock = Clock::system())
      : config_(std::move(config)), store_(store), service_(store, notifications_, config_.rules, clock) {}

  const WorkitemConfig& config() const { return config_; }
  const model::WorkitemStore& store() const { return store_; }
  WorkitemService& service() { return service_; }
  Notifications& notifications() { return notifications_; }

 private:
  const WorkitemConfig config_;
  const model::WorkitemStore& store_;
  Notifications notifications_;
  WorkitemService service_;
};

// Adds all routes of the face. Called once, before serving.
void add_routes(http::Router& router, WorkitemFace& face);

}  // namespace gateway::workitems
