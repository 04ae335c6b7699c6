// Frames a request body: a fixed length or chunked (RFC 9112 sections 6 and 7.1), strict, and never content
// with less than was announced. Chunk extensions and trailers are bounded and dropped. Keeps no bytes itself;
// belongs to one connection.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/http/head_parser.h"

namespace gateway::http {

class BodyReader {
 public:
  using Sink = std::function<Result<void>(std::string_view)>;
  // `limit`: most bytes of content that are taken.
  BodyReader(Framing framing, std::uint64_t length, std::uint64_t limit);

  // Takes what belongs to the body from the front of `bytes` and gives its content to `sink`; the count of
  // bytes taken is less than given only when the body ends. Errors: MalformedRequest, BodyTooLarge, those of
  // the sink.
  Result<std::size_t> feed(std::string_view bytes, const Sink& sink);
  bool done() const { return state_ == State::Done; }
  std::uint64_t content() const { return content_; }  // bytes of content so far

 private:
  enum class State : std::uint8_t { Data, Size, DataEnd, Trailer, Done };
  Result<std::size_t> take_data(std::string_view bytes, const Sink& sink);
  Result<std::size_t> take_line(std::string_view bytes);
  Result<void> end_line();
  Result<void> begin_chunk(std::string_view line);

  Framing framing_;
  State state_;
  bool cr_ = false;              // the last byte of the line so far is CR
  std::uint64_t remaining_ = 0;  // of the length or the chunk
  std::uint64_t limit_;
  std::uint64_t content_ = 0;
  std::uint32_t framing_bytes_ = 0;  // of this line, or of all trailers
  std::uint64_t overhead_ = 0;       // bytes of extensions over the whole body
  std::string line_;
};

}  // namespace gateway::http
