// Loading numbers of either byte order from bytes. Pure functions.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "mappers/dicom/tag.h"

namespace mappers::dicom {

static_assert(std::endian::native == std::endian::little, "byte order of the host");

inline std::uint16_t load16(const std::byte* p, bool big) {
  std::uint16_t value;
  std::memcpy(&value, p, sizeof value);
  return big ? __builtin_bswap16(value) : value;
}

inline std::uint32_t load32(const std::byte* p, bool big) {
  std::uint32_t value;
  std::memcpy(&value, p, sizeof value);
  return big ? __builtin_bswap32(value) : value;
}

inline std::uint64_t load64(const std::byte* p, bool big) {
  std::uint64_t value;
  std::memcpy(&value, p, sizeof value);
  return big ? __builtin_bswap64(value) : value;
}

inline Tag load_tag(const std::byte* p, bool big) { return {load16(p, big), load16(p + 2, big)}; }

}  // namespace mappers::dicom
