// Presentation: what an object says about turning the stored values of one frame into an image (PS3.3 C.11.1,
// C.11.2, C.7.6.3.1.5, C.9.2; PS3.4 annex N). Plain values, filled by a mapper, used by gateway/pixel.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gateway::model {

// A LUT Descriptor with its data. Values before `first` give the first entry, those behind the last.
struct LookupTable {
  std::int32_t first = 0;
  std::uint16_t bits = 16;  // of an entry: full scale is 2^bits - 1
  std::vector<std::uint16_t> values;
  bool empty() const { return values.empty(); }
};

struct Window {
  enum class Function : std::uint8_t { Linear, LinearExact, Sigmoid };  // (0028,1056)
  double center = 0;                                                    // (0028,1050), in modality units
  double width = 1;                                                     // (0028,1051)
  Function function = Function::Linear;
  bool operator==(const Window&) const = default;
};

// One overlay plane as it lies over one frame (PS3.3 C.9.2).
struct Overlay {
  std::uint32_t rows = 0, columns = 0;  // (60xx,0010), (60xx,0011)
  std::int32_t top = 1, left = 1;       // (60xx,0050): 1 is the first row and column of the image
  std::string bits;                     // a bit a pixel, least significant first, without gaps between rows
  int pixel_bit = -1;                   // >= 0: it is this bit of the pixel cells, and `bits` is empty
};

struct ValueRange {
  double low = 0, high = 0;  // both belong to it
  bool contains(double value) const { return value >= low && value <= high; }
};

struct Presentation {
  double slope = 1, intercept = 0;      // (0028,1053), (0028,1052)
  std::optional<LookupTable> modality;  // (0028,3000) instead of slope and intercept
  std::vector<Window> windows;          // in the order of the object
  std::vector<LookupTable> voi_tables;  // (0028,3010)
  bool inverse = false;                 // (2050,0020) INVERSE
  std::optional<ValueRange> padding;    // (0028,0120), (0028,0121): stored values that are no image
  std::array<LookupTable, 3> palette;   // red, green, blue
  bool supplemental_palette = false;    // the palette colors only what it maps; the rest is grey
  std::vector<Overlay> overlays;        // that this frame has
  double pixel_aspect = 1;              // height of a pixel over its width
  std::string icc_profile;              // (0028,2000)
  bool has_palette() const { return !palette[0].empty() && !palette[1].empty() && !palette[2].empty(); }
};

}  // namespace gateway::model
