#include "gateway/pixel/render_grey.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "gateway/pixel/cell.h"
#include "gateway/pixel/tone.h"

namespace gateway::pixel {
namespace {

using model::Frame;
using model::ImageFormat;
using model::Presentation;
using model::ValueRange;

// The smallest and largest value, and the same without padding.
struct Extent {
  std::int64_t least = 0, most = 0;
  ValueRange shown;
};

// Stored values of cells of 8 or 16 bits: shifted up to drop what lies above them, then down with the sign.
template <class Value>
struct Small {
  using Word = std::make_unsigned_t<Value>;
  std::string_view bytes;
  unsigned up, down;

  Small(std::string_view cells, const Cell& cell)
      : bytes(cells), up(sizeof(Value) * 8 - cell.shift - cell.bits), down(sizeof(Value) * 8 - cell.bits) {}
  int operator[](std::size_t i) const {
    const auto word = static_cast<Word>(load_cell<Word>(bytes, i) << up);
    return static_cast<Value>(word) >> down;
  }
  std::size_t size() const { return bytes.size() / sizeof(Value); }
};

// Smallest and largest in lanes of a fixed number, so that the loop runs over vectors.
template <class Value>
std::pair<int, int> least_and_most(const Small<Value>& values) {
  constexpr std::size_t kLanes = 32;
  std::array<Value, kLanes> least, most;
  least.fill(static_cast<Value>(values[0]));
  most = least;
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const auto value = static_cast<Value>(values[i + lane]);
      least[lane] = std::min(least[lane], value);
      most[lane] = std::max(most[lane], value);
    }
  }
  for (; i < values.size(); ++i) {
    least[0] = std::min(least[0], static_cast<Value>(values[i]));
    most[0] = std::max(most[0], static_cast<Value>(values[i]));
  }
  return {*std::min_element(least.begin(), least.end()), *std::max_element(most.begin(), most.end())};
}

template <class Value>
Extent extent_of(const Small<Value>& values, const std::optional<ValueRange>& padding) {
  const auto [least, most] = least_and_most(values);
  Extent extent{least, most, {double(least), double(most)}};
  if (!padding || (!padding->contains(least) && !padding->contains(most))) return extent;
  int shown_least = std::numeric_limits<int>::max(), shown_most = std::numeric_limits<int>::min();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (padding->contains(values[i])) continue;
    shown_least = std::min(shown_least, values[i]);
    shown_most = std::max(shown_most, values[i]);
  }
  extent.shown =
      shown_least <= shown_most ? ValueRange{double(shown_least), double(shown_most)} : ValueRange{};
  return extent;
}

template <class Value>
void grey_by_table(const Small<Value>& values, const Presentation& presentation,
                   const std::optional<model::Window>& window, const ImageFormat& format, Image& image) {
  const Extent extent = extent_of(values, presentation.padding);
  // One bit is black or white, even where a frame has only one of them.
  const ValueRange range = format.bits_stored == 1 ? ValueRange{0, 1} : extent.shown;
  const bool inverted = format.photometric == "MONOCHROME1" || presentation.inverse;
  std::vector<std::uint8_t> greys(static_cast<std::size_t>(extent.most - extent.least) + 1);
  Tone(presentation, window, range, inverted).fill(greys, extent.least);
  if (presentation.padding) {
    for (std::size_t i = 0; i < greys.size(); ++i)
      if (presentation.padding->contains(static_cast<double>(extent.least + static_cast<std::int64_t>(i))))
        greys[i] = 0;
  }
  const int least = static_cast<int>(extent.least);
  auto* out = image.row(0);
  for (std::size_t i = 0; i < values.size(); ++i) out[i] = greys[static_cast<std::size_t>(values[i] - least)];
}

// Numbers too wide for a table: integers of 32 and 64 bits, floating point.
template <class Value>
void grey_one_by_one(std::size_t count, const Value& value_at, const Presentation& presentation,
                     const std::optional<model::Window>& window, bool inverted, Image& image) {
  ValueRange range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  const auto is_shown = [&](double value) {
    return std::isfinite(value) && !(presentation.padding && presentation.padding->contains(value));
  };
  for (std::size_t i = 0; i < count; ++i) {
    const double value = value_at(i);
    if (!is_shown(value)) continue;
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  }
  if (range.low > range.high) range = {};
  const Tone tone(presentation, window, range, inverted);
  auto* out = image.row(0);
  for (std::size_t i = 0; i < count; ++i) {
    const double value = value_at(i);
    out[i] = is_shown(value) ? tone.of(value) : 0;
  }
}

void grey_wide(const Frame& frame, const Presentation& presentation,
               const std::optional<model::Window>& window, Image& image) {
  const std::size_t count = image.pixels.size();
  const std::string_view bytes = frame.bytes;
  const Cell cell = Cell::of(frame.format);
  const bool inverted = frame.format.photometric == "MONOCHROME1" || presentation.inverse;
  const auto run = [&](const auto& value_at) {
    grey_one_by_one(count, value_at, presentation, window, inverted, image);
  };
  if (frame.format.sample == ImageFormat::Sample::Float)
    run([&](std::size_t i) { return double{load_cell<float>(bytes, i)}; });
  else if (frame.format.sample == ImageFormat::Sample::Double)
    run([&](std::size_t i) { return load_cell<double>(bytes, i); });
  else if (frame.format.bits_allocated == 32)
    run([&](std::size_t i) { return static_cast<double>(cell.value(load_cell<std::uint32_t>(bytes, i))); });
  else
    run([&](std::size_t i) { return static_cast<double>(cell.value(load_cell<std::uint64_t>(bytes, i))); });
}

// One bit a pixel as one byte a pixel (PS3.5 section 8.1.1: the first pixel is the least significant bit).
Frame unpacked(const Frame& frame) {
  Frame out{frame.format, std::string(std::size_t{frame.format.rows} * frame.format.columns, '\0')};
  out.format.bits_allocated = 8;
  for (std::size_t i = 0; i < out.bytes.size(); ++i)
    out.bytes[i] = static_cast<char>((static_cast<unsigned char>(frame.bytes[i / 8]) >> (i % 8)) & 1);
  return out;
}

// Calls `use` with the values of a frame of 8 or 16 bits; false for other frames.
template <class Use>
bool with_small_values(const Frame& frame, std::size_t count, const Use& use) {
  if (frame.format.sample != ImageFormat::Sample::Integer) return false;
  const std::string_view all = frame.bytes;
  const Cell cell = Cell::of(frame.format);
  const bool is_signed = frame.format.is_signed;
  if (frame.format.bits_allocated == 8) {
    const std::string_view cells = all.substr(0, count);
    is_signed ? use(Small<std::int8_t>(cells, cell)) : use(Small<std::uint8_t>(cells, cell));
    return true;
  }
  if (frame.format.bits_allocated == 16) {
    const std::string_view cells = all.substr(0, count * 2);
    is_signed ? use(Small<std::int16_t>(cells, cell)) : use(Small<std::uint16_t>(cells, cell));
    return true;
  }
  return false;
}

// The entry of a palette as 8 bits. Many writers state 16 bits and fill 8 of them.
class PaletteBytes {
 public:
  explicit PaletteBytes(const model::LookupTable& table) : table_(table) {
    std::uint16_t most = 0;
    for (const std::uint16_t value : table.values) most = std::max(most, value);
    shift_ = table.bits > 8 && most > 255 ? table.bits - 8u : 0;
  }
  std::uint8_t of(std::int64_t stored) const {
    const auto last = static_cast<std::int64_t>(table_.values.size()) - 1;
    const std::int64_t index = std::clamp<std::int64_t>(stored - table_.first, 0, last);
    return static_cast<std::uint8_t>(
        std::min<unsigned>(unsigned{table_.values[static_cast<std::size_t>(index)]} >> shift_, 255u));
  }

 private:
  const model::LookupTable& table_;
  unsigned shift_ = 0;
};

// Colors the pixels whose stored value is `from` or more.
template <class Value>
void color_by_palette(const Small<Value>& values, const Presentation& presentation, std::int64_t from,
                      Image& image) {
  const Extent extent = extent_of(values, std::nullopt);
  const std::array<PaletteBytes, 3> palette = {PaletteBytes(presentation.palette[0]),
                                               PaletteBytes(presentation.palette[1]),
                                               PaletteBytes(presentation.palette[2])};
  std::vector<std::array<std::uint8_t, 3>> colors;
  for (std::int64_t value = extent.least; value <= extent.most; ++value)
    colors.push_back({palette[0].of(value), palette[1].of(value), palette[2].of(value)});
  const int least = static_cast<int>(extent.least);
  auto* out = image.row(0);
  for (std::size_t i = 0; i < values.size(); ++i, out += 3) {
    const int value = values[i];
    if (value < from) continue;
    const auto& color = colors[static_cast<std::size_t>(value - least)];
    out[0] = color[0], out[1] = color[1], out[2] = color[2];
  }
}

}  // namespace

Result<Image> render_grey(const Frame& frame, const Presentation& presentation,
                          const std::optional<model::Window>& window) {
  if (frame.format.bits_allocated == 1) return render_grey(unpacked(frame), presentation, window);
  Image image = make_image(frame.format.columns, frame.format.rows, 1);
  const auto grey = [&](const auto& values) {
    grey_by_table(values, presentation, window, frame.format, image);
  };
  if (!with_small_values(frame, image.pixels.size(), grey)) grey_wide(frame, presentation, window, image);
  if (!presentation.supplemental_palette || !presentation.has_palette()) return image;
  // PS3.3 C.7.6.19: what the palette maps is color, the rest stays grey.
  Image color = to_rgb(image);
  with_small_values(frame, image.pixels.size(), [&](const auto& values) {
    color_by_palette(values, presentation, presentation.palette[0].first, color);
  });
  return color;
}

// PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6.
Result<Image> render_palette(const Frame& frame, const Presentation& presentation) {
  if (!presentation.has_palette())
    return fail(ErrorCode::DicomMalformed, "the image is PALETTE COLOR and has no palette", "(0028,1201)");
  if (frame.format.bits_allocated == 1) return render_palette(unpacked(frame), presentation);
  Image image = make_image(frame.format.columns, frame.format.rows, 3);
  const std::size_t count = std::size_t{image.width} * image.height;
  const bool done = with_small_values(frame, count, [&](const auto& values) {
    color_by_palette(values, presentation, std::numeric_limits<std::int64_t>::min(), image);
  });
  if (!done)
    return fail(ErrorCode::NotSupported, "palette images are rendered with 1, 8 or 16 bits allocated",
                "(0028,0100)");
  return image;
}

}  // namespace gateway::pixel
