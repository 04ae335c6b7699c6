#include "mappers/dicom/text_encoder.h"

#include <algorithm>

#include "mappers/dicom/charset.h"

namespace mappers::dicom {
namespace {

// JIS X 0201 (ISO_IR 13) is not among them: its backslash is another character.
constexpr std::string_view kTerms[] = {"ISO_IR 100", "ISO_IR 101", "ISO_IR 109", "ISO_IR 110",
                                       "ISO_IR 144", "ISO_IR 127", "ISO_IR 126", "ISO_IR 138",
                                       "ISO_IR 148", "ISO_IR 203", "ISO_IR 166"};
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD: the byte is no character

std::size_t length_of(char first) {
  const auto lead = static_cast<unsigned char>(first);
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

}  // namespace

std::optional<TextEncoder> TextEncoder::make(std::string_view character_set) {
  if (std::find(std::begin(kTerms), std::end(kTerms), character_set) == std::end(kTerms)) return std::nullopt;
  TextEncoder encoder;
  encoder.term_ = character_set;
  const CharacterSet set = CharacterSet::parse(character_set);
  for (unsigned byte = 0xA0; byte <= 0xFF; ++byte) {
    const char raw = static_cast<char>(byte);
    std::string character = set.decode(std::string_view(&raw, 1), Delimiters::None);
    if (!character.empty() && character != kReplacement) encoder.bytes_.emplace(std::move(character), raw);
  }
  return encoder;
}

std::optional<std::string> TextEncoder::encode(std::string_view utf8) const {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const std::string_view character = utf8.substr(at, length_of(utf8[at]));
    at += character.size();
    if (static_cast<unsigned char>(character.front()) < 0x80) {
      out += character;
    } else if (const auto found = bytes_.find(character); found != bytes_.end()) {
      out += found->second;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace mappers::dicom
