// Writers of the rendered media types (PS3.18 section 8.7.4): image/jpeg, image/png, image/gif. Each lives in
// a .cpp of its own. Thread-safe: no shared state. Errors: NotSupported when an image is too large for the
// format; Internal when the library fails.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/pixel/image.h"

namespace gateway::pixel {

// Baseline JPEG (ITU-T T.81). `quality` 1..100 is that of the usual tables; color is stored in full
// resolution from 90 on, at half below. `icc_profile` may be empty.
Result<std::string> write_jpeg(const Image& image, int quality, std::string_view icc_profile = {});

// PNG (ISO/IEC 15948) of 8 bits, made for speed: rows as differences to the row above.
Result<std::string> write_png(const Image& image, std::string_view icc_profile = {});

// GIF89a, one image or an animation that repeats for ever. Grey is exact; color is exact up to 256 colors in
// a frame, else dithered to a fixed palette. All images have the size of the first.
class GifWriter {
 public:
  explicit GifWriter(bool animated) : animated_(animated) {}
  // Appends a frame to `out`, which is shown for `delay_ms`. The first also writes the head.
  Result<void> add(const Image& image, double delay_ms, std::string& out);
  static void finish(std::string& out);

 private:
  bool animated_;
  std::uint32_t width_ = 0, height_ = 0;
};

}  // namespace gateway::pixel
