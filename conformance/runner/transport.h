// A connection to the server under test: TCP, with TLS when asked for. Non-blocking with deadlines; it
// neither adds nor changes a byte. Belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace conformance {

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
  std::string ca_file;            // trusted instead of the system's roots
  bool insecure = false;          // any certificate will do
  std::string authority() const;  // "host:port", as in a Host line
};

// "http://127.0.0.1:8080" or "https://...". Error: InvalidParameter.
gateway::Result<Endpoint> parse_base_url(std::string_view url);

enum class Io : std::uint8_t { Done, Closed, TimedOut };
struct IoResult {
  Io state = Io::Done;
  std::size_t bytes = 0;
};

class Transport {
 public:
  // Deadlines are of Clock::steady_us(). Error: Internal naming what failed.
  static gateway::Result<std::unique_ptr<Transport>> connect(const Endpoint& endpoint,
                                                             std::int64_t deadline_us);
  virtual ~Transport() = default;
  // At least one byte, or the state that says why not. A reset counts as closed.
  virtual IoResult read(std::span<char> into, std::int64_t deadline_us) = 0;
  // Some bytes; returns early with Done and 0 bytes when there is something to read first.
  virtual IoResult write(std::string_view bytes, std::int64_t deadline_us) = 0;
  // End of sending (FIN; with TLS close_notify first).
  virtual void finish() = 0;
};

}  // namespace conformance
