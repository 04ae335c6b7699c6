// A WebSocket client written out by hand: it sends exactly the frames a test asks for, sound or not, and
// reads what the server sends. Reads wait on the socket, with a limit so that a fault ends as a failure.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace tests {

// What the server sent: opcode 0 and `ended` when the connection is over.
struct WebSocketFrame {
  int opcode = 0;
  std::string payload;
  bool ended = false;
  int close_code() const {
    return payload.size() < 2
               ? 0
               : static_cast<std::uint8_t>(payload[0]) << 8 | static_cast<std::uint8_t>(payload[1]);
  }
};

class WebSocketClient {
 public:
  explicit WebSocketClient(std::uint16_t port, int receive_buffer = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  WebSocketClient(WebSocketClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), unread_(std::move(other.unread_)), head_(std::move(other.head_)) {}
  WebSocketClient& operator=(WebSocketClient&&) = delete;
  ~WebSocketClient() {
    if (fd_ >= 0) ::close(fd_);
  }

  static std::string handshake(const std::string& path, const std::string& more = {}) {
    return "GET " + path +
           " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
           more + "\r\n";
  }
  // The status of the answer; its head is kept.
  int open(const std::string& path, const std::string& more = {}) {
    return send_raw(handshake(path, more)) ? read_head() : 0;
  }
  int read_head() {
    std::size_t end = std::string::npos;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos)
      if (!receive()) return 0;
    head_ = unread_.substr(0, end + 4);
    unread_.erase(0, end + 4);
    return std::atoi(head_.c_str() + 9);
  }
  const std::string& head() const { return head_; }

  static std::string frame(int opcode, std::string_view payload, bool final = true, bool masked = true) {
    std::string out{static_cast<char>((final ? 0x80 : 0) | opcode)};
    const char mask_bit = masked ? static_cast<char>(0x80) : 0;
    const std::size_t size = payload.size();
    const int extended = size < 126 ? 0 : size <= 0xFFFF ? 2 : 8;
    out += static_cast<char>(mask_bit | static_cast<char>(extended == 0 ? size : extended == 2 ? 126 : 127));
    for (int shift = 8 * (extended - 1); shift >= 0; shift -= 8) out += static_cast<char>(size >> shift);
    constexpr char kMask[] = {0x37, static_cast<char>(0xFA), 0x21, 0x3D};
    if (masked) out.append(kMask, 4);
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(payload[i] ^ (masked ? kMask[i % 4] : 0));
    return out;
  }
  bool send_text(std::string_view text) { return send_raw(frame(1, text)); }
  bool send_close(int code) {
    const char payload[] = {static_cast<char>(code >> 8), static_cast<char>(code)};
    return send_raw(frame(8, {payload, 2}));
  }
  bool send_raw(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  WebSocketFrame read_frame() {
    while (unread_.size() < 2)
      if (!receive()) return {0, {}, true};
    const int opcode = unread_[0] & 0x0F;
    std::size_t size = unread_[1] & 0x7F;
    const std::size_t extended = size == 126 ? 2 : size == 127 ? 8 : 0;
    while (unread_.size() < 2 + extended)
      if (!receive()) return {0, {}, true};
    if (extended) size = 0;
    for (std::size_t i = 0; i < extended; ++i) size = size << 8 | static_cast<std::uint8_t>(unread_[2 + i]);
    while (unread_.size() < 2 + extended + size)
      if (!receive()) return {0, {}, true};
    WebSocketFrame frame{opcode, unread_.substr(2 + extended, size), false};
    unread_.erase(0, 2 + extended + size);
    return frame;
  }
  std::string read_text() { return read_frame().payload; }
  bool readable_within(int ms) const {
    pollfd entry{fd_, POLLIN, 0};
    return !unread_.empty() || ::poll(&entry, 1, ms) > 0;
  }

 private:
  bool receive() {
    char buffer[65536];
    const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    unread_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  int fd_;
  std::string unread_;
  std::string head_;
};

}  // namespace tests
