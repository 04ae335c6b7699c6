#include "gateway/fhirpath/letters.h"

#include <algorithm>

#include "gateway/base/text.h"

namespace gateway::fhirpath {
namespace {

// Letters whose lower case is `distance` further on, or, with a distance of 1, every second one.
struct CaseRange {
  char32_t first, last;  // of the upper case
  char32_t distance;
};
constexpr CaseRange kRanges[] = {
    {'A', 'Z', 32},     {0xC0, 0xD6, 32},   {0xD8, 0xDE, 32},   {0x100, 0x12E, 1},   {0x132, 0x136, 1},
    {0x139, 0x147, 1},  {0x14A, 0x176, 1},  {0x179, 0x17D, 1},  {0x388, 0x38A, 37},  {0x391, 0x3A1, 32},
    {0x3A3, 0x3AB, 32}, {0x400, 0x40F, 80}, {0x410, 0x42F, 32}, {0x460, 0x480, 1},   {0x48A, 0x4BE, 1},
    {0x4C1, 0x4CD, 1},  {0x4D0, 0x52E, 1},  {0x531, 0x556, 48}, {0x1E00, 0x1E94, 1}, {0x1EA0, 0x1EFE, 1},
};
constexpr char32_t kPairs[][2] = {
    {0x178, 0xFF}, {0x386, 0x3AC}, {0x38C, 0x3CC}, {0x38E, 0x3CD}, {0x38F, 0x3CE}};

template <class Map>
std::string mapped(std::string_view text, Map map) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t c : decode_utf8(text)) append_utf8(out, map(c));
  return out;
}

}  // namespace

char32_t lower_of(char32_t c) {
  for (const CaseRange& range : kRanges)
    if (c >= range.first && c <= range.last && (range.distance > 1 || (c - range.first) % 2 == 0))
      return c + range.distance;
  for (const auto& pair : kPairs)
    if (c == pair[0]) return pair[1];
  return c;
}

char32_t upper_of(char32_t c) {
  if (c == 0xB5) return 0x39C;
  if (c == 0x3C2) return 0x3A3;  // final sigma
  for (const CaseRange& range : kRanges) {
    const char32_t upper = c - range.distance;
    if (c >= range.distance && upper >= range.first && upper <= range.last &&
        (range.distance > 1 || (upper - range.first) % 2 == 0))
      return upper;
  }
  for (const auto& pair : kPairs)
    if (c == pair[1]) return pair[0];
  return c;
}

bool is_blank(char32_t c) {
  return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool sign = c < 0xC0 ? c != 0xAA && c != 0xB5 && c != 0xBA : c == 0xD7 || c == 0xF7;
  return !sign && !is_blank(c) && !(c >= 0x2000 && c < 0x2C00);
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80       ? 1
                               : lead >> 5 == 6  ? 2
                               : lead >> 4 == 14 ? 3
                               : lead >> 3 == 30 ? 4
                                                 : 0;
    if (length == 0 || at + length > text.size()) {
      out += U'\uFFFD';
      ++at;
      continue;
    }
    char32_t c = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) c = (c << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3F);
    out += c;
    at += length;
  }
  return out;
}

std::string encode_utf8(std::u32string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char32_t c : text) append_utf8(out, c);
  return out;
}

std::string upper_text(std::string_view text) {
  std::string out;
  for (const char32_t c : decode_utf8(text)) {
    if (c == 0xDF) {
      out += "SS";
    } else {
      append_utf8(out, upper_of(c));
    }
  }
  return out;
}

std::string lower_text(std::string_view text) { return mapped(text, lower_of); }

std::string trim_blanks(std::string_view text) {
  const std::u32string all = decode_utf8(text);
  const auto blank = [](char32_t c) { return is_blank(c) || c == 0xFEFF; };
  const auto first = std::find_if_not(all.begin(), all.end(), blank);
  const auto last = std::find_if_not(all.rbegin(), std::make_reverse_iterator(first), blank).base();
  return encode_utf8({first, last});
}

}  // namespace gateway::fhirpath
