// BodyDecoder: takes the content coding off a request body as it arrives (RFC 9110 section 8.4): gzip and
// deflate. What comes out is bounded: a small body must not fill the disk. Belongs to one connection.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "gateway/base/result.h"

namespace gateway::http {

// The codings that requests may use, for Accept-Encoding of a 415.
inline constexpr std::string_view kRequestCodings = "gzip, deflate";

class BodyDecoder {
 public:
  using Sink = std::function<Result<void>(std::string_view)>;

  // `coding`: the value of Content-Encoding; null where it means no coding. At most `limit` bytes come out,
  // and no more than 200 times what went in beyond the first 16 MiB (deflate itself reaches 1,032).
  // Error: UnsupportedMediaType for another coding or several; `where` is Content-Encoding.
  static Result<std::unique_ptr<BodyDecoder>> make(std::string_view coding, std::uint64_t limit);
  ~BodyDecoder();

  // Errors: InvalidBody (no such stream, bytes behind its end), BodyTooLarge, those of the sink.
  Result<void> feed(std::string_view bytes, const Sink& sink);
  // At the end of the body. Error: TruncatedBody when the stream has not ended.
  Result<void> finish() const;

 private:
  struct State;
  explicit BodyDecoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gateway::http
