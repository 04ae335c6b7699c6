// ICC profiles of rendered images (PS3.18 section 8.3.5.1.5): the well-known color spaces, and conversion
// from the profile of an object to one of them. Wraps lcms2. Thread-safe: every call has its own context.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/pixel/image.h"

namespace gateway::pixel {

enum class ColorSpace : std::uint8_t { Srgb, AdobeRgb, RommRgb, DisplayP3 };

// The profile of a well-known color space, made once.
const std::string& icc_profile(ColorSpace space);
// A grey profile with the tone curve of sRGB.
const std::string& grey_icc_profile();
// Whether `profile` is an ICC profile that describes RGB images.
bool is_rgb_profile(std::string_view profile);

// The RGB image `image` in another color space. `source` is its profile; empty or unreadable: sRGB.
// Error: Internal when the library fails.
Result<void> convert_colors(Image& image, std::string_view source, ColorSpace target);

}  // namespace gateway::pixel
