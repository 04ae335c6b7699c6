// Tag: the (group, element) number that names a DICOM attribute (PS3.5 section 7.1). A plain value.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mappers::dicom {

struct Tag {
  std::uint16_t group = 0;
  std::uint16_t element = 0;

  auto operator<=>(const Tag&) const = default;
  constexpr std::uint32_t value() const { return (std::uint32_t{group} << 16) | element; }
  constexpr bool is_private() const { return (group & 1u) != 0; }
  // A private creator element (gggg,0010-00FF), PS3.5 section 7.8.1.
  constexpr bool is_private_creator() const { return is_private() && element >= 0x10 && element <= 0xFF; }
  constexpr bool is_group_length() const { return element == 0; }
};

constexpr Tag make_tag(std::uint32_t value) {
  return {static_cast<std::uint16_t>(value >> 16), static_cast<std::uint16_t>(value)};
}

// Eight upper-case digits, "00100010": the key of the DICOM JSON model.
std::string hex(Tag tag);
void write_hex(char* to, Tag tag);  // eight characters at `to`
void append_hex(std::string& out, Tag tag);
// Exactly eight hexadecimal digits of either case.
std::optional<Tag> parse_tag(std::string_view text);

namespace tags {
inline constexpr Tag kItem = make_tag(0xFFFEE000);
inline constexpr Tag kItemDelimitation = make_tag(0xFFFEE00D);
inline constexpr Tag kSequenceDelimitation = make_tag(0xFFFEE0DD);
inline constexpr Tag kTransferSyntaxUid = make_tag(0x00020010);
inline constexpr Tag kSpecificCharacterSet = make_tag(0x00080005);
inline constexpr Tag kSopClassUid = make_tag(0x00080016);
inline constexpr Tag kSopInstanceUid = make_tag(0x00080018);
inline constexpr Tag kModality = make_tag(0x00080060);
inline constexpr Tag kPatientName = make_tag(0x00100010);
inline constexpr Tag kPatientId = make_tag(0x00100020);
inline constexpr Tag kStudyInstanceUid = make_tag(0x0020000D);
inline constexpr Tag kSeriesInstanceUid = make_tag(0x0020000E);
inline constexpr Tag kPixelRepresentation = make_tag(0x00280103);
inline constexpr Tag kFloatPixelData = make_tag(0x7FE00008);
inline constexpr Tag kDoubleFloatPixelData = make_tag(0x7FE00009);
inline constexpr Tag kPixelData = make_tag(0x7FE00010);
}  // namespace tags

constexpr bool is_pixel_data(Tag tag) {
  return tag == tags::kPixelData || tag == tags::kFloatPixelData || tag == tags::kDoubleFloatPixelData;
}

}  // namespace mappers::dicom
