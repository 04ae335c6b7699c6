#include "mappers/dicom/element_header.h"

#include "gateway/base/bytes.h"
#include "mappers/dicom/byte_order.h"
#include "mappers/dicom/dictionary.h"

namespace mappers::dicom {
namespace {

std::string_view letters_at(const std::byte* p) { return {reinterpret_cast<const char*>(p), 2}; }

bool are_capitals(std::string_view letters) {
  return letters[0] >= 'A' && letters[0] <= 'Z' && letters[1] >= 'A' && letters[1] <= 'Z';
}

bool fits(std::uint64_t offset, std::uint64_t header, std::uint64_t length, std::uint64_t end) {
  return length == kUndefinedLength || (offset + header <= end && length <= end - offset - header);
}

// PS3.5 section 6.2: a VR that is defined later has the long form. Older writers meant the short one.
std::optional<ElementHeader> unknown_vr(Window& window, std::uint64_t offset, std::uint64_t end, bool big,
                                        const std::byte* p, ElementHeader header) {
  const std::uint16_t short_length = load16(p + 6, big);
  header.vr = implicit_vr(header.tag);
  const std::byte* wide = short_length == 0 ? window.view(offset, 12) : nullptr;
  if (wide && are_capitals(letters_at(wide + 4)) && fits(offset, 12, load32(wide + 8, big), end)) {
    header.irregularity = "unknown VR, read in the long form";
    header.length = load32(wide + 8, big);
    header.size = 12;
    return header;
  }
  header.irregularity = "unknown VR, the dictionary's taken";
  header.length = short_length;
  if (traits(header.vr).kind == VrKind::Items) header.vr = VR::UN;
  return header;
}

// No VR at all where one is due: an element in implicit encoding, else a damaged VR in front of a short
// length.
std::optional<ElementHeader> missing_vr(std::uint64_t offset, std::uint64_t end, bool big, const std::byte* p,
                                        ElementHeader header, bool* nonsense) {
  header.vr = implicit_vr(header.tag);
  header.length = load32(p + 4, big);
  header.irregularity = "VR missing in explicit encoding";
  if (fits(offset, 8, header.length, end)) return header;
  header.length = load16(p + 6, big);
  header.irregularity = "VR damaged, the dictionary's taken";
  if (fits(offset, 8, header.length, end)) return header;
  *nonsense = true;
  return std::nullopt;
}

}  // namespace

std::optional<ElementHeader> read_header(Window& window, std::uint64_t offset, std::uint64_t end,
                                         WireEncoding encoding, bool* nonsense) {
  const std::byte* p = window.view(offset, 8);
  if (!p) return std::nullopt;
  const bool big = encoding.big_endian;
  ElementHeader header;
  header.tag = load_tag(p, big);
  if (header.tag.group == 0xFFFE || encoding.implicit_vr) {
    header.length = load32(p + 4, big);
    if (header.tag.group != 0xFFFE) header.vr = implicit_vr(header.tag);
    return header;
  }
  const std::string_view letters = letters_at(p + 4);
  const std::optional<VR> vr = parse_vr(letters);
  if (!vr) {
    if (are_capitals(letters)) return unknown_vr(window, offset, end, big, p, header);
    return missing_vr(offset, end, big, p, header, nonsense);
  }
  header.vr = *vr;
  header.length = load16(p + 6, big);
  if (!traits(*vr).long_length) return header;
  if (header.length != 0) {  // the reserved field is no zero: a writer that took the VR for a short one
    header.irregularity = "short length field where a long one is due";
    return header;
  }
  p = window.view(offset, 12);
  if (!p) return std::nullopt;
  header.length = load32(p + 8, big);
  header.size = 12;
  return header;
}

WireEncoding sniff(Window& window, std::uint64_t offset, std::uint64_t end, WireEncoding expected) {
  const std::byte* p = window.view(offset, 8);
  if (!p || load_tag(p, expected.big_endian).group == 0xFFFE) return expected;
  const bool implicit_fits = fits(offset, 8, load32(p + 4, expected.big_endian), end);
  const bool has_vr = parse_vr(letters_at(p + 4)).has_value();
  WireEncoding found = expected;
  if (!expected.implicit_vr && !are_capitals(letters_at(p + 4)) && implicit_fits) found.implicit_vr = true;
  if (expected.implicit_vr && has_vr && !implicit_fits) found.implicit_vr = false;
  return found;
}

std::optional<WireEncoding> plausible_start(Window& window, std::uint64_t offset) {
  constexpr std::uint16_t kHighestFirstGroup = 0x0028;
  const std::byte* p = window.view(offset, 8);
  if (!p) return std::nullopt;
  for (const bool big : {false, true}) {
    const Tag tag = load_tag(p, big);
    if (tag.group == 0 || tag.group > kHighestFirstGroup) continue;
    if (!find(tag) && !tag.is_group_length() && !tag.is_private_creator()) continue;
    bool nonsense = false;
    if (parse_vr(letters_at(p + 4))) {
      const WireEncoding encoding{false, big};
      const auto header = read_header(window, offset, window.size(), encoding, &nonsense);
      if (header && fits(offset, header->size, header->length, window.size())) return encoding;
    }
    if (!big && fits(offset, 8, load32(p + 4, big), window.size())) return WireEncoding{true, big};
  }
  return std::nullopt;
}

}  // namespace mappers::dicom
