#include "gateway/http/body_reader.h"

#include <algorithm>

#include "gateway/codec/media_type.h"

namespace gateway::http {
namespace {

constexpr std::uint32_t kMaxChunkLine = 256;        // size and extensions of one chunk
constexpr std::uint64_t kMaxExtensions = 16 << 10;  // extensions of a whole body
constexpr std::uint32_t kMaxTrailers = 8 << 10;     // all trailer fields
constexpr std::size_t kMaxSizeDigits = 15;          // 60 bits, so no sum overflows

Error malformed(std::string what) {
  return fail(ErrorCode::MalformedRequest, std::move(what), "chunked body");
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7F; });
}

// trailer field (RFC 9112 section 7.1.2): well-formed, then dropped.
Result<void> check_trailer(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !codec::is_token(line.substr(0, colon)) || has_control(line))
    return malformed("a trailer field is not well-formed");
  return {};
}

}  // namespace

BodyReader::BodyReader(Framing framing, std::uint64_t length, std::uint64_t limit)
    : framing_(framing), state_(State::Data), remaining_(length), limit_(limit) {
  if (framing == Framing::Chunked) state_ = State::Size;
  if (framing == Framing::None || (framing == Framing::Length && length == 0)) state_ = State::Done;
}

Result<std::size_t> BodyReader::feed(std::string_view bytes, const Sink& sink) {
  const std::size_t given = bytes.size();
  while (!bytes.empty() && !done()) {
    const std::size_t taken = state_ == State::Data ? TRY(take_data(bytes, sink)) : TRY(take_line(bytes));
    bytes.remove_prefix(taken);
  }
  return given - bytes.size();
}

Result<std::size_t> BodyReader::take_data(std::string_view bytes, const Sink& sink) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
  content_ += count;
  if (content_ > limit_)
    return fail(ErrorCode::BodyTooLarge,
                "the body is larger than the " + std::to_string(limit_) + " bytes allowed here");
  TRY(sink(bytes.substr(0, count)));
  remaining_ -= count;
  if (remaining_ == 0) state_ = framing_ == Framing::Chunked ? State::DataEnd : State::Done;
  return count;
}

// One byte at a time up to the end of the line: lines are short, and every byte is judged when it comes.
Result<std::size_t> BodyReader::take_line(std::string_view bytes) {
  const std::uint32_t limit = state_ == State::Trailer ? kMaxTrailers : kMaxChunkLine;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (cr_ != (c == '\n')) return malformed("a line does not end with CRLF");
    if (cr_) {
      cr_ = false;
      TRY(end_line());
      return i + 1;
    }
    cr_ = c == '\r';
    if (cr_) continue;
    if (state_ == State::DataEnd) return malformed("a chunk is longer than its size");
    if (++framing_bytes_ > limit) return malformed("chunk extensions or trailer fields are too long");
    line_.push_back(c);
  }
  return bytes.size();
}

Result<void> BodyReader::end_line() {
  const std::string line = std::exchange(line_, {});
  if (state_ == State::Size) return begin_chunk(line);
  if (state_ == State::DataEnd) {
    state_ = State::Size;
    framing_bytes_ = 0;
    return {};
  }
  if (line.empty()) {
    state_ = State::Done;
    return {};
  }
  return check_trailer(line);
}

// chunk-size [ chunk-ext ] (RFC 9112 section 7.1)
Result<void> BodyReader::begin_chunk(std::string_view line) {
  std::size_t digits = 0;
  std::uint64_t size = 0;
  for (; digits < line.size() && hex_digit(line[digits]) >= 0; ++digits) {
    if (digits == kMaxSizeDigits) return malformed("a chunk size is too large");
    size = size * 16 + static_cast<std::uint64_t>(hex_digit(line[digits]));
  }
  const std::string_view extension = line.substr(digits);
  if (digits == 0 || (!extension.empty() && extension.front() != ';') || has_control(extension))
    return malformed("a chunk size is not a hexadecimal number");
  overhead_ += extension.size();
  if (overhead_ > kMaxExtensions) return malformed("chunk extensions are too long");
  framing_bytes_ = 0;
  remaining_ = size;
  state_ = size ? State::Data : State::Trailer;
  return {};
}

}  // namespace gateway::http
