#include "mappers/fhir/dates.h"

#include <algorithm>
#include <chrono>

#include "gateway/base/text.h"

namespace mappers::fhir {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The digits text[at, at + length) as a number when in [low, high], else -1.
int field(std::string_view text, std::size_t at, std::size_t length, int low, int high) {
  if (text.size() < at + length || !all_digits(text.substr(at, length))) return -1;
  const int value = *gateway::parse_number<int>(text.substr(at, length));
  return value >= low && value <= high ? value : -1;
}

std::chrono::sys_days day_of(int year, int month, int day) { return std::chrono::year(year) / month / day; }

bool is_day(int year, int month, int day) { return (std::chrono::year(year) / month / day).ok(); }

// ":hh" in front is the caller's; the rest of a TM as "hh:mm:ss[.f]", or empty.
std::string fhir_time(std::string_view tm) {
  std::string digits;
  for (const char c : gateway::trim(tm))
    if (c != ':') digits += c;  // HH:MM:SS of ACR-NEMA, PS3.5 table 6.2-1 note
  std::string fraction;
  if (const auto dot = digits.find('.'); dot != std::string::npos) {
    fraction = digits.substr(dot + 1);
    digits.resize(dot);
    if (!all_digits(fraction) || fraction.size() > 6 || digits.size() != 6) return {};
  }
  if (!all_digits(digits) || (digits.size() != 4 && digits.size() != 6)) return {};
  if (digits.size() == 4) digits += "00";
  if (field(digits, 0, 2, 0, 23) < 0 || field(digits, 2, 2, 0, 59) < 0 || field(digits, 4, 2, 0, 60) < 0)
    return {};
  std::string out = digits.substr(0, 2) + ":" + digits.substr(2, 2) + ":" + digits.substr(4, 2);
  if (!fraction.empty()) out += "." + fraction;
  return out;
}

// Minutes of "+01:00", "-03:30" or "Z".
std::optional<int> offset_minutes(std::string_view offset) {
  if (offset == "Z" || offset.empty()) return 0;
  if (offset.size() != 6 || (offset[0] != '+' && offset[0] != '-') || offset[3] != ':') return std::nullopt;
  const int hours = field(offset, 1, 2, 0, 14), minutes = field(offset, 4, 2, 0, 59);
  if (hours < 0 || minutes < 0) return std::nullopt;
  return (hours * 60 + minutes) * (offset[0] == '-' ? -1 : 1);
}

struct DateParts {
  std::chrono::sys_days first, last;
};

// YYYY, YYYY-MM or YYYY-MM-DD.
std::optional<DateParts> parse_date(std::string_view text) {
  const int year = field(text, 0, 4, 1, 9999);
  if (year < 0) return std::nullopt;
  if (text.size() == 4) return DateParts{day_of(year, 1, 1), day_of(year, 12, 31)};
  const int month = field(text, 5, 2, 1, 12);
  if (text[4] != '-' || month < 0) return std::nullopt;
  if (text.size() == 7) {
    const std::chrono::year_month_day_last last(
        std::chrono::year(year),
        std::chrono::month_day_last(std::chrono::month(static_cast<unsigned>(month))));
    return DateParts{day_of(year, month, 1), std::chrono::sys_days(last)};
  }
  const int day = field(text, 8, 2, 1, 31);
  if (text.size() != 10 || text[7] != '-' || day < 0 || !is_day(year, month, day)) return std::nullopt;
  return DateParts{day_of(year, month, day), day_of(year, month, day)};
}

std::int64_t us_of(std::chrono::sys_days day) {
  return std::int64_t{day.time_since_epoch().count()} * 86'400 * kSecond;
}

// hh:mm[:ss[.f]] as microseconds of the day.
std::optional<TimeSpan> parse_time(std::string_view text) {
  const int hours = field(text, 0, 2, 0, 23), minutes = field(text, 3, 2, 0, 59);
  if (hours < 0 || minutes < 0 || text[2] != ':') return std::nullopt;
  const std::int64_t first = (hours * 60 + minutes) * 60 * kSecond;
  if (text.size() == 5) return TimeSpan{first, first + 60 * kSecond - 1};
  const int seconds = field(text, 6, 2, 0, 60);
  if (text[5] != ':' || seconds < 0) return std::nullopt;
  const std::int64_t at = first + seconds * kSecond;
  if (text.size() == 8) return TimeSpan{at, at + kSecond - 1};
  const std::string_view fraction = text.substr(9);
  if (text[8] != '.' || !all_digits(fraction) || fraction.size() > 9) return std::nullopt;
  std::int64_t value = 0, unit = kSecond;
  for (const char c : fraction.substr(0, 6)) {
    unit /= 10;
    value += (c - '0') * unit;
  }
  return TimeSpan{at + value, at + value + unit - 1};
}

}  // namespace

std::string fhir_date(std::string_view da) {
  std::string digits;
  for (const char c : gateway::trim(da))
    if (c != '.' && c != '-') digits += c;
  const int year = field(digits, 0, 4, 1, 9999);
  if (year < 0) return {};
  if (digits.size() == 4) return digits;
  const int month = field(digits, 4, 2, 1, 12);
  if (month < 0) return {};
  std::string out = digits.substr(0, 4) + "-" + digits.substr(4, 2);
  if (digits.size() == 6) return out;
  const int day = field(digits, 6, 2, 1, 31);
  if (digits.size() != 8 || day < 0 || !is_day(year, month, day)) return {};
  return out + "-" + digits.substr(6, 2);
}

// PS3.3 section C.12.1.1 (0008,0201): &ZZXX, from -1200 to +1400
std::string fhir_offset(std::string_view offset) {
  std::string text(gateway::trim(offset));
  if (text.size() == 5) text.insert(3, 1, ':');
  const auto minutes = text.size() == 6 ? offset_minutes(text) : std::nullopt;
  return minutes && *minutes >= -12 * 60 && *minutes <= 14 * 60 ? text : std::string();
}

std::string fhir_date_time(std::string_view da, std::string_view tm, std::string_view offset,
                           std::string_view fallback) {
  const std::string date = fhir_date(da);
  if (date.size() != 10) return date;
  const std::string time = fhir_time(tm);
  std::string zone = fhir_offset(offset);
  if (zone.empty()) zone = fhir_offset(fallback);
  return time.empty() || zone.empty() ? date : date + "T" + time + zone;
}

std::optional<TimeSpan> span_of(std::string_view text, std::string_view fallback) {
  const auto t = text.find('T');
  const auto date = parse_date(text.substr(0, t));
  if (!date) return std::nullopt;
  const auto zone_at = t == std::string_view::npos ? t : text.find_first_of("Z+-", t);
  const bool has_zone = zone_at != std::string_view::npos;
  const auto minutes = offset_minutes(has_zone ? text.substr(zone_at) : fallback);
  if (!minutes) return std::nullopt;
  const std::int64_t shift = std::int64_t{*minutes} * 60 * kSecond;
  if (t == std::string_view::npos)
    return TimeSpan{us_of(date->first) - shift, us_of(date->last) + 86'400 * kSecond - 1 - shift};
  if (t != 10) return std::nullopt;
  const auto time = parse_time(text.substr(t + 1, has_zone ? zone_at - t - 1 : zone_at));
  if (!time) return std::nullopt;
  return TimeSpan{us_of(date->first) + time->first_us - shift, us_of(date->first) + time->last_us - shift};
}

}  // namespace mappers::fhir
