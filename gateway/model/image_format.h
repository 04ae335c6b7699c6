// ImageFormat: how the samples of an image lie in memory (PS3.3 C.7.6.3), and Frame: one decoded frame.
//
// Shared by what reads frames out of objects, what decodes and encodes them and what renders them. Plain
// values.
#pragma once

#include <cstdint>
#include <string>

namespace gateway::model {

struct ImageFormat {
  enum class Sample : std::uint8_t {
    Integer,
    Float,
    Double
  };                                    // Pixel Data, Float and Double Float Pixel Data
  std::uint32_t rows = 0, columns = 0;  // (0028,0010), (0028,0011)
  std::uint32_t frames = 1;             // (0028,0008)
  std::uint16_t samples_per_pixel = 1;  // (0028,0002)
  std::uint16_t bits_allocated = 8;     // (0028,0100): 1, or a multiple of 8 up to 64
  std::uint16_t bits_stored = 8;        // (0028,0101)
  std::uint16_t high_bit = 7;           // (0028,0102)
  bool is_signed = false;               // (0028,0103)
  bool planar = false;                  // (0028,0006): all of one sample, then the next
  Sample sample = Sample::Integer;
  std::string photometric;  // (0028,0004), e.g. "MONOCHROME2", "YBR_FULL_422"
  bool operator==(const ImageFormat&) const = default;

  // Bits of one native frame; frames of one bit a pixel lie without gaps. YBR_FULL_422 has two samples a
  // pixel.
  std::uint64_t frame_bits() const {
    const std::uint64_t pixels = std::uint64_t{rows} * columns;
    const std::uint64_t samples = photometric == "YBR_FULL_422" ? 2 : samples_per_pixel;
    return pixels * samples * bits_allocated;
  }
  std::uint64_t frame_bytes() const { return (frame_bits() + 7) / 8; }
};

// One frame as native little-endian samples, color by pixel unless format.planar.
struct Frame {
  ImageFormat format;  // of `bytes`: decoding may change photometric, planar and bits
  std::string bytes;
};

}  // namespace gateway::model
