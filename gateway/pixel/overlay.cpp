#include "gateway/pixel/overlay.h"

#include <algorithm>

#include "gateway/pixel/cell.h"

namespace gateway::pixel {
namespace {

constexpr std::uint8_t kWhite = 255;

void whiten(Image& image, std::int64_t x, std::int64_t y) {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
  std::uint8_t* pixel = image.row(static_cast<std::size_t>(y)) + static_cast<std::size_t>(x) * image.channels;
  std::fill_n(pixel, image.channels, kWhite);
}

void burn_packed(const model::Overlay& overlay, Image& image) {
  const std::uint64_t all = std::uint64_t{overlay.rows} * overlay.columns;
  const std::uint64_t count = std::min<std::uint64_t>(all, std::uint64_t{overlay.bits.size()} * 8);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto byte = static_cast<unsigned char>(overlay.bits[i / 8]);
    if (byte == 0) {
      i |= 7;  // eight pixels without overlay
      continue;
    }
    if (((byte >> (i % 8)) & 1) == 0) continue;
    whiten(image, overlay.left - 1 + static_cast<std::int64_t>(i % overlay.columns),
           overlay.top - 1 + static_cast<std::int64_t>(i / overlay.columns));
  }
}

// PS3.5 section 8.1.2, retired: a plane in the bits of the cells that the pixel values do not use.
void burn_bit(const model::Frame& frame, int bit, Image& image) {
  const unsigned bits = frame.format.bits_allocated;
  if ((bits != 8 && bits != 16) || bit >= static_cast<int>(bits) || frame.format.samples_per_pixel != 1)
    return;
  const Cell cell = Cell::of(frame.format);
  const auto place = static_cast<unsigned>(bit);
  if (place >= cell.shift && place < cell.shift + cell.bits) return;  // a bit of the pixel values
  for (std::uint32_t y = 0; y < image.height; ++y)
    for (std::uint32_t x = 0; x < image.width; ++x) {
      const std::size_t index = std::size_t{y} * image.width + x;
      const unsigned word = bits == 8 ? load_cell<std::uint8_t>(frame.bytes, index)
                                      : load_cell<std::uint16_t>(frame.bytes, index);
      if (((word >> place) & 1) != 0) whiten(image, x, y);
    }
}

}  // namespace

void burn_overlays(const model::Frame& frame, const model::Presentation& presentation, Image& image) {
  for (const model::Overlay& overlay : presentation.overlays) {
    if (overlay.pixel_bit >= 0)
      burn_bit(frame, overlay.pixel_bit, image);
    else if (overlay.columns > 0)
      burn_packed(overlay, image);
  }
}

}  // namespace gateway::pixel
