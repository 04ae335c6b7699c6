// The layout of an encoded frame table: a head of fixed size, then for encapsulated frames the ends of all
// fragments and, unless each frame is one fragment, the first fragment of each frame. Numbers are little
// endian. Internal to frame_table; plain values.
#pragma once

#include <cstdint>

namespace mappers::dicom {

struct FrameTableHead {
  char mark[4] = {'F', 'R', 'T', '1'};
  std::uint8_t encapsulated = 0;
  std::uint8_t deflated = 0;
  std::uint8_t swap_unit = 1;
  std::uint8_t offset_width = 4;   // bytes of an end of a fragment: 4 or 8
  std::uint64_t frames = 0;        // as (0028,0008) declares
  std::uint64_t start = 0;         // native: of the value; encapsulated: of the first fragment's item
  std::uint64_t length = 0;        // native: bytes of the value; encapsulated: number of fragments
  std::uint64_t frame_bits = 0;    // native
  std::uint64_t frames_found = 0;  // encapsulated: entries of the second list less one; 0: no such list
  std::uint64_t deflated_at = 0;   // where the deflated data set begins in the source
};
static_assert(sizeof(FrameTableHead) == 56, "no gaps");

inline constexpr std::uint8_t kFirstFragmentWidth = 4;

}  // namespace mappers::dicom
