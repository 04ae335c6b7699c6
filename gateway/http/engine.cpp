#include "gateway/http/engine.h"

#include <cstring>

#include "gateway/base/ids.h"
#include "gateway/base/log.h"

namespace gateway::http {
namespace {

constexpr std::size_t kBuffer = 128 << 10;
constexpr int kWarningsPerSecond = 5;

std::string_view class_of(std::size_t index) {
  static constexpr std::array<std::string_view, 6> kNames = {"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
  return kNames[index];
}

// Two workers stay free for light requests where there are so many.
std::uint32_t heavy_at_once(unsigned threads) { return threads > 3 ? threads - 2 : 1; }

// splitmix64
std::uint64_t mix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

}  // namespace

Engine::Engine(const ServerConfig& config, const Router& routes, Metrics& metrics, const Clock& time)
    : limits(config.limits),
      public_url(config.public_url.ends_with('/') ? config.public_url.substr(0, config.public_url.size() - 1)
                                                  : config.public_url),
      trust_forwarded(config.trust_forwarded),
      cors(config.cors),
      router(routes),
      clock(time),
      spool{config.spool_dir, config.limits.body_in_memory,
            std::make_shared<ByteBudget>(config.limits.memory_total),
            std::make_shared<ByteBudget>(config.limits.spool_total)},
      socket_memory(std::make_shared<ByteBudget>(config.limits.socket_total)),
      heavy(heavy_at_once(config.threads), config.limits.heavy_queue),
      unmatched_(face_metrics(metrics, "none")),
      malformed_(metrics.counter("gateway_http_malformed_total", "Requests refused as malformed")) {
  for (const auto& route : routes.routes()) by_route_[route.get()] = face_metrics(metrics, route->info.tag);
}

FaceMetrics Engine::face_metrics(Metrics& metrics, const std::string& face) const {
  FaceMetrics handles;
  for (std::size_t i = 0; i < handles.requests.size(); ++i)
    handles.requests[i] =
        &metrics.counter("gateway_http_requests_total", "Requests answered, by face and status class",
                         {{"face", face}, {"status", std::string(class_of(i))}});
  handles.seconds = &metrics.histogram(
      "gateway_http_request_seconds", "From the request's head to the last byte of its answer",
      {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10}, {{"face", face}});
  return handles;
}

void Engine::count_request(const Route* route, int status, double seconds) const {
  const auto found = by_route_.find(route);
  const FaceMetrics& handles = found == by_route_.end() ? unmatched_ : found->second;
  handles.requests[static_cast<std::size_t>(status / 100 % 6)]->add();
  handles.seconds->observe(seconds);
}

void Engine::report_malformed(const Error& error, std::string_view remote, std::string_view request_id) {
  malformed_.add();
  const std::int64_t second = clock.steady_us() / 1'000'000;
  if (warnings_second_.exchange(second, std::memory_order_relaxed) != second)
    warnings_.store(0, std::memory_order_relaxed);
  if (warnings_.fetch_add(1, std::memory_order_relaxed) >= kWarningsPerSecond) return;
  log::warning("request refused", {{"request", request_id},
                                   {"code", error.face().name},
                                   {"why", error.message},
                                   {"where", error.where},
                                   {"remote", remote}});
}

WorkerKit::WorkerKit() : buffer_(kBuffer) {
  const std::string seed = make_uuid7(0) + make_uuid7(1);  // from the system's generator of random numbers
  random_ = {stable_hash(as_bytes(seed), 1), stable_hash(as_bytes(seed), 2)};
}

std::string_view WorkerKit::date(const Clock& clock) {
  const std::int64_t now = clock.utc_us();
  if (now / 1'000'000 != date_second_) {
    date_second_ = now / 1'000'000;
    date_ = http_date(now);
  }
  return date_;
}

// RFC 9562 section 5.7
std::string WorkerKit::request_id(const Clock& clock) {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto ms = static_cast<std::uint64_t>(clock.utc_us() / 1000);
  const std::uint64_t high = ms << 16 | 0x7000 | (mix(random_[0]) & 0x0FFF);
  const std::uint64_t low = (mix(random_[1]) & 0x3FFFFFFFFFFFFFFFull) | 0x8000000000000000ull;
  std::string id(36, '-');
  std::size_t at = 0;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (at == 8 || at == 13 || at == 18 || at == 23) ++at;
    const std::uint64_t word = nibble < 16 ? high : low;
    id[at++] = kHex[word >> (60 - 4 * (nibble % 16)) & 15];
  }
  return id;
}

}  // namespace gateway::http
