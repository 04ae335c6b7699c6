#include "mappers/dicom/json_scan.h"

#include <cstring>

namespace mappers::dicom {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  const std::size_t found = text.find_first_not_of(kBlanks, at);
  return found == std::string_view::npos ? text.size() : found;
}

// `at` is behind the opening quote; the position behind the closing one.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const std::size_t quote = text.find('"', at);
    if (quote == std::string_view::npos) return text.size();
    std::size_t escapes = 0;
    while (quote - escapes > at && text[quote - escapes - 1] == '\\') ++escapes;
    at = quote + 1;
    if (escapes % 2 == 0) return at;
  }
  return text.size();
}

std::string_view key_at(std::string_view text, std::size_t at, std::size_t end) {
  return end >= at + 2 ? text.substr(at + 1, end - at - 2) : std::string_view();
}

}  // namespace

bool is_object_text(std::string_view text) {
  const std::size_t first = skip_blanks(text, 0), last = text.find_last_not_of(kBlanks);
  return first < text.size() && first < last && text[first] == '{' && text[last] == '}';
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at + 1);
      if (depth == 0) return at;
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || c == ']')) return at;  // behind a number or a word
    if (c == '{' || c == '[') ++depth;
    ++at;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return text.size();
}

std::optional<std::string_view> find_member(std::string_view object, std::string_view key) {
  std::size_t at = skip_blanks(object, skip_blanks(object, 0) + 1);
  while (at < object.size() && object[at] == '"') {
    const std::size_t end = end_of_string(object, at + 1);
    const std::string_view name = key_at(object, at, end);
    const std::size_t from = skip_blanks(object, skip_blanks(object, end) + 1);
    const std::size_t to = end_of_value(object, from);
    if (name == key) return object.substr(from, to - from);
    at = skip_blanks(object, to);
    if (at >= object.size() || object[at] != ',') break;
    at = skip_blanks(object, at + 1);
  }
  return std::nullopt;
}

}  // namespace mappers::dicom
