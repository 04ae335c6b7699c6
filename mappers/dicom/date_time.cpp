#include "mappers/dicom/date_time.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"

namespace mappers::dicom {
namespace {

using gateway::parse_number;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kDay = 24 * 60 * kMinute;
constexpr int kMaxOffset = 1400;  // +1400 is the largest offset from UTC (PS3.5 table 6.2-1)

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int number_at(std::string_view text, std::size_t at, std::size_t count) {
  return parse_number<int>(text.substr(at, count)).value_or(-1);
}

std::string without(std::string_view value, char c) {
  std::string text(value);
  std::erase(text, c);
  return text;
}

bool in(int value, int low, int high) { return value >= low && value <= high; }

bool is_date(std::string_view text) {
  return text.size() == 8 && is_digits(text) && in(number_at(text, 4, 2), 1, 12) &&
         in(number_at(text, 6, 2), 1, 31);
}

// Second 60 is a leap second.
bool is_time(std::string_view text) {
  const auto dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  if (whole.size() % 2 != 0 || whole.size() > 6 || !is_digits(whole)) return false;
  if (!in(number_at(whole, 0, 2), 0, 23)) return false;
  if (whole.size() > 2 && !in(number_at(whole, 2, 2), 0, 59)) return false;
  if (whole.size() > 4 && !in(number_at(whole, 4, 2), 0, 60)) return false;
  return dot == std::string_view::npos ||
         (whole.size() == 6 && text.size() - dot <= 7 && is_digits(text.substr(dot + 1)));
}

std::string end_of(std::string_view time) {
  std::string end(time);
  if (end.size() < 6) end.append("595959", end.size(), 6);
  if (end.find('.') == std::string::npos) end += ".999999";
  return end;
}

template <class Valid>
std::optional<TextRange> parse_range(std::string_view value, Valid valid) {
  const auto dash = value.find('-');
  const std::string_view low = value.substr(0, dash);
  const std::string_view high = dash == std::string_view::npos ? low : value.substr(dash + 1);
  if (low.empty() && high.empty()) return std::nullopt;
  if ((!low.empty() && !valid(low)) || (!high.empty() && !valid(high))) return std::nullopt;
  return TextRange{std::string(low), std::string(high)};
}

// Days from 1970-01-01 in the Gregorian calendar.
std::int64_t day_number(int year, int month, int day) {
  const std::int64_t y = month > 2 ? year : year - 1;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t of_era = y - era * 400;
  const std::int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int days_in(int year, int month) {
  const int next_year = month == 12 ? year + 1 : year, next_month = month == 12 ? 1 : month + 1;
  return static_cast<int>(day_number(next_year, next_month, 1) - day_number(year, month, 1));
}

struct Fields {
  int year, month, day, hour, minute, second;
};

std::int64_t microseconds(const Fields& at) {
  return day_number(at.year, at.month, at.day) * kDay +
         ((at.hour * 60LL + at.minute) * 60 + at.second) * kSecond;
}

// "125" of ".125"
std::int64_t fraction_us(std::string_view digits) {
  std::string padded(digits.substr(0, 6));
  padded.resize(6, '0');
  return number_at(padded, 0, 6);
}

// The two readings of a hyphen: as one value with an offset first, then as a range at each place.
bool is_instant(std::string_view text) { return parse_instant(text).has_value(); }

}  // namespace

std::optional<TextRange> parse_date_range(std::string_view value) {
  return parse_range(without(value, '.'), is_date);
}

std::optional<TextRange> parse_time_range(std::string_view value) {
  auto range = parse_range(without(value, ':'), is_time);
  if (range && !range->high.empty()) range->high = end_of(range->high);
  return range;
}

std::optional<TextRange> parse_instant_range(std::string_view value) {
  if (is_instant(value)) return TextRange{std::string(value), std::string(value)};
  for (auto dash = value.find('-'); dash != std::string_view::npos; dash = value.find('-', dash + 1)) {
    const std::string_view low = value.substr(0, dash), high = value.substr(dash + 1);
    if ((low.empty() || is_instant(low)) && (high.empty() || is_instant(high)) &&
        low.size() + high.size() > 0)
      return TextRange{std::string(low), std::string(high)};
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_offset_us(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-') || !is_digits(text.substr(1)))
    return std::nullopt;
  const int hours = number_at(text, 1, 2), minutes = number_at(text, 3, 2);
  if (hours * 100 + minutes > kMaxOffset || minutes > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes) * kMinute;
}

std::optional<Instant> parse_instant(std::string_view text) {
  Instant instant;
  if (const auto sign = text.find_first_of("+-"); sign != std::string_view::npos) {
    instant.offset_us = parse_offset_us(text.substr(sign));
    if (!instant.offset_us) return std::nullopt;
    text = text.substr(0, sign);
  }
  const auto dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  if (!is_digits(whole) || whole.size() < 4 || whole.size() > 14 || whole.size() % 2 != 0)
    return std::nullopt;
  const auto has = [&](std::size_t size) { return whole.size() >= size; };
  const std::string date(whole.substr(0, 8));
  if (!is_date((date + "0101").substr(0, std::max<std::size_t>(8, date.size())))) return std::nullopt;
  if (has(10) && !is_time(text.substr(8))) return std::nullopt;
  if (dot != std::string_view::npos && !has(14)) return std::nullopt;
  const int year = number_at(whole, 0, 4), month = has(6) ? number_at(whole, 4, 2) : 1;
  const auto part = [&](std::size_t end, int otherwise) {
    return has(end) ? number_at(whole, end - 2, 2) : otherwise;
  };
  instant.first_us = microseconds({year, month, part(8, 1), part(10, 0), part(12, 0), part(14, 0)});
  const int last_month = has(6) ? month : 12;
  instant.last_us = microseconds({year, last_month, part(8, days_in(year, last_month)), part(10, 23),
                                  part(12, 59), part(14, 59)}) +
                    kSecond - 1;
  if (dot != std::string_view::npos) {
    instant.first_us += fraction_us(text.substr(dot + 1));
    instant.last_us = instant.first_us;
  }
  return instant;
}

}  // namespace mappers::dicom
