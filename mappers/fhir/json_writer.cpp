#include "mappers/fhir/json_writer.h"

#include <array>
#include <charconv>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"

namespace mappers::fhir {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Length of a blank of Unicode at `text`, which the FHIR expression for strings ([ \r\n\t\S]+) does not let
// through.
std::size_t exotic_blank(std::string_view text) {
  for (const std::string_view blank : {"\xC2\xA0", "\xC2\x85", "\xE1\x9A\x80", "\xE3\x80\x80", "\xEF\xBB\xBF",
                                       "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F"})
    if (text.starts_with(blank)) return blank.size();
  const bool general = text.starts_with("\xE2\x80") && text.size() > 2;  // U+2000 to U+200A
  return general && static_cast<std::uint8_t>(text[2]) >= 0x80 && static_cast<std::uint8_t>(text[2]) <= 0x8A
             ? 3
             : 0;
}

// Bytes that may begin something that fhir_text() changes.
constexpr std::array<bool, 256> kSuspect = [] {
  std::array<bool, 256> suspect{};
  for (unsigned byte = 0; byte < 256; ++byte)
    suspect[byte] = byte < 0x20 || byte == 0x7F || byte == 0xC2 || (byte >= 0xE1 && byte <= 0xEF);
  return suspect;
}();

bool needs_cleaning(std::string_view text) {
  for (const char c : text)
    if (kSuspect[static_cast<std::uint8_t>(c)]) return true;
  return !text.empty() && (is_blank(text.front()) || is_blank(text.back()));
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string fhir_text(std::string_view text) {
  if (!needs_cleaning(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t blank = exotic_blank(text);
    const auto byte = static_cast<std::uint8_t>(text.front());
    if (blank)
      out += ' ';
    else if (is_blank(text.front()) || (byte >= 0x20 && byte != 0x7F))
      out += text.front();
    text.remove_prefix(blank ? blank : 1);
  }
  return std::string(trim_blanks(out));
}

std::string fhir_code(std::string_view text) {
  std::string out;
  for (const char c : fhir_text(text)) {
    if (!is_blank(c))
      out += c;
    else if (!out.ends_with(' '))
      out += ' ';
  }
  return out;
}

void JsonArray::text(std::string_view value) {
  if (needs_cleaning(value)) {
    const std::string clean = fhir_text(value);
    if (!clean.empty()) gateway::append_json_string(item(), clean);
  } else if (!value.empty()) {
    gateway::append_json_string(item(), value);
  }
}

void JsonObject::text(std::string_view name, std::string_view value) {
  if (needs_cleaning(value)) {
    const std::string clean = fhir_text(value);
    if (!clean.empty()) gateway::append_json_string(member(name), clean);
  } else if (!value.empty()) {
    gateway::append_json_string(member(name), value);
  }
}

void JsonObject::plain(std::string_view name, std::string_view value) {
  std::string& out = member(name);
  out += '"';
  out += value;
  out += '"';
}

void JsonObject::number(std::string_view name, std::uint64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  member(name).append(digits, end);
}

}  // namespace mappers::fhir
