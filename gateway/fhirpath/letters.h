// Letters beyond ASCII: upper and lower case of the alphabets of Europe (Latin, Greek, Cyrillic), by the
// simple case mappings of Unicode; other characters stay as they are.
//
// Internal to gateway/fhirpath. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace gateway::fhirpath {

char32_t upper_of(char32_t c);
char32_t lower_of(char32_t c);
bool is_letter(char32_t c);  // of ASCII, or anything from U+00AA on that is not known as a sign or blank
bool is_blank(char32_t c);   // Unicode White_Space

std::u32string decode_utf8(std::string_view text);  // valid UTF-8; other bytes become U+FFFD
std::string encode_utf8(std::u32string_view text);
std::string upper_text(std::string_view text);
std::string lower_text(std::string_view text);
std::string trim_blanks(std::string_view text);

}  // namespace gateway::fhirpath
