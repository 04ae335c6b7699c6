// What all connections of a server share: limits, routes, clock, counters. Const after construction but for
// what is atomic inside; thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <string>
#include <unordered_map>

#include "gateway/base/clock.h"
#include "gateway/base/metrics.h"
#include "gateway/http/body_store.h"
#include "gateway/http/heavy_gate.h"
#include "gateway/http/router.h"
#include "gateway/http/server.h"

namespace gateway::http {

// Handles of one face: requests by class of status (index status / 100), and how long they took.
struct FaceMetrics {
  std::array<Counter*, 6> requests{};
  Histogram* seconds = nullptr;
};

class Engine {
 public:
  Engine(const ServerConfig& config, const Router& routes, Metrics& metrics, const Clock& time);

  const Limits limits;
  const std::string public_url;
  const TrustForwarded trust_forwarded;
  const CorsPolicy cors;
  const Router& router;
  const Clock& clock;
  const SpoolConfig spool;
  const std::shared_ptr<ByteBudget> socket_memory;  // of what waits for the readers of WebSockets
  HeavyGate heavy;
  // Gets a connection another turn, from any thread; set once, before the first connection.
  std::function<void(int fd, std::uint64_t key)> wake;
  std::atomic<bool> draining{false};  // stop() was called: no request after the present one

  // `route` may be null: nothing matched.
  void count_request(const Route* route, int status, double seconds) const;
  // One warning a request, at most a few a second: a flood of bad requests is not a flood of log lines.
  void report_malformed(const Error& error, std::string_view remote, std::string_view request_id);

 private:
  FaceMetrics face_metrics(Metrics& metrics, const std::string& face) const;

  std::unordered_map<const Route*, FaceMetrics> by_route_;
  FaceMetrics unmatched_;
  Counter& malformed_;
  std::atomic<std::int64_t> warnings_second_{0};
  std::atomic<int> warnings_{0};
};

// What a worker thread keeps for itself between connections: a buffer, the date text, request ids.
class WorkerKit {
 public:
  WorkerKit();
  std::span<char> buffer() { return {buffer_.data(), buffer_.size()}; }
  std::string_view date(const Clock& clock);
  std::string request_id(const Clock& clock);  // UUID version 7, unique but not secret

 private:
  std::vector<char> buffer_;
  std::int64_t date_second_ = -1;
  std::string date_;
  std::array<std::uint64_t, 2> random_{};
};

}  // namespace gateway::http
