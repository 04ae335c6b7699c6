// Viewport scaling: a region of an image, flipped or not, as large as fits into a viewport without distortion
// (PS3.18 section 8.3.5.1.3). Areas are averaged on the way down, bilinear on the way up. Pure functions.
#pragma once

#include <optional>

#include "gateway/base/result.h"
#include "gateway/pixel/image.h"

namespace gateway::pixel {

struct Viewport {
  std::uint32_t width = 0, height = 0;  // of the result at most; not 0
  double x = 0, y = 0;                  // top left corner of the region, in source pixels
  std::optional<double> region_width;   // to the right edge when absent; what lies outside is cut off
  std::optional<double> region_height;
  bool flip_horizontal = false, flip_vertical = false;
};

// `pixel_aspect`: height of a source pixel over its width. Error: InvalidParameter when the region has no
// part in the image, or the result would have more than 2^25 pixels.
Result<Image> fit_viewport(const Image& image, const Viewport& viewport, double pixel_aspect = 1);

}  // namespace gateway::pixel
