#include "mappers/dicom/tag.h"

#include <array>

#include "mappers/dicom/vr.h"

namespace mappers::dicom {
namespace {

constexpr char kDigits[] = "0123456789ABCDEF";

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Index by both letters, so that the lookup is one load.
constexpr std::size_t kLetters = 26;
constexpr std::uint8_t kNoVr = 0xFF;
constexpr auto kVrByLetters = [] {
  std::array<std::uint8_t, kLetters * kLetters> table{};
  table.fill(kNoVr);
  for (std::size_t i = 0; i < std::size(kVrTraits); ++i) {
    const auto& letters = kVrTraits[i].name;
    table[static_cast<std::size_t>(letters[0] - 'A') * kLetters +
          static_cast<std::size_t>(letters[1] - 'A')] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

}  // namespace

// The eight digits at once: this is written for every element of every instance.
void write_hex(char* to, Tag tag) {
  std::uint32_t rest = tag.value();
  for (std::size_t i = 8; i-- > 0; rest >>= 4) to[i] = kDigits[rest & 15];
}

std::string hex(Tag tag) {
  std::string digits(8, '0');
  write_hex(digits.data(), tag);
  return digits;
}

void append_hex(std::string& out, Tag tag) {
  char digits[8];
  write_hex(digits, tag);
  out.append(digits, sizeof digits);
}

std::optional<Tag> parse_tag(std::string_view text) {
  if (text.size() != 8) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    const int digit = digit_value(c);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint32_t>(digit);
  }
  return make_tag(value);
}

std::optional<VR> parse_vr(std::string_view text) {
  if (text.size() != 2 || text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z')
    return std::nullopt;
  const std::uint8_t index = kVrByLetters[static_cast<std::size_t>(text[0] - 'A') * kLetters +
                                          static_cast<std::size_t>(text[1] - 'A')];
  if (index == kNoVr) return std::nullopt;
  return static_cast<VR>(index);
}

}  // namespace mappers::dicom
