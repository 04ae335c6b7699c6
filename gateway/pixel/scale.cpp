#include "gateway/pixel/scale.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gateway::pixel {
namespace {

constexpr std::uint64_t kMaxPixels = 1u << 25;  // of the result

// The source pixels that one target pixel is made of.
struct Taps {
  std::uint32_t first = 0;
  std::vector<float> weights;  // sum 1
};

// An interval of source pixels, in both directions of reading.
struct Span {
  double from = 0, length = 0;
  std::uint32_t limit = 0;  // of the source
  bool reversed = false;
};

Taps area_taps(double from, double to, std::uint32_t limit) {
  Taps taps;
  taps.first = static_cast<std::uint32_t>(std::clamp(std::floor(from), 0.0, double(limit) - 1));
  const auto last =
      static_cast<std::uint32_t>(std::clamp(std::ceil(to) - 1, double(taps.first), double(limit) - 1));
  float sum = 0;
  for (std::uint32_t at = taps.first; at <= last; ++at) {
    const double part = std::min(to, at + 1.0) - std::max(from, double(at));
    taps.weights.push_back(static_cast<float>(std::max(part, 1e-9)));
    sum += taps.weights.back();
  }
  for (float& weight : taps.weights) weight /= sum;
  return taps;
}

Taps linear_taps(double center, std::uint32_t limit) {
  const double at = std::clamp(center - 0.5, 0.0, double(limit) - 1);
  Taps taps;
  taps.first = static_cast<std::uint32_t>(at);
  const auto part = static_cast<float>(at - taps.first);
  taps.weights = {1 - part};
  if (part > 0) taps.weights.push_back(part);
  return taps;
}

std::vector<Taps> taps_of(const Span& span, std::uint32_t count) {
  std::vector<Taps> all;
  all.reserve(count);
  const double step = span.length / count;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t at = span.reversed ? count - 1 - i : i;
    const double from = span.from + at * step;
    all.push_back(step > 1 ? area_taps(from, from + step, span.limit)
                           : linear_taps(from + step / 2, span.limit));
  }
  return all;
}

// One row of the source, made narrower or wider.
void scale_row(const std::uint8_t* source, std::uint32_t channels, const std::vector<Taps>& columns,
               float* to) {
  for (const Taps& taps : columns) {
    const std::uint8_t* pixel = source + std::size_t{taps.first} * channels;
    for (std::uint32_t channel = 0; channel < channels; ++channel) {
      float sum = 0;
      for (std::size_t i = 0; i < taps.weights.size(); ++i)
        sum += taps.weights[i] * pixel[i * channels + channel];
      *to++ = sum;
    }
  }
}

// Rows of the source that were made narrower already: neighbouring rows of the target share them.
class RowCache {
 public:
  RowCache(const Image& image, const std::vector<Taps>& columns)
      : image_(image), columns_(columns), row_size_(columns.size() * image.channels) {}
  const float* row(std::uint32_t y) {
    for (Entry& entry : entries_)
      if (entry.y == y) return entry.values.data();
    Entry& entry = entries_[next_++ % 2];
    entry.y = y;
    entry.values.resize(row_size_);
    scale_row(image_.row(y), image_.channels, columns_, entry.values.data());
    return entry.values.data();
  }
  std::size_t row_size() const { return row_size_; }

 private:
  struct Entry {
    std::uint32_t y = ~0u;
    std::vector<float> values;
  };
  const Image& image_;
  const std::vector<Taps>& columns_;
  std::size_t row_size_;
  Entry entries_[2];
  std::size_t next_ = 0;
};

void scale_rows(const Image& image, const std::vector<Taps>& columns, const std::vector<Taps>& rows,
                Image& out) {
  RowCache cache(image, columns);
  std::vector<float> sums(cache.row_size());
  for (std::uint32_t y = 0; y < out.height; ++y) {
    std::fill(sums.begin(), sums.end(), 0.5f);  // rounds
    for (std::size_t i = 0; i < rows[y].weights.size(); ++i) {
      const float weight = rows[y].weights[i];
      const float* row = cache.row(rows[y].first + static_cast<std::uint32_t>(i));
      for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += weight * row[x];
    }
    std::uint8_t* to = out.row(y);
    for (std::size_t x = 0; x < sums.size(); ++x)
      to[x] = static_cast<std::uint8_t>(std::min(static_cast<int>(sums[x]), 255));
  }
}

// The region along one axis, cut to the image.
std::optional<Span> span_of(double from, std::optional<double> length, std::uint32_t limit, bool reversed) {
  const double to = std::min(length ? from + *length : double(limit), double(limit));
  if (!(from < to)) return std::nullopt;
  return Span{from, to - from, limit, reversed};
}

std::uint32_t rounded(double size, std::uint32_t most) {
  return static_cast<std::uint32_t>(std::clamp(std::round(size), 1.0, double(most)));
}

}  // namespace

Result<Image> fit_viewport(const Image& image, const Viewport& viewport, double pixel_aspect) {
  const auto across = span_of(viewport.x, viewport.region_width, image.width, viewport.flip_horizontal);
  const auto down = span_of(viewport.y, viewport.region_height, image.height, viewport.flip_vertical);
  if (!across || !down)
    return fail(ErrorCode::InvalidParameter,
                "the region lies outside of the image, which is " + std::to_string(image.width) + " by " +
                    std::to_string(image.height) + " pixels",
                "viewport");
  const double region_height = down->length * pixel_aspect;
  const double factor = std::min(viewport.width / across->length, viewport.height / region_height);
  const std::uint32_t width = rounded(across->length * factor, viewport.width);
  const std::uint32_t height = rounded(region_height * factor, viewport.height);
  if (std::uint64_t{width} * height > kMaxPixels)
    return fail(ErrorCode::InvalidParameter,
                "the result would have more than " + std::to_string(kMaxPixels) + " pixels", "viewport");
  Image out = make_image(width, height, image.channels);
  const bool whole = across->length == image.width && down->length == image.height;
  if (whole && out.width == image.width && out.height == image.height && !across->reversed && !down->reversed)
    return image;
  scale_rows(image, taps_of(*across, out.width), taps_of(*down, out.height), out);
  return out;
}

}  // namespace gateway::pixel
