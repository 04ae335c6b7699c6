// The header of one data element, in any encoding (PS3.5 section 7.1), and guesses about an encoding.
// Internal to the reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mappers/dicom/tag.h"
#include "mappers/dicom/vr.h"
#include "mappers/dicom/window.h"

namespace mappers::dicom {

inline constexpr std::uint32_t kUndefinedLength = 0xFFFFFFFF;

struct WireEncoding {
  bool implicit_vr = false;
  bool big_endian = false;
  bool operator==(const WireEncoding&) const = default;
};

struct ElementHeader {
  Tag tag;
  VR vr = VR::UN;
  std::uint32_t length = 0;
  std::uint8_t size = 8;               // of the header itself
  const char* irregularity = nullptr;  // what was odd about it
};

// The header at `offset`. Nothing when fewer bytes are left before the end, or when no reading of the bytes
// makes sense: `*nonsense` tells the latter. `end` bounds plausible lengths.
std::optional<ElementHeader> read_header(Window& window, std::uint64_t offset, std::uint64_t end,
                                         WireEncoding encoding, bool* nonsense);

// The encoding that the element at `offset` seems to have, when `expected` does not fit it, else `expected`.
WireEncoding sniff(Window& window, std::uint64_t offset, std::uint64_t end, WireEncoding expected);
// Could a data set or file meta information begin here? Then in which encoding.
std::optional<WireEncoding> plausible_start(Window& window, std::uint64_t offset);

}  // namespace mappers::dicom
