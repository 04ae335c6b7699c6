#include "gateway/pixel/render_color.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "gateway/pixel/cell.h"

namespace gateway::pixel {
namespace {

using model::Frame;
using model::ImageFormat;

// Samples of any width cut to their 8 highest bits; those of less than 8 bits are spread to full scale.
class SampleBytes {
 public:
  explicit SampleBytes(const Frame& frame)
      : bytes_(frame.bytes), cell_(Cell::of(frame.format)), width_(frame.format.bits_allocated / 8u) {
    cell_.is_signed = false;
  }
  bool plain() const { return width_ == 1 && cell_.bits == 8; }
  std::uint8_t operator[](std::size_t i) const {
    const std::int64_t value = cell_.value(cell_at(i));
    if (cell_.bits >= 8) return static_cast<std::uint8_t>(value >> (cell_.bits - 8));
    const std::int64_t most = (1 << cell_.bits) - 1;
    return static_cast<std::uint8_t>((value * 255 + most / 2) / most);
  }

 private:
  std::uint64_t cell_at(std::size_t i) const {
    if (width_ == 1) return load_cell<std::uint8_t>(bytes_, i);
    if (width_ == 2) return load_cell<std::uint16_t>(bytes_, i);
    return load_cell<std::uint32_t>(bytes_, i);
  }
  std::string_view bytes_;
  Cell cell_;
  unsigned width_;
};

// Full (0..255) or partial (16..235, 16..240) range of ITU-R BT.601 to RGB, in 1/65536 (PS3.3 C.7.6.3.1.2).
struct YbrToRgb {
  int luma_offset, luma, red_cr, green_cb, green_cr, blue_cb;
  void convert(std::uint8_t* pixel) const {
    const int y = (pixel[0] - luma_offset) * luma + (1 << 15);
    const int cb = pixel[1] - 128, cr = pixel[2] - 128;
    pixel[0] = clamped((y + red_cr * cr) >> 16);
    pixel[1] = clamped((y - green_cb * cb - green_cr * cr) >> 16);
    pixel[2] = clamped((y + blue_cb * cb) >> 16);
  }
  static std::uint8_t clamped(int value) { return static_cast<std::uint8_t>(std::clamp(value, 0, 255)); }
};
constexpr YbrToRgb kFull = {0, 65536, 91881, 22554, 46802, 116130};
constexpr YbrToRgb kPartial = {16, 76309, 104597, 25675, 53279, 132201};

// Two pixels share their color differences: Y Y Cb Cr.
void copy_422(const Frame& frame, Image& image) {
  const auto* in = reinterpret_cast<const std::uint8_t*>(frame.bytes.data());
  auto* out = image.row(0);
  const std::size_t pairs = image.pixels.size() / 6;
  for (std::size_t i = 0; i < pairs; ++i, in += 4, out += 6) {
    out[0] = in[0], out[3] = in[1];
    out[1] = out[4] = in[2];
    out[2] = out[5] = in[3];
  }
}

void copy_samples(const Frame& frame, Image& image) {
  const SampleBytes samples(frame);
  const std::size_t pixels = image.pixels.size() / 3;
  auto* out = image.row(0);
  if (samples.plain() && !frame.format.planar) {
    std::copy_n(frame.bytes.data(), image.pixels.size(), image.pixels.data());
  } else if (frame.format.planar) {
    for (std::size_t i = 0; i < pixels; ++i, out += 3)
      for (std::size_t channel = 0; channel < 3; ++channel) out[channel] = samples[channel * pixels + i];
  } else {
    for (std::size_t i = 0; i < image.pixels.size(); ++i) out[i] = samples[i];
  }
}

void to_rgb_colors(const YbrToRgb& conversion, Image& image) {
  auto* pixel = image.row(0);
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) conversion.convert(pixel + i);
}

bool is_subsampled(const ImageFormat& format) {
  return format.photometric == "YBR_FULL_422" || format.photometric == "YBR_PARTIAL_422";
}

}  // namespace

Result<Image> render_color(const Frame& frame) {
  const ImageFormat& format = frame.format;
  const std::string& photometric = format.photometric;
  const bool reversed_by_decoder = photometric == "YBR_ICT" || photometric == "YBR_RCT";
  const bool partial = photometric.starts_with("YBR_PARTIAL_42");
  const bool full = photometric == "YBR_FULL" || photometric == "YBR_FULL_422";
  if (photometric != "RGB" && !reversed_by_decoder && !partial && !full)
    return fail(ErrorCode::NotSupported, "this photometric interpretation is not rendered: " + photometric,
                "(0028,0004)");
  if (format.samples_per_pixel != 3 || format.sample != ImageFormat::Sample::Integer ||
      (format.bits_allocated != 8 && format.bits_allocated != 16 && format.bits_allocated != 32))
    return fail(ErrorCode::NotSupported, "color is rendered with three samples of 8, 16 or 32 bits",
                "(0028,0100)");
  Image image = make_image(format.columns, format.rows, 3);
  const std::size_t pixels = std::size_t{format.columns} * format.rows;
  // Decoders and many writers leave three whole samples a pixel under a subsampled name.
  if (frame.bytes.size() >= pixels * 3 * (format.bits_allocated / 8u))
    copy_samples(frame, image);
  else if (is_subsampled(format) && format.bits_allocated == 8 && format.columns % 2 == 0 &&
           frame.bytes.size() >= pixels * 2)
    copy_422(frame, image);
  else
    return fail(ErrorCode::DicomMalformed, "the frame is shorter than its rows and columns ask for",
                "(7FE0,0010)");
  if (full) to_rgb_colors(kFull, image);
  if (partial) to_rgb_colors(kPartial, image);
  return image;
}

}  // namespace gateway::pixel
