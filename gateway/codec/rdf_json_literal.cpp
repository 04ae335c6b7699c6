#include "gateway/codec/rdf_json_literal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"

namespace gateway::codec {
namespace {

// Digits and decimal exponent of the shortest text that reads back as the number.
struct Shortest {
  std::string digits;
  int point;  // how many digits stand before the decimal point
};

Shortest shortest(double number) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::scientific).ptr;
  const std::string_view all(text, static_cast<std::size_t>(end - text));
  const auto e = all.find('e');
  Shortest out;
  for (const char c : all.substr(0, e))
    if (c != '.') out.digits += c;
  std::string_view exponent = all.substr(e + 1);
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  out.point = 1 + parse_number<int>(exponent).value_or(0);
  return out;
}

// RFC 8785 section 3.2.2.3: as ECMAScript writes numbers.
std::string number_text(double number) {
  if (number == 0) return "0";
  if (number < 0) return "-" + number_text(-number);
  const auto [digits, point] = shortest(number);
  const int count = static_cast<int>(digits.size());
  if (point > 21 || point < -5) {
    std::string out = digits.substr(0, 1);
    if (count > 1) out += "." + digits.substr(1);
    return out + (point > 0 ? "e+" : "e-") + std::to_string(std::abs(point - 1));
  }
  if (point <= 0) return "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (point >= count) return digits + std::string(static_cast<std::size_t>(point - count), '0');
  return digits.substr(0, static_cast<std::size_t>(point)) + "." +
         digits.substr(static_cast<std::size_t>(point));
}

// Section 3.2.3: keys by their UTF-16 units. Above the surrogates only U+E000 to U+FFFF differ from the order
// of UTF-8.
bool utf16_less(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return a.size() < b.size();
  const auto weight = [](char c) {
    const int byte = static_cast<unsigned char>(c);
    return byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte;
  };
  return weight(*x) < weight(*y);
}

Result<void> append(std::string& out, const Value& value) {
  if (const Value::Map* map = value.as_map()) {
    std::vector<const Value::Member*> members;
    for (const Value::Member& member : *map) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](auto* a, auto* b) { return utf16_less(a->first, b->first); });
    char before = '{';
    for (const Value::Member* member : members) {
      append_json_string(out += std::exchange(before, ','), member->first);
      TRY_VOID(append(out += ':', member->second));
    }
    out += map->empty() ? "{}" : "}";
  } else if (const Value::List* list = value.as_list()) {
    char before = '[';
    for (const Value& item : *list) TRY_VOID(append(out += std::exchange(before, ','), item));
    out += list->empty() ? "[]" : "]";
  } else if (const Decimal* number = value.as_decimal()) {
    const auto read = parse_number<double>(number->text);
    if (!read || !std::isfinite(*read))
      return fail(ErrorCode::InvalidBody, "a JSON literal has a number beyond the range of a double",
                  number->text.substr(0, 200));
    out += number_text(*read);
  } else if (const std::int64_t* whole = value.as_int()) {
    out += number_text(static_cast<double>(*whole));
  } else {
    append_json(out, value);
  }
  return {};
}

}  // namespace

Result<std::string> canonical_json(const Value& value) {
  std::string out;
  TRY_VOID(append(out, value));
  return out;
}

}  // namespace gateway::codec
