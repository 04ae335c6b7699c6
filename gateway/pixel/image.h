// Image: an 8-bit image as it goes to a screen, grey or RGB, rows without gaps. A plain value.
#pragma once

#include <cstdint>
#include <string>

namespace gateway::pixel {

struct Image {
  std::uint32_t width = 0, height = 0;
  std::uint32_t channels = 1;  // 1: grey, 3: red, green, blue by pixel
  std::string pixels;          // width * height * channels

  std::size_t row_bytes() const { return std::size_t{width} * channels; }
  std::uint8_t* row(std::size_t y) {
    return reinterpret_cast<std::uint8_t*>(pixels.data()) + y * row_bytes();
  }
  const std::uint8_t* row(std::size_t y) const {
    return reinterpret_cast<const std::uint8_t*>(pixels.data()) + y * row_bytes();
  }
};

inline Image make_image(std::uint32_t width, std::uint32_t height, std::uint32_t channels) {
  return {width, height, channels, std::string(std::size_t{width} * height * channels, '\0')};
}

// The same image with three channels.
Image to_rgb(const Image& image);

}  // namespace gateway::pixel
