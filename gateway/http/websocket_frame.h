// Frames of WebSocket (RFC 6455 section 5): what a client sends, read byte by byte and strictly, and what a
// server sends, written. Messages are put together from their fragments within a limit; nothing is allocated
// from an announced length. A FrameReader belongs to one connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::http {

enum class Opcode : std::uint8_t {
  Continuation = 0,
  Text = 1,
  Binary = 2,
  Close = 8,
  Ping = 9,
  Pong = 10,
};

// Something complete that the peer sent. A Fault is a breach of the protocol or of a limit; the connection
// has to be closed with `code`, and the reader takes nothing more.
struct FrameEvent {
  enum class Kind : std::uint8_t { Message, Ping, Pong, Close, Fault };
  Kind kind = Kind::Message;
  std::string text;        // of the message, ping or pong; the reason of the peer or of the fault
  std::uint16_t code = 0;  // Close, Fault
};

class FrameReader {
 public:
  explicit FrameReader(std::uint32_t max_message) : max_message_(max_message) {}
  // Takes bytes from the front of `bytes` up to the end of the next event and removes them from it.
  std::optional<FrameEvent> next(std::string_view& bytes);

 private:
  std::optional<FrameEvent> take_head(std::string_view& bytes);
  std::optional<FrameEvent> begin_frame();
  std::optional<FrameEvent> take_payload(std::string_view& bytes);
  std::optional<FrameEvent> end_frame();
  FrameEvent end_message();
  FrameEvent end_close();
  FrameEvent fault(std::uint16_t code, const char* why);

  const std::uint32_t max_message_;
  std::string head_;  // bytes of the frame's head so far
  bool in_payload_ = false;
  bool broken_ = false;
  bool final_ = false;
  Opcode opcode_ = Opcode::Continuation;
  std::uint64_t remaining_ = 0;  // of the payload
  std::uint8_t mask_[4] = {};
  std::uint32_t masked_ = 0;  // bytes unmasked, modulo 4
  bool in_message_ = false;
  std::uint32_t fragments_ = 0;
  std::string message_;  // of data frames so far
  std::string control_;  // payload of a control frame
};

// One unfragmented frame, unmasked as servers send it (section 5.1).
std::string write_frame(Opcode opcode, std::string_view payload);
std::string write_close_frame(std::uint16_t code, std::string_view reason);

}  // namespace gateway::http
