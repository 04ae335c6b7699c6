// TextEncoder: UTF-8 into a Specific Character Set of one byte a character, for peers that do not read UTF-8
// (PS3.3 table C.12-2).
//
// The inverse of charset.h over the same tables. A plain value; const members are thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mappers::dicom {

class TextEncoder {
 public:
  // For a value of (0008,0005), "ISO_IR 100". Nothing for sets with code extensions or several bytes a
  // character, for UTF-8 and the default set, and for what is no set.
  static std::optional<TextEncoder> make(std::string_view character_set);
  const std::string& term() const { return term_; }
  // Nothing when a character is not in the set.
  std::optional<std::string> encode(std::string_view utf8) const;

 private:
  std::string term_;
  std::map<std::string, char, std::less<>> bytes_;  // by character
};

}  // namespace mappers::dicom
