// WebSocket (RFC 6455) as handlers see it: a GET route answers with accept_websocket(), and from then on the
// connection carries text messages both ways until one side closes it.
//
// A socket holds no thread: it is one more state of a connection. What is sent waits in a bounded queue; a
// peer that does not read is closed with 1013. Pings find peers that are gone. WebSocket is thread-safe and
// may outlive its connection; callbacks of one socket come one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"

namespace gateway::http {

// RFC 6455 section 7.4.1
namespace close_code {
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kUnsupportedData = 1003;
inline constexpr std::uint16_t kNone = 1005;      // the peer gave no code; never sent
inline constexpr std::uint16_t kAbnormal = 1006;  // the connection broke; never sent
inline constexpr std::uint16_t kInvalidText = 1007;
inline constexpr std::uint16_t kPolicyViolation = 1008;
inline constexpr std::uint16_t kTooLarge = 1009;
inline constexpr std::uint16_t kTryAgainLater = 1013;
}  // namespace close_code

class WebSocket {
 public:
  virtual ~WebSocket() = default;
  // Queues one text message (UTF-8). False when the socket is closing, or is closed because its queue is
  // full. Never blocks.
  virtual bool send(std::string_view text) = 0;
  // Begins the closing handshake behind what is queued. The first call decides.
  virtual void close(std::uint16_t code, std::string_view reason = {}) = 0;
};

// What a face does with a socket. Called by workers, so no member may block. closed() comes once for each
// opened(), in whatever way the connection ends.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  virtual void opened(const std::shared_ptr<WebSocket>& socket) = 0;
  virtual void message(const std::shared_ptr<WebSocket>& socket, std::string_view text) = 0;
  virtual void closed(const std::shared_ptr<WebSocket>& socket, std::uint16_t code) = 0;
};

struct WebSocketOptions {
  std::vector<std::string> subprotocols = {};  // in order of preference
  // Whether a page of this origin may connect. Without it only pages of this server's own address may;
  // clients that are no browsers send no Origin and are not asked.
  std::function<bool(std::string_view origin)> allows_origin = {};
  std::uint32_t max_message = 64 << 10;  // bytes of one message of the peer; a longer one closes with 1009
  std::uint64_t max_queue = 1 << 20;     // bytes that wait for the peer; more close with 1013
  std::uint32_t ping_after_ms = 30'000;  // of silence; as long again without a word ends the connection
};

// What the connection does once the 101 has left.
struct WebSocketUpgrade {
  std::shared_ptr<WebSocketHandler> handler;
  WebSocketOptions options;
};

// The answer to a handshake (section 4.2): 101, or 426 for another version. Errors: InvalidParameter for a
// request that is no sound handshake; Forbidden for the origin.
Result<Response> accept_websocket(const Request& request, std::shared_ptr<WebSocketHandler> handler,
                                  WebSocketOptions options = {});

}  // namespace gateway::http
