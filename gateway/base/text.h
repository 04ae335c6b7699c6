// Small text helpers that the standard library lacks. ASCII unless said; none depends on the locale.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

std::string_view trim(std::string_view text);  // spaces and tabs at both ends
std::vector<std::string_view> split(std::string_view text, char separator);
std::string lower(std::string_view text);
bool iequals(std::string_view a, std::string_view b);
bool is_utf8(std::string_view text);  // RFC 3629: no overlong form, no surrogate
void append_utf8(std::string& out, char32_t code_point);
std::string hex(std::string_view bytes);

// The whole text as a number, or nothing: no sign but '-', no blanks, no overflow.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

}  // namespace gateway
