#include "mappers/dicom/lookup_table.h"

#include <algorithm>

#include "mappers/dicom/byte_order.h"

namespace mappers::dicom {
namespace {

using gateway::model::LookupTable;

constexpr std::size_t kMostEntries = 65536;

struct Descriptor {
  std::size_t entries = 0;
  std::int32_t first = 0;
  std::uint16_t bits = 16;
};

// PS3.3 C.11.1.1.1: 0 entries mean 65536; the first value mapped has the sign of what is looked up.
std::optional<Descriptor> read_descriptor(const Element* element, bool signed_input) {
  if (!element || element->bytes.size() < 6) return std::nullopt;
  const std::byte* p = element->bytes.data();
  const bool big = element->big_endian;
  Descriptor out;
  out.entries = load16(p, big) == 0 ? kMostEntries : load16(p, big);
  const std::uint16_t first = load16(p + 2, big);
  out.first = signed_input || element->vr == VR::SS ? static_cast<std::int16_t>(first) : first;
  out.bits = load16(p + 4, big);
  if (out.bits < 1 || out.bits > 16) return std::nullopt;
  return out;
}

// Entries as they lie: words, or bytes where a table of 8 bits was packed (its length tells).
std::vector<std::uint16_t> entries_of(std::string_view bytes, const Descriptor& descriptor, bool big_endian) {
  std::vector<std::uint16_t> values;
  const auto* p = reinterpret_cast<const std::byte*>(bytes.data());
  const bool packed = descriptor.bits <= 8 && bytes.size() < descriptor.entries * 2;
  const std::size_t count = std::min(descriptor.entries, packed ? bytes.size() : bytes.size() / 2);
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(packed ? std::to_integer<std::uint16_t>(p[i]) : load16(p + i * 2, big_endian));
  return values;
}

// Walks over segments, as units of 8 or 16 bits.
class Segments {
 public:
  Segments(std::string_view bytes, unsigned width, bool big_endian)
      : bytes_(bytes), width_(width), big_(big_endian) {}
  // Appends to `values` until `limit`; false for what cannot be followed.
  bool expand(std::size_t at, std::size_t end, std::size_t limit, std::vector<std::uint16_t>& values) {
    for (std::size_t count = 0; at + 2 <= end && values.size() < limit && count < kMostEntries; ++count) {
      const std::size_t next = segment(at, limit, false, values);
      if (next == 0) return false;
      at = next;
    }
    return true;
  }
  std::size_t units() const { return bytes_.size() / width_; }

 private:
  std::uint16_t unit(std::size_t index) const {
    const auto* p = reinterpret_cast<const std::byte*>(bytes_.data()) + index * width_;
    return width_ == 1 ? std::to_integer<std::uint16_t>(*p) : load16(p, big_);
  }
  // The position behind the segment at `at`, or 0.
  std::size_t segment(std::size_t at, std::size_t limit, bool nested, std::vector<std::uint16_t>& values) {
    const std::uint16_t opcode = unit(at), length = unit(at + 1);
    if (opcode == 0) return discrete(at + 2, length, limit, values);
    if (opcode == 1) return linear(at + 2, length, limit, values);
    if (opcode == 2 && !nested) return indirect(at + 2, length, limit, values);
    return 0;
  }
  std::size_t discrete(std::size_t at, std::size_t length, std::size_t limit,
                       std::vector<std::uint16_t>& values) {
    if (at + length > units()) return 0;
    for (std::size_t i = 0; i < length && values.size() < limit; ++i) values.push_back(unit(at + i));
    return at + length;
  }
  std::size_t linear(std::size_t at, std::size_t length, std::size_t limit,
                     std::vector<std::uint16_t>& values) {
    if (at + 1 > units() || values.empty()) return 0;
    const int from = values.back(), to = unit(at);
    for (std::size_t i = 1; i <= length && values.size() < limit; ++i) {
      const double part = static_cast<double>(i) / static_cast<double>(length);
      values.push_back(static_cast<std::uint16_t>(from + (to - from) * part + 0.5));
    }
    return at + 1;
  }
  // `length` segments from an earlier place; the offset counts bytes.
  std::size_t indirect(std::size_t at, std::size_t length, std::size_t limit,
                       std::vector<std::uint16_t>& values) {
    const std::size_t offset_units = 4 / width_;
    if (at + offset_units > units()) return 0;
    std::size_t offset = 0;
    for (std::size_t i = 0; i < offset_units; ++i)
      offset |= static_cast<std::size_t>(unit(at + i)) << (i * width_ * 8);
    std::size_t place = offset / width_;
    for (std::size_t i = 0; i < length && values.size() < limit; ++i) {
      if (place + 2 > at) return 0;
      place = segment(place, limit, true, values);
      if (place == 0) return 0;
    }
    return at + offset_units;
  }

  std::string_view bytes_;
  unsigned width_;
  bool big_;
};

LookupTable table_of(const Descriptor& descriptor, std::vector<std::uint16_t> values) {
  return {descriptor.first, descriptor.bits, std::move(values)};
}

}  // namespace

std::optional<LookupTable> lookup_table(const Element* descriptor, const Element* data,
                                        std::string_view bytes, bool signed_input) {
  const auto facts = read_descriptor(descriptor, signed_input);
  if (!facts || !data) return std::nullopt;
  auto values = entries_of(bytes, *facts, data->big_endian);
  if (values.empty()) return std::nullopt;
  return table_of(*facts, std::move(values));
}

std::optional<LookupTable> segmented_table(const Element* descriptor, const Element* data,
                                           std::string_view bytes, bool signed_input) {
  const auto facts = read_descriptor(descriptor, signed_input);
  if (!facts || !data) return std::nullopt;
  Segments segments(bytes, facts->bits <= 8 ? 1 : 2, data->big_endian);
  std::vector<std::uint16_t> values;
  if (!segments.expand(0, segments.units(), facts->entries, values) || values.empty()) return std::nullopt;
  return table_of(*facts, std::move(values));
}

}  // namespace mappers::dicom
