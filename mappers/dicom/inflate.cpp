#include "mappers/dicom/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace mappers::dicom {

using gateway::ByteSource;
using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

namespace {

constexpr int kRaw = -15;        // no zlib header, as the standard asks (PS3.5 annex A.5)
constexpr int kWithHeader = 15;  // as some write
constexpr std::size_t kBlock = 64 << 10;
// Going back costs all the way from the start. An honest reader goes through the data once or twice.
constexpr unsigned kMaxRestarts = 64;
constexpr std::uint64_t kPasses = 3;
constexpr std::uint64_t kLeastWork = 64 << 20;

}  // namespace

struct InflatedSource::State {
  z_stream stream{};
  bool open = false;
  int window_bits = kRaw;
  std::uint64_t position = 0;  // inflated bytes given out
  std::uint64_t source_at = 0;
  bool ended = false;
  bool complete = false;  // by an end mark, not by damage
  unsigned restarts = 0;
  std::uint64_t work_left = 0;  // bytes that may still be inflated
  std::array<std::byte, kBlock> input;

  ~State() {
    if (open) inflateEnd(&stream);
  }
  Result<std::size_t> inflate_some(const ByteSource& source, std::span<std::byte> into);
};

// Fills `into`; short at the end of the data or at damage, which is an end too.
Result<std::size_t> InflatedSource::State::inflate_some(const ByteSource& source, std::span<std::byte> into) {
  stream.next_out = reinterpret_cast<Bytef*>(into.data());
  stream.avail_out = static_cast<uInt>(into.size());
  while (stream.avail_out > 0 && !ended) {
    if (stream.avail_in == 0) {  // none left: what zlib still holds comes out all the same
      const std::size_t got = TRY(source.read_at(source_at, input));
      source_at += got;
      stream.next_in = reinterpret_cast<Bytef*>(input.data());
      stream.avail_in = static_cast<uInt>(got);
    }
    const int code = inflate(&stream, Z_NO_FLUSH);
    ended = code != Z_OK;
    complete = code == Z_STREAM_END;
  }
  const std::size_t done = into.size() - stream.avail_out;
  position += done;
  if (done > work_left)
    return fail(ErrorCode::DicomLimit, "the deflated data set costs more to inflate than allowed",
                "inflated byte " + std::to_string(position));
  work_left -= done;
  return done;
}

InflatedSource::InflatedSource(const ByteSource& source, std::uint64_t start)
    : source_(source), start_(start), state_(std::make_unique<State>()) {}

InflatedSource::~InflatedSource() = default;

bool InflatedSource::restart() const {
  if (++state_->restarts > kMaxRestarts) return false;
  if (state_->open) inflateEnd(&state_->stream);
  state_->stream = {};
  state_->open = inflateInit2(&state_->stream, state_->window_bits) == Z_OK;
  state_->position = 0;
  state_->source_at = start_;
  state_->ended = false;
  return state_->open;
}

Result<std::unique_ptr<InflatedSource>> InflatedSource::open(const ByteSource& source, std::uint64_t start,
                                                             std::uint64_t max_bytes) {
  std::unique_ptr<InflatedSource> self(new InflatedSource(source, start));
  State& state = *self->state_;
  std::vector<std::byte> scratch(kBlock);
  for (const int bits : {kRaw, kWithHeader}) {
    state.window_bits = bits;
    state.work_left = max_bytes + kBlock;
    if (!self->restart()) return fail(ErrorCode::Internal, "the inflater cannot be set up");
    while (TRY(state.inflate_some(source, scratch)) == scratch.size()) {
      if (state.position > max_bytes)
        return fail(ErrorCode::DicomLimit, "the deflated data set is larger than allowed",
                    "byte " + std::to_string(start));
    }
    if (state.position >= 8) break;
  }
  if (state.position == 0)
    return fail(ErrorCode::DicomMalformed, "the deflated data set cannot be inflated",
                "byte " + std::to_string(start));
  self->size_ = state.position;
  self->complete_ = state.complete;
  state.work_left = std::max(kPasses * self->size_, kLeastWork);
  if (!self->restart()) return fail(ErrorCode::Internal, "the inflater cannot be set up");
  return self;
}

Result<std::size_t> InflatedSource::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return std::size_t{0};
  State& state = *state_;
  if (offset < state.position && !restart())
    return fail(ErrorCode::DicomLimit, "deflated values are too far out of order",
                "byte " + std::to_string(offset));
  std::vector<std::byte> skipped(
      static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, offset - state.position)));
  while (state.position < offset) {
    const auto step =
        static_cast<std::size_t>(std::min<std::uint64_t>(skipped.size(), offset - state.position));
    if (TRY(state.inflate_some(source_, std::span(skipped).first(step))) == 0) return std::size_t{0};
  }
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  return state.inflate_some(source_, into.first(count));
}

}  // namespace mappers::dicom
