#include "gateway/http/body_decoder.h"

#include <zlib.h>

#include <array>

#include "gateway/base/text.h"

namespace gateway::http {
namespace {

constexpr std::size_t kBuffer = 64 << 10;
constexpr std::uint64_t kFree = 16 << 20;  // bytes that may come out of few
constexpr std::uint64_t kRatio = 200;
constexpr int kGzip = 16 + MAX_WBITS;
constexpr int kZlib = MAX_WBITS;
constexpr int kBare = -MAX_WBITS;

Error broken(std::string what) { return fail(ErrorCode::InvalidBody, std::move(what), "Content-Encoding"); }

}  // namespace

struct BodyDecoder::State {
  State(bool is_gzip, std::uint64_t most) : gzip(is_gzip), limit(most) {}
  ~State() {
    if (begun) inflateEnd(&stream);
  }

  Result<void> begin(char first);
  Result<void> inflate_all(const Sink& sink);

  const bool gzip;
  const std::uint64_t limit;
  z_stream stream{};
  bool begun = false;
  bool ended = false;  // of a stream; another one may follow in gzip
  std::uint64_t in = 0, out = 0;
  std::array<unsigned char, kBuffer> buffer;
};

// RFC 9110 section 8.4.1.2 says the zlib format for deflate, many clients send the bare one.
Result<void> BodyDecoder::State::begin(char first) {
  const auto byte = static_cast<unsigned char>(first);
  const bool zlib = (byte & 0x0F) == Z_DEFLATED && (byte >> 4) <= 7;
  if (begun) inflateEnd(&stream);
  stream.zalloc = nullptr;
  stream.zfree = nullptr;
  const std::size_t left = stream.avail_in;
  unsigned char* const next = stream.next_in;
  begun = inflateInit2(&stream, gzip ? kGzip : zlib ? kZlib : kBare) == Z_OK;
  stream.next_in = next;
  stream.avail_in = static_cast<unsigned>(left);
  ended = false;
  if (!begun) return fail(ErrorCode::Overloaded, "the body cannot be inflated now");
  return {};
}

Result<void> BodyDecoder::State::inflate_all(const Sink& sink) {
  do {
    stream.next_out = buffer.data();
    stream.avail_out = kBuffer;
    const int done = inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = kBuffer - stream.avail_out;
    out += made;
    if (out > limit)
      return fail(ErrorCode::BodyTooLarge,
                  "the decoded body is larger than the " + std::to_string(limit) + " bytes allowed here");
    if (out > kFree + in * kRatio)
      return fail(ErrorCode::BodyTooLarge, "the body grows too much when it is decoded", "Content-Encoding");
    if (made) TRY(sink({reinterpret_cast<const char*>(buffer.data()), made}));
    if (done == Z_STREAM_END) {
      ended = true;
      return {};
    }
    if (done != Z_OK && done != Z_BUF_ERROR) return broken("the body is not in its content coding");
  } while (stream.avail_out == 0);
  return {};
}

BodyDecoder::BodyDecoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
BodyDecoder::~BodyDecoder() = default;

Result<std::unique_ptr<BodyDecoder>> BodyDecoder::make(std::string_view coding, std::uint64_t limit) {
  coding = trim(coding);
  if (coding.empty() || iequals(coding, "identity")) return std::unique_ptr<BodyDecoder>();
  const bool gzip = iequals(coding, "gzip") || iequals(coding, "x-gzip");
  if (!gzip && !iequals(coding, "deflate"))
    return fail(ErrorCode::UnsupportedMediaType, "the body may be in gzip or deflate coding, in no other",
                "Content-Encoding");
  return std::unique_ptr<BodyDecoder>(new BodyDecoder(std::make_unique<State>(gzip, limit)));
}

Result<void> BodyDecoder::feed(std::string_view bytes, const Sink& sink) {
  State& state = *state_;
  if (bytes.empty()) return {};
  state.in += bytes.size();
  state.stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  state.stream.avail_in = static_cast<unsigned>(bytes.size());
  while (state.stream.avail_in > 0) {
    // A gzip body may be several members one behind the other (RFC 1952 section 2.2).
    if (state.ended && !state.gzip) return broken("bytes follow the end of the coded body");
    if (!state.begun || state.ended) TRY(state.begin(static_cast<char>(*state.stream.next_in)));
    TRY(state.inflate_all(sink));
  }
  return {};
}

Result<void> BodyDecoder::finish() const {
  if (state_->in == 0 || state_->ended) return {};
  return fail(ErrorCode::TruncatedBody, "the coded body ends before its stream", "Content-Encoding");
}

}  // namespace gateway::http
