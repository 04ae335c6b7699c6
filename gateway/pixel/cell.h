// Cell: stored values out of the cells of a frame, by bits stored, high bit and sign (PS3.5 section 8.1.1).
// Internal to the renderer. Pure functions.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "gateway/model/image_format.h"

namespace gateway::pixel {

// How a stored value lies in its cell. Fields that contradict each other are read as all bits of the cell.
struct Cell {
  unsigned shift = 0;
  unsigned bits = 16;
  bool is_signed = false;

  static Cell of(const model::ImageFormat& format) {
    const unsigned allocated = format.bits_allocated;
    const unsigned bits =
        format.bits_stored == 0 || format.bits_stored > allocated ? allocated : format.bits_stored;
    const unsigned high =
        format.high_bit >= allocated || format.high_bit + 1u < bits ? bits - 1 : format.high_bit;
    return {high + 1 - bits, bits, format.is_signed};
  }
  std::int64_t value(std::uint64_t cell) const {
    const std::uint64_t mask = bits >= 64 ? ~0ull : (1ull << bits) - 1;
    const std::uint64_t stored = (cell >> shift) & mask;
    if (is_signed && bits < 64 && (stored >> (bits - 1)) != 0)
      return static_cast<std::int64_t>(stored | ~mask);
    return static_cast<std::int64_t>(stored);
  }
};

// A little-endian number at `index`. The caller has checked the bounds.
template <class T>
T load_cell(std::string_view bytes, std::size_t index) {
  T cell;
  std::memcpy(&cell, bytes.data() + index * sizeof(T), sizeof(T));
  return cell;
}

}  // namespace gateway::pixel
