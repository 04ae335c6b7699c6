#include "gateway/definitions/primitive_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <limits>

#include "gateway/base/text.h"

namespace gateway::definitions {
namespace {

using Fault = std::optional<PrimitiveFault>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string out = "'";
  for (const char c : text.substr(0, kMost)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return out + (text.size() > kMost ? "...'" : "'");
}

Fault refuse(std::string_view text, std::string_view why) {
  return PrimitiveFault{"The value " + shown(text) + " " + std::string(why), true};
}
Fault warn(std::string_view text, std::string_view why) {
  return PrimitiveFault{"The value " + shown(text) + " " + std::string(why), false};
}

// Reads exactly `count` digits.
bool take_digits(std::string_view& rest, std::size_t count, int& out) {
  if (rest.size() < count || !std::all_of(rest.begin(), rest.begin() + static_cast<long>(count), is_digit))
    return false;
  out = 0;
  for (const char c : rest.substr(0, count)) out = out * 10 + (c - '0');
  rest.remove_prefix(count);
  return true;
}
bool take(std::string_view& rest, char c) {
  if (rest.empty() || rest[0] != c) return false;
  rest.remove_prefix(1);
  return true;
}

int days_of(int year, int month) {
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// YYYY, YYYY-MM or YYYY-MM-DD at the start. `parts`: how many of them.
bool take_date(std::string_view& rest, int& parts, int& year) {
  int month = 1, day = 1;
  parts = 1;
  if (!take_digits(rest, 4, year) || year == 0) return false;
  if (!take(rest, '-')) return true;
  parts = 2;
  if (!take_digits(rest, 2, month) || month < 1 || month > 12) return false;
  if (!take(rest, '-')) return true;
  parts = 3;
  return take_digits(rest, 2, day) && day >= 1 && day <= days_of(year, month);
}

// hh:mm:ss with an optional fraction; 60 is a leap second.
bool take_time(std::string_view& rest) {
  int hour = 0, minute = 0, second = 0;
  if (!take_digits(rest, 2, hour) || hour > 23 || !take(rest, ':')) return false;
  if (!take_digits(rest, 2, minute) || minute > 59 || !take(rest, ':')) return false;
  if (!take_digits(rest, 2, second) || second > 60) return false;
  if (!take(rest, '.')) return true;
  if (rest.empty() || !is_digit(rest[0])) return false;
  while (!rest.empty() && is_digit(rest[0])) rest.remove_prefix(1);
  return true;
}

bool take_zone(std::string_view& rest) {
  if (take(rest, 'Z')) return true;
  int hour = 0, minute = 0;
  if (!take(rest, '+') && !take(rest, '-')) return false;
  if (!take_digits(rest, 2, hour) || !take(rest, ':') || !take_digits(rest, 2, minute)) return false;
  return minute <= 59 && (hour < 14 || (hour == 14 && minute == 0));
}

Fault reasonable_year(std::string_view text, int year) {
  if (year >= 1800 && year <= 2100) return std::nullopt;
  return warn(text, "is outside the range of reasonable years: check for data entry error");
}

Fault check_date(std::string_view text) {
  std::string_view rest = text;
  int parts = 0, year = 0;
  if (!take_date(rest, parts, year) || !rest.empty())
    return refuse(text, "is not a valid date (YYYY, YYYY-MM or YYYY-MM-DD)");
  return reasonable_year(text, year);
}

Fault check_date_time(std::string_view text, bool whole) {
  std::string_view rest = text;
  int parts = 0, year = 0;
  if (!take_date(rest, parts, year)) return refuse(text, "is not a valid date and time");
  if (rest.empty() && !whole) return reasonable_year(text, year);
  if (parts != 3 || !take(rest, 'T') || !take_time(rest))
    return refuse(text, whole ? "is not a valid instant (YYYY-MM-DDThh:mm:ss and a time zone)"
                              : "is not a valid dateTime: a time has hours, minutes and seconds");
  if (rest.empty()) return refuse(text, "has a time and so must have a time zone");
  if (!take_zone(rest) || !rest.empty()) return refuse(text, "has no valid time zone");
  return reasonable_year(text, year);
}

Fault check_time(std::string_view text) {
  std::string_view rest = text;
  if (!take_time(rest) || !rest.empty()) return refuse(text, "is not a valid time (hh:mm:ss)");
  return std::nullopt;
}

Fault check_string(std::string_view text) {
  constexpr std::size_t kMost = 1024 * 1024;
  if (text.size() > kMost)
    return refuse(text, "is longer than the permitted 1 MB (" + std::to_string(kMost) + " bytes)");
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 && !is_space(c)) return refuse(text, "has a control character");
  if (std::all_of(text.begin(), text.end(), is_space)) return warn(text, "is white space only");
  return std::nullopt;
}

// [^\s]+(\s[^\s]+)*
Fault check_code(std::string_view text) {
  bool after_space = true;
  for (const char c : text) {
    if (is_space(c) && after_space)
      return refuse(text, "is not a valid code: white space at an end or doubled");
    if (is_space(c) && c != ' ') return refuse(text, "is not a valid code: only single spaces are allowed");
    after_space = is_space(c);
  }
  if (after_space) return refuse(text, "is not a valid code: white space at its end");
  return std::nullopt;
}

Fault check_id(std::string_view text) {
  if (text.size() > 64)
    return refuse(text, "is not a valid id: too long (" + std::to_string(text.size()) + " characters of 64)");
  if (!is_resource_id(text)) return refuse(text, "is not a valid id: letters, digits, '-' and '.' only");
  return std::nullopt;
}

bool is_oid(std::string_view text) {
  if (text.size() < 3 || text[0] < '0' || text[0] > '2' || text[1] != '.') return false;
  bool at_start = true, zero = false;
  for (const char c : text.substr(2)) {
    if (c == '.') {
      if (at_start) return false;
      at_start = true;
      continue;
    }
    if (!is_digit(c) || (!at_start && zero)) return false;
    zero = at_start && c == '0';
    at_start = false;
  }
  return !at_start;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

Fault check_uri(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_space))
    return refuse(text, "is a URI and cannot have white space");
  if (text.starts_with("oid:")) return refuse(text, "must be written urn:oid:");
  if (text.starts_with("uuid:")) return refuse(text, "must be written urn:uuid:");
  if (text.starts_with("urn:oid:") && !is_oid(text.substr(8))) return refuse(text, "is not a valid OID");
  if (text.starts_with("urn:uuid:") && !is_uuid(text.substr(9).substr(0, text.substr(9).find('#'))))
    return refuse(text, "is not a valid UUID");
  return std::nullopt;
}

Fault check_canonical(std::string_view text) {
  if (Fault fault = check_uri(text)) return fault;
  if (text.starts_with('#') || text.find(':') != std::string_view::npos) return std::nullopt;
  return refuse(text, "is a canonical URL and must be absolute, or a fragment");
}

Fault check_text(std::string_view type, std::string_view text) {
  if (text.empty()) return PrimitiveFault{"a value cannot be empty", true};
  if (type == "string" || type == "markdown") return check_string(text);
  if (type == "date") return check_date(text);
  if (type == "dateTime") return check_date_time(text, false);
  if (type == "instant") return check_date_time(text, true);
  if (type == "time") return check_time(text);
  if (type == "code") return check_code(text);
  if (type == "id") return check_id(text);
  if (type == "uri" || type == "url") return check_uri(text);
  if (type == "canonical") return check_canonical(text);
  if (type == "oid" && !(text.starts_with("urn:oid:") && is_oid(text.substr(8))))
    return refuse(text, "is not a valid OID (urn:oid:1.2.3)");
  if (type == "uuid" && !(text.starts_with("urn:uuid:") && is_uuid(text.substr(9))))
    return refuse(text, "is not a valid UUID (urn:uuid:...)");
  if (type == "base64Binary" && !decode_base64(text)) return refuse(text, "is not a valid Base64 value");
  return std::nullopt;
}

Fault check_integer(std::string_view type, std::int64_t number) {
  const std::int64_t least = type == "positiveInt" ? 1 : type == "unsignedInt" ? 0 : INT32_MIN;
  if (number >= least && number <= INT32_MAX) return std::nullopt;
  return refuse(std::to_string(number), "is outside the range of " + std::string(type));
}

// More than 18 digits are allowed by the form, and lost by most readers.
Fault check_decimal(std::string_view text) {
  const auto digits = std::count_if(
      text.begin(), text.begin() + static_cast<long>(std::min(text.find_first_of("eE"), text.size())),
      is_digit);
  if (digits > 18) return warn(text, "has more than 18 digits: not every system keeps them");
  return std::nullopt;
}

}  // namespace

bool is_resource_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
  });
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  unsigned count = 0, padding = 0;
  for (const char c : text) {
    if (is_space(c)) continue;
    int digit = 0;
    if (c >= 'A' && c <= 'Z')
      digit = c - 'A';
    else if (c >= 'a' && c <= 'z')
      digit = c - 'a' + 26;
    else if (is_digit(c))
      digit = c - '0' + 52;
    else if (c == '+' || c == '/')
      digit = c == '+' ? 62 : 63;
    else if (c == '=')
      ++padding;
    else
      return std::nullopt;
    if (padding > 2 || (padding > 0 && c != '=')) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (++count % 4 != 0) continue;
    for (unsigned i = 0; i < 3 - padding; ++i) out += static_cast<char>(bits >> (16 - 8 * i) & 0xFF);
    bits = 0;
  }
  if (count % 4 != 0) return std::nullopt;
  return out;
}

std::optional<PrimitiveFault> check_primitive(std::string_view type, const Value& value) {
  const bool integer = type == "integer" || type == "unsignedInt" || type == "positiveInt";
  const bool number = value.as_int() || value.as_decimal();
  if (type == "boolean") {
    if (value.as_bool()) return std::nullopt;
    return PrimitiveFault{"a boolean (true or false, without quotes) is expected here", true};
  }
  if (integer) {
    if (value.as_int()) return check_integer(type, *value.as_int());
    return PrimitiveFault{"a whole number (" + std::string(type) + ", without quotes) is expected here",
                          true};
  }
  if (type == "decimal") {
    if (!number) return PrimitiveFault{"a number without quotes is expected here (decimal)", true};
    return check_decimal(value.as_int() ? std::to_string(*value.as_int()) : value.as_decimal()->text);
  }
  if (!value.as_string())
    return PrimitiveFault{"a string is expected here (" + std::string(type) + ")", true};
  return check_text(type, *value.as_string());
}

}  // namespace gateway::definitions
