// RLE Lossless (PS3.5 annex G): PackBits over planes of bytes, the most significant byte of each sample
// first.
#include <algorithm>
#include <array>
#include <cstring>

#include "gateway/pixel/codecs.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

namespace {

constexpr std::size_t kHeader = 64;
constexpr std::size_t kMostSegments = 15;
constexpr std::size_t kLongestRun = 128;

struct Layout {
  std::size_t width;    // bytes of a sample; one for packed bits
  std::size_t samples;  // components
  std::size_t bytes;    // of a segment when decoded
  std::size_t segments() const { return width * samples; }
};

Layout layout_of(const ImageFormat& format) {
  const std::size_t pixels = std::size_t{format.rows} * format.columns;
  if (format.bits_allocated == 1) return {1, 1, (pixels * format.samples_per_pixel + 7) / 8};
  return {format.bits_allocated / 8u, format.samples_per_pixel, pixels};
}

// Section G.3.2. Fills every `step`th byte of `to`; false when the segment ends before `count` bytes are
// there.
bool unpack(std::string_view from, char* to, std::size_t step, std::size_t count) {
  std::size_t i = 0;
  while (count > 0 && i < from.size()) {
    const auto control = static_cast<signed char>(from[i++]);
    if (control == -128) continue;
    const std::size_t run = std::min<std::size_t>(control < 0 ? 1 - control : 1 + control, count);
    if (control < 0 ? i >= from.size() : run > from.size() - i) return false;
    for (std::size_t k = 0; k < run; ++k, to += step) *to = control < 0 ? from[i] : from[i + k];
    i += control < 0 ? 1 : run;
    count -= run;
  }
  return count == 0;
}

// Section G.5.
Result<std::vector<std::string_view>> segments_of(ByteSpan encoded, std::size_t expected) {
  std::array<std::uint32_t, kHeader / 4> header;
  if (encoded.size() < kHeader) return undecodable("RLE");
  std::memcpy(header.data(), encoded.data(), kHeader);
  if (header[0] != expected)
    return fail(ErrorCode::DicomMalformed, "the RLE header has " + std::to_string(header[0]) +
                                               " segments, the image " + std::to_string(expected));
  const std::string_view text = as_text(encoded);
  std::vector<std::string_view> segments;
  for (std::size_t i = 0; i < expected; ++i) {
    const std::size_t begin = header[i + 1];
    const std::size_t end = i + 1 < expected ? header[i + 2] : text.size();
    if (begin < kHeader || end < begin || end > text.size()) return undecodable("RLE");
    segments.push_back(text.substr(begin, end - begin));
  }
  return segments;
}

// Section G.3.1. A replicate run of two costs as much as it saves within literals, so only three or more end
// them.
void pack(std::string& out, std::string_view bytes) {
  std::size_t i = 0;
  const auto run_at = [&](std::size_t at) {
    std::size_t run = 1;
    while (run < kLongestRun && at + run < bytes.size() && bytes[at + run] == bytes[at]) ++run;
    return run;
  };
  while (i < bytes.size()) {
    const std::size_t run = run_at(i);
    if (run >= 2) {
      out += static_cast<char>(1 - static_cast<int>(run));
      out += bytes[i];
      i += run;
      continue;
    }
    std::size_t end = i + 1;
    while (end < bytes.size() && end - i < kLongestRun &&
           !(end + 2 < bytes.size() && bytes[end] == bytes[end + 1] && bytes[end] == bytes[end + 2]))
      ++end;
    out += static_cast<char>(end - i - 1);
    out += bytes.substr(i, end - i);
    i = end;
  }
}

// Where a byte of a sample lies in the native frame: its first place and the step to the next pixel.
struct Plane {
  std::size_t first, step;
};
Plane plane_of(const ImageFormat& format, const Layout& layout, std::size_t sample, std::size_t byte) {
  const std::size_t low_first = layout.width - 1 - byte;
  if (format.planar) return {sample * layout.bytes * layout.width + low_first, layout.width};
  return {sample * layout.width + low_first, layout.segments()};
}

}  // namespace

Result<Frame> decode_rle(const ImageFormat& format, ByteSpan encoded) {
  Frame frame{format, {}};
  frame.format.planar = false;
  if (format.photometric == "YBR_FULL_422") frame.format.photometric = "YBR_FULL";
  const Layout layout = layout_of(frame.format);
  if (layout.segments() > kMostSegments || frame.format.frame_bytes() > kMaxFrameBytes)
    return undecodable("RLE");
  const auto segments = TRY(segments_of(encoded, layout.segments()));
  frame.bytes.resize(layout.bytes * layout.segments());
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Plane plane = plane_of(frame.format, layout, i / layout.width, i % layout.width);
    if (!unpack(segments[i], &frame.bytes[plane.first], plane.step, layout.bytes))
      return fail(ErrorCode::DicomMalformed, "RLE segment " + std::to_string(i + 1) + " ends early");
  }
  return frame;
}

Result<Frame> encode_rle(const EncodeJob& job) {
  Frame native{job.frame.format, {}};
  const bool subsampled = native.format.photometric == "YBR_FULL_422";
  if (subsampled) {
    const Samples samples = TRY(samples_of(job.frame));
    native = frame_of_words(samples.format, samples.facts, words_of(samples));
  }
  const std::string& from = subsampled ? native.bytes : job.frame.bytes;
  const Layout layout = layout_of(native.format);
  const std::size_t row = native.format.bits_allocated == 1 ? layout.bytes : native.format.columns;
  std::array<std::uint32_t, kHeader / 4> header{static_cast<std::uint32_t>(layout.segments())};
  std::string out(kHeader, '\0'), plane_bytes(layout.bytes, '\0');
  for (std::size_t i = 0; i < layout.segments(); ++i) {
    header[i + 1] = static_cast<std::uint32_t>(out.size());
    const Plane plane = plane_of(native.format, layout, i / layout.width, i % layout.width);
    for (std::size_t k = 0; k < layout.bytes; ++k) plane_bytes[k] = from[plane.first + k * plane.step];
    for (std::size_t k = 0; k < layout.bytes; k += row)
      pack(out, std::string_view(plane_bytes).substr(k, row));
    pad_even(out);
  }
  std::memcpy(out.data(), header.data(), kHeader);
  Frame made{native.format, std::move(out)};
  made.format.planar = false;
  return made;
}

}  // namespace gateway::pixel
