#include "gateway/model/person_name.h"

#include <algorithm>
#include <array>
#include <span>

#include "gateway/base/text.h"

namespace gateway::model {
namespace {

// Upper-case ranges of Unicode's CaseFolding.txt (statuses C and S) for the scripts named in the header.
struct FoldRange {
  std::uint16_t first, last;
  std::uint16_t step;   // 1: every code point; 2: every second one from `first`
  std::int16_t offset;  // to the folded one
};

constexpr FoldRange kRanges[] = {
    {0x0041, 0x005A, 1, 32},    {0x00B5, 0x00B5, 1, 775},  {0x00C0, 0x00D6, 1, 32},
    {0x00D8, 0x00DE, 1, 32},    {0x0100, 0x012E, 2, 1},    {0x0132, 0x0136, 2, 1},
    {0x0139, 0x0147, 2, 1},     {0x014A, 0x0176, 2, 1},    {0x0178, 0x0178, 1, -121},
    {0x0179, 0x017D, 2, 1},     {0x017F, 0x017F, 1, -268}, {0x0187, 0x0187, 1, 1},
    {0x018F, 0x018F, 1, 202},   {0x0198, 0x0198, 1, 1},    {0x01A0, 0x01A4, 2, 1},
    {0x01AF, 0x01AF, 1, 1},     {0x01C4, 0x01C4, 1, 2},    {0x01C5, 0x01C5, 1, 1},
    {0x01C7, 0x01C7, 1, 2},     {0x01C8, 0x01C8, 1, 1},    {0x01CA, 0x01CA, 1, 2},
    {0x01CB, 0x01DB, 2, 1},     {0x01DE, 0x01EE, 2, 1},    {0x01F1, 0x01F1, 1, 2},
    {0x01F2, 0x01F4, 2, 1},     {0x01F8, 0x021E, 2, 1},    {0x0222, 0x0232, 2, 1},
    {0x0370, 0x0372, 2, 1},     {0x0376, 0x0376, 1, 1},    {0x0386, 0x0386, 1, 38},
    {0x0388, 0x038A, 1, 37},    {0x038C, 0x038C, 1, 64},   {0x038E, 0x038F, 1, 63},
    {0x0391, 0x03A1, 1, 32},    {0x03A3, 0x03AB, 1, 32},   {0x03C2, 0x03C2, 1, 1},
    {0x03D8, 0x03EE, 2, 1},     {0x0400, 0x040F, 1, 80},   {0x0410, 0x042F, 1, 32},
    {0x0460, 0x0480, 2, 1},     {0x048A, 0x04BE, 2, 1},    {0x04C0, 0x04C0, 1, 15},
    {0x04C1, 0x04CD, 2, 1},     {0x04D0, 0x052E, 2, 1},    {0x0531, 0x0556, 1, 48},
    {0x1E00, 0x1E94, 2, 1},     {0x1E9B, 0x1E9B, 1, -58},  {0x1E9E, 0x1E9E, 1, -7615},
    {0x1EA0, 0x1EFE, 2, 1},     {0x1F08, 0x1F0F, 1, -8},   {0x1F18, 0x1F1D, 1, -8},
    {0x1F28, 0x1F2F, 1, -8},    {0x1F38, 0x1F3F, 1, -8},   {0x1F48, 0x1F4D, 1, -8},
    {0x1F59, 0x1F5F, 2, -8},    {0x1F68, 0x1F6F, 1, -8},   {0x212A, 0x212A, 1, -8383},
    {0x212B, 0x212B, 1, -8262}, {0xFF21, 0xFF3A, 1, 32},
};

// Decodes one code point; a byte that is not UTF-8 reads as U+FFFD, which has no case, and so is kept as it
// is.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return byte(at++);
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  bool valid = lead >= 0xC0 && lead < 0xF8 && at + length <= text.size();
  char32_t c = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = (byte(at + i) & 0xC0u) == 0x80u;
    c = (c << 6) | (byte(at + i) & 0x3Fu);
  }
  at += valid ? length : 1;
  return valid ? c : U'\uFFFD';
}

}  // namespace

char32_t fold_case(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  for (const FoldRange& range : kRanges) {
    if (c < range.first) return c;
    if (c <= range.last && (c - range.first) % range.step == 0)
      return static_cast<char32_t>(static_cast<std::int32_t>(c) + range.offset);
  }
  return c;
}

std::string fold_case(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t start = at;
    const char32_t c = next_code_point(utf8, at);
    const char32_t folded = fold_case(c);
    if (folded == c)
      out += utf8.substr(start, at - start);
    else
      append_utf8(out, folded);
  }
  return out;
}

std::string name_key(std::string_view group) {
  while (!group.empty() && (group.back() == '^' || group.back() == ' ')) group.remove_suffix(1);
  while (!group.empty() && group.front() == ' ') group.remove_prefix(1);
  return fold_case(group);
}

}  // namespace gateway::model
