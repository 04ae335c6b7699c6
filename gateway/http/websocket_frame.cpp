#include "gateway/http/websocket_frame.h"

#include <algorithm>
#include <utility>

#include "gateway/base/text.h"
#include "gateway/http/websocket.h"

namespace gateway::http {
namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kMaxControl = 125;
constexpr std::uint32_t kMaxFragments = 4096;

std::uint8_t byte(const std::string& text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

std::uint64_t number(const std::string& text, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | byte(text, at + i);
  return value;
}

// Bytes of the head, as far as the first two tell (section 5.2); 2 before that.
std::size_t head_size(const std::string& head) {
  if (head.size() < 2) return 2;
  const std::uint8_t length = byte(head, 1) & 0x7F;
  return 6 + (length == 126 ? 2 : length == 127 ? 8 : 0);
}

bool is_control(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }
bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

// Section 7.4: codes that may stand in a frame.
bool may_be_sent(std::uint16_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code != 1004 && code != close_code::kNone &&
         code != close_code::kAbnormal;
}

}  // namespace

std::optional<FrameEvent> FrameReader::next(std::string_view& bytes) {
  while (!broken_ && (!bytes.empty() || (in_payload_ && remaining_ == 0)))
    if (auto event = in_payload_ ? take_payload(bytes) : take_head(bytes)) return event;
  if (broken_) bytes = {};
  return std::nullopt;
}

std::optional<FrameEvent> FrameReader::take_head(std::string_view& bytes) {
  const std::size_t count = std::min(head_size(head_) - head_.size(), bytes.size());
  head_.append(bytes.substr(0, count));
  bytes.remove_prefix(count);
  if (head_.size() < 2) return std::nullopt;
  // What the first two bytes forbid is refused without waiting for the rest.
  if (byte(head_, 0) & kReserved) return fault(close_code::kProtocolError, "no extension was agreed on");
  if (!is_known(byte(head_, 0) & 0x0F)) return fault(close_code::kProtocolError, "unknown opcode");
  if (!(byte(head_, 1) & kMasked)) return fault(close_code::kProtocolError, "frames of clients are masked");
  return head_.size() == head_size(head_) ? begin_frame() : std::nullopt;
}

std::optional<FrameEvent> FrameReader::begin_frame() {
  final_ = byte(head_, 0) & kFinal;
  opcode_ = static_cast<Opcode>(byte(head_, 0) & 0x0F);
  const std::size_t extended = head_.size() - 6;
  remaining_ = extended ? number(head_, 2, extended) : byte(head_, 1) & 0x7Fu;
  for (std::size_t i = 0; i < 4; ++i) mask_[i] = byte(head_, 2 + extended + i);
  masked_ = 0;
  head_.clear();
  in_payload_ = true;
  if ((extended == 2 && remaining_ < 126) || (extended == 8 && remaining_ <= 0xFFFF))
    return fault(close_code::kProtocolError, "a length has to take the fewest bytes");
  if (is_control(opcode_)) {
    if (!final_ || remaining_ > kMaxControl)
      return fault(close_code::kProtocolError, "control frames are short and whole");
    return std::nullopt;
  }
  if ((opcode_ == Opcode::Continuation) != in_message_)
    return fault(close_code::kProtocolError, "fragments out of order");
  if (opcode_ == Opcode::Binary) return fault(close_code::kUnsupportedData, "only text is taken here");
  if (remaining_ > max_message_ - message_.size())
    return fault(close_code::kTooLarge, "the message is too large");
  if (++fragments_ > kMaxFragments) return fault(close_code::kPolicyViolation, "too many fragments");
  in_message_ = true;
  return std::nullopt;
}

std::optional<FrameEvent> FrameReader::take_payload(std::string_view& bytes) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
  std::string& into = is_control(opcode_) ? control_ : message_;
  for (const char c : bytes.substr(0, count))
    into += static_cast<char>(static_cast<std::uint8_t>(c) ^ mask_[masked_++ % 4]);
  bytes.remove_prefix(count);
  remaining_ -= count;
  return remaining_ == 0 ? end_frame() : std::nullopt;
}

std::optional<FrameEvent> FrameReader::end_frame() {
  in_payload_ = false;
  switch (opcode_) {
    case Opcode::Close:
      return end_close();
    case Opcode::Ping:
      return FrameEvent{FrameEvent::Kind::Ping, std::exchange(control_, {}), 0};
    case Opcode::Pong:
      return FrameEvent{FrameEvent::Kind::Pong, std::exchange(control_, {}), 0};
    default:
      if (final_) return end_message();
      return std::nullopt;
  }
}

FrameEvent FrameReader::end_message() {
  in_message_ = false;
  fragments_ = 0;
  if (!is_utf8(message_)) return fault(close_code::kInvalidText, "the text is not UTF-8");
  return {FrameEvent::Kind::Message, std::exchange(message_, {}), 0};
}

// Section 5.5.1: nothing, or a code and a reason.
FrameEvent FrameReader::end_close() {
  const std::string payload = std::exchange(control_, {});
  if (payload.empty()) return {FrameEvent::Kind::Close, {}, close_code::kNone};
  const auto code = static_cast<std::uint16_t>(payload.size() < 2 ? 0 : number(payload, 0, 2));
  if (!may_be_sent(code)) return fault(close_code::kProtocolError, "no such close code");
  std::string reason = payload.substr(2);
  if (!is_utf8(reason)) return fault(close_code::kInvalidText, "the reason is not UTF-8");
  return {FrameEvent::Kind::Close, std::move(reason), code};
}

FrameEvent FrameReader::fault(std::uint16_t code, const char* why) {
  broken_ = true;
  return {FrameEvent::Kind::Fault, why, code};
}

std::string write_frame(Opcode opcode, std::string_view payload) {
  std::string frame;
  frame.reserve(payload.size() + 10);
  frame += static_cast<char>(kFinal | static_cast<std::uint8_t>(opcode));
  const std::uint64_t size = payload.size();
  const int extended = size < 126 ? 0 : size <= 0xFFFF ? 2 : 8;
  frame += static_cast<char>(extended == 0 ? size : extended == 2 ? 126u : 127u);
  for (int shift = 8 * (extended - 1); shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift);
  return frame.append(payload);
}

std::string write_close_frame(std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
  payload.append(reason.substr(0, kMaxControl - 2));
  return write_frame(Opcode::Close, payload);
}

}  // namespace gateway::http
