// The HTTP/1.1 server: strict parsing (RFC 9112), connections that do not hold threads, bounded everything.
//
// Workers wait on one epoll set of non-blocking Poco sockets. A connection is a state machine (reading head,
// reading body, handling, writing, idle) and is with a worker only while bytes can move or a handler runs; so
// idle, slow and slowly reading clients cost memory and no thread. The request path reads, in order: accept,
// parse, limits, route, handler, respond, log; see connection.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/metrics.h"
#include "gateway/base/result.h"
#include "gateway/http/cors.h"
#include "gateway/http/router.h"

namespace gateway::http {

struct Limits {
  std::uint32_t request_line = 8 << 10;    // bytes; longer is 414
  std::uint32_t head = 64 << 10;           // bytes of request line and fields; more is 431
  std::uint32_t fields = 200;              // field lines; more is 431
  std::uint32_t connections = 20'000;      // open at once; above it new ones get 503 and are closed
  std::uint32_t connections_per_peer = 0;  // the same for one address; 0: three quarters of `connections`
  std::uint64_t memory_total = 64 << 20;   // bytes of all bodies in memory; above it they are spooled at once
  std::uint64_t body_in_memory = 1 << 20;  // larger bodies go to the spool folder
  std::uint64_t spool_total = 16ull << 30;  // bytes of all spooled bodies together; above it 503
  std::uint64_t socket_total = 64 << 20;    // bytes that wait for the readers of all WebSockets together
  std::uint32_t head_timeout_ms = 10'000;   // from the first byte of a request to the end of its head
  std::uint32_t idle_timeout_ms = 60'000;   // keep-alive without a request
  std::uint32_t stall_timeout_ms = 30'000;  // body or response without progress
  std::uint32_t min_rate = 1024;            // bytes a second, averaged over a body; slower is 408
  std::uint32_t heavy_queue = 64;           // requests that wait for a heavy handler; above it 503
  std::uint32_t drain = 64 << 10;           // unread body bytes worth reading to keep a connection
};

struct Tls {
  std::string certificate_file;  // PEM, leaf first
  std::string key_file;          // PEM
};

struct ListenerConfig {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;    // 0: any free one
  std::unique_ptr<Tls> tls;  // null: plain
};

// From whom Forwarded and X-Forwarded-* are believed: a proxy of one's own, which sets them itself.
enum class TrustForwarded : std::uint8_t { Never, Loopback, Always };

struct ServerConfig {
  std::vector<ListenerConfig> listeners;
  unsigned threads = 8;
  Limits limits;
  std::string spool_dir;   // for large request bodies; files in it are unlinked at once
  std::string public_url;  // overrides Host for Request::base_url; may be empty
  CorsPolicy cors;         // pages of which origins may use the server
  TrustForwarded trust_forwarded = TrustForwarded::Never;
};

class Server {
 public:
  // Binds and listens; nothing is accepted before run(). `router`, `metrics`, `clock` must outlive it.
  static Result<std::unique_ptr<Server>> create(ServerConfig config, const Router& router, Metrics& metrics,
                                                const Clock& clock = Clock::system());
  virtual ~Server() = default;
  // "http://127.0.0.1:8080" of each listener, in order of the configuration.
  virtual std::vector<std::string> addresses() const = 0;
  // Starts the workers; returns at once.
  virtual void start() = 0;
  // Answers or closes what is past its deadline. The server does it itself several times a second; tests that
  // move a clock of their own call it.
  virtual void sweep() = 0;
  // Stops accepting, lets running requests finish up to `grace_ms`, closes all. Idempotent; from any thread
  // but those of handlers.
  virtual void stop(std::uint32_t grace_ms = 5000) = 0;
};

}  // namespace gateway::http
