#include "gateway/fhir/search_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "gateway/base/clock.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::TimeSpan;

// Position of the first `c` that no backslash escapes.
std::size_t find_unescaped(std::string_view text, char c) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == c) return i;
    if (text[i] == '\\') ++i;
  }
  return std::string_view::npos;
}

struct PrefixName {
  std::string_view name;
  Prefix prefix;
};
constexpr std::array kPrefixes = {
    PrefixName{"eq", Prefix::Eq}, PrefixName{"ne", Prefix::Ne}, PrefixName{"gt", Prefix::Gt},
    PrefixName{"lt", Prefix::Lt}, PrefixName{"ge", Prefix::Ge}, PrefixName{"le", Prefix::Le},
    PrefixName{"sa", Prefix::Sa}, PrefixName{"eb", Prefix::Eb}, PrefixName{"ap", Prefix::Ap}};

// "YYYYMMDD" of a moment, as if its clock showed UTC.
std::string day_text(std::int64_t utc_us) {
  const std::string text = iso8601(utc_us);
  return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2);
}

void widen(TimeSpan& span, std::int64_t now_us) {
  const std::int64_t middle = span.first_us + (span.last_us - span.first_us) / 2;
  const std::int64_t margin = std::abs(now_us - middle) / 10;
  constexpr std::int64_t kFirst = -62'135'596'800'000'000;  // 0001-01-01
  constexpr std::int64_t kLast = 253'402'300'799'999'999;   // 9999-12-31T23:59:59.999999
  span.first_us = std::max(kFirst, span.first_us - margin);
  span.last_us = std::min(kLast, span.last_us + margin);
}

Prefix take_prefix(std::string& text) {
  for (const auto& [name, prefix] : kPrefixes) {
    if (!text.starts_with(name)) continue;
    text.erase(0, 2);
    return prefix;
  }
  return Prefix::Eq;
}

// Half of the last digit's unit. With an exponent the standard's own example takes one digit more:
// 1e2 is [95, 105).
double half_unit(std::string_view text) {
  const auto mark = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, mark);
  const auto dot = mantissa.find('.');
  const auto decimals = dot == std::string_view::npos ? 0 : static_cast<int>(mantissa.size() - dot - 1);
  int exponent = 0;
  if (mark != std::string_view::npos) {
    const char* begin = text.data() + mark + 1;
    if (begin != text.data() + text.size() && *begin == '+') ++begin;
    std::from_chars(begin, text.data() + text.size(), exponent);
    exponent -= 1;
  }
  return 0.5 * std::pow(10.0, exponent - decimals);
}

}  // namespace

std::vector<std::string_view> alternatives(std::string_view value) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto comma = find_unescaped(value, ',');
    if (const auto part = value.substr(0, comma); !part.empty()) parts.push_back(part);
    if (comma == std::string_view::npos) return parts;
    value.remove_prefix(comma + 1);
  }
}

std::vector<std::string_view> split_unescaped(std::string_view value, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = find_unescaped(value, separator);
    parts.push_back(value.substr(0, end));
    if (end == std::string_view::npos) return parts;
    value.remove_prefix(end + 1);
  }
}

std::string unescape(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) ++i;
    out += value[i];
  }
  return out;
}

Token parse_token(std::string_view value) {
  const auto bar = find_unescaped(value, '|');
  if (bar == std::string_view::npos) return {std::nullopt, unescape(value)};
  return {unescape(value.substr(0, bar)), unescape(value.substr(bar + 1))};
}

std::optional<std::string> Token::code_in(std::string_view expected) const {
  if (system && *system != expected) return std::nullopt;
  return code;
}

std::optional<std::string> local_id(std::string_view value, std::string_view type, std::string_view base) {
  std::string text = unescape(value);
  std::string_view rest = text;
  if (!base.empty() && rest.starts_with(base) && rest.substr(base.size()).starts_with('/'))
    rest.remove_prefix(base.size() + 1);
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    if (rest.substr(0, slash) != type) return std::nullopt;
    rest.remove_prefix(slash + 1);
  }
  if (rest.empty() || rest.find('/') != std::string_view::npos) return std::nullopt;
  return std::string(rest);
}

bool DateValue::matches(const TimeSpan& other) const {
  const bool contains = span.first_us <= other.first_us && other.last_us <= span.last_us;
  switch (prefix) {
    case Prefix::Eq:
      return contains;
    case Prefix::Ne:
      return !contains;
    case Prefix::Gt:
      return other.last_us > span.last_us;
    case Prefix::Lt:
      return other.first_us < span.first_us;
    case Prefix::Ge:
      return other.last_us > span.last_us || contains;
    case Prefix::Le:
      return other.first_us < span.first_us || contains;
    case Prefix::Sa:
      return other.first_us > span.last_us;
    case Prefix::Eb:
      return other.last_us < span.first_us;
    case Prefix::Ap:
      break;
  }
  return other.first_us <= span.last_us && span.first_us <= other.last_us;
}

Result<DateValue> parse_date_value(std::string_view value, std::string_view parameter,
                                   const mappers::fhir::LocalTime& zone, std::int64_t now_us) {
  DateValue date;
  date.text = unescape(value);
  date.prefix = take_prefix(date.text);
  date.has_time = date.text.find('T') != std::string::npos;
  const auto span = zone.span_of(date.text);
  auto calendar = mappers::fhir::span_of(date.text.substr(0, date.text.find('T')));
  if (!span || !calendar)
    return fail(ErrorCode::InvalidParameter,
                "the value is not a date or time such as 2024, 2024-01-31 or ge2024-01-31T09:30:00Z",
                std::string(parameter));
  date.span = *span;
  if (date.prefix == Prefix::Ap) {
    widen(date.span, now_us);
    widen(*calendar, now_us);
  }
  date.first_day = day_text(calendar->first_us);
  date.last_day = day_text(calendar->last_us);
  return date;
}

Result<NumberValue> parse_number_value(std::string_view value, std::string_view parameter) {
  std::string text = unescape(value);
  NumberValue number;
  number.prefix = take_prefix(text);
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (begin != end && *begin == '+') ++begin;
  const auto [stop, fault] = std::from_chars(begin, end, number.value);
  if (fault != std::errc{} || stop != end || !std::isfinite(number.value))
    return fail(ErrorCode::InvalidParameter, "the value is not a number such as 100, ge5.40 or 1e-3",
                std::string(parameter));
  const double margin =
      number.prefix == Prefix::Ap ? std::abs(number.value) / 10 : half_unit(std::string_view(text));
  number.low = number.value - margin;
  number.high = number.value + margin;
  return number;
}

}  // namespace gateway::fhir
