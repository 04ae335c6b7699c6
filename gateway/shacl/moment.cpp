#include "gateway/shacl/moment.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "gateway/base/text.h"

namespace gateway::shacl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What a type is made of: the letters of kForms stand for year, month, day, hour:minute:second and zone.
struct Form {
  std::string_view name;
  std::string_view
      parts;  // Y year, M month, D day, T time; '-' stands for itself; t: 'T' between date and time
  bool zone_needed = false;
};
constexpr Form kForms[] = {
    {"dateTime", "Y-M-DtT"}, {"dateTimeStamp", "Y-M-DtT", true},
    {"date", "Y-M-D"},       {"time", "T"},
    {"gYear", "Y"},          {"gYearMonth", "Y-M"},
    {"gMonth", "--M"},       {"gMonthDay", "--M-D"},
    {"gDay", "---D"},
};

struct Moment {
  std::int64_t year = 2000;  // a leap year for what has none
  int month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::string_view fraction;
  std::optional<int> zone;  // minutes east
};

bool is_leap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in(std::int64_t year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::optional<Moment> read(const Form& form) {
    for (const char part : form.parts)
      if (!read_part(part)) return std::nullopt;
    if (!read_zone() || !rest_.empty() || (form.zone_needed && !moment_.zone)) return std::nullopt;
    if (moment_.day > days_in(moment_.year, moment_.month)) return std::nullopt;
    return moment_;
  }

 private:
  bool read_part(char part) {
    switch (part) {
      case 'Y':
        return read_year();
      case 'M':
        return two(moment_.month) && moment_.month >= 1 && moment_.month <= 12;
      case 'D':
        return two(moment_.day) && moment_.day >= 1 && moment_.day <= 31;
      case 'T':
        return read_time();
      case 't':
        return take('T');
      default:
        return take(part);
    }
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool two(int& number) {
    if (rest_.size() < 2 || !is_digit(rest_[0]) || !is_digit(rest_[1])) return false;
    number = (rest_[0] - '0') * 10 + (rest_[1] - '0');
    rest_.remove_prefix(2);
    return true;
  }

  // At least four digits, no zero in front of more; bounded so that days fit 64 bits.
  bool read_year() {
    const bool negative = take('-');
    const auto* end = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
    const std::string_view digits = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    if (digits.size() < 4 || digits.size() > 9 || (digits.size() > 4 && digits[0] == '0')) return false;
    moment_.year = *parse_number<std::int64_t>(digits) * (negative ? -1 : 1);
    rest_.remove_prefix(digits.size());
    return true;
  }

  bool read_time() {
    if (!two(moment_.hour) || !take(':') || !two(moment_.minute) || !take(':') || !two(moment_.second))
      return false;
    if (take('.')) {
      const auto* end = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
      moment_.fraction = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
      if (moment_.fraction.empty()) return false;
      rest_.remove_prefix(moment_.fraction.size());
      while (moment_.fraction.ends_with('0')) moment_.fraction.remove_suffix(1);
    }
    const bool midnight = moment_.hour == 24 && moment_.minute == 0 && moment_.second == 0;
    return midnight ? moment_.fraction.empty()
                    : moment_.hour < 24 && moment_.minute < 60 && moment_.second < 60;
  }

  bool read_zone() {
    if (rest_.empty()) return true;
    if (take('Z')) {
      moment_.zone = 0;
      return true;
    }
    const bool west = rest_.starts_with('-');
    int hours = 0, minutes = 0;
    if (!take(west ? '-' : '+') || !two(hours) || !take(':') || !two(minutes)) return false;
    moment_.zone = (hours * 60 + minutes) * (west ? -1 : 1);
    return minutes < 60 && hours * 60 + minutes <= 14 * 60;
  }

  std::string_view rest_;
  Moment moment_;
};

// Days since 0000-03-01 of the proleptic Gregorian calendar.
std::int64_t day_number(std::int64_t year, int month, int day) {
  if (month <= 2) --year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
}

std::int64_t seconds_of(const Moment& moment) {
  const std::int64_t days = day_number(moment.year, moment.month, moment.day);
  return days * 86400 + moment.hour * 3600 + moment.minute * 60 + moment.second -
         moment.zone.value_or(0) * 60;
}

const Form* form_of(std::string_view name) {
  const auto* form =
      std::find_if(std::begin(kForms), std::end(kForms), [&](const Form& one) { return one.name == name; });
  return form == std::end(kForms) ? nullptr : form;
}

// Digits, with a fraction only before 'S'.
bool is_duration_number(std::string_view digits, char letter) {
  const std::size_t point = digits.find('.');
  if (point == std::string_view::npos) return !digits.empty();
  return letter == 'S' && point > 0 && point + 1 < digits.size() &&
         digits.find('.', point + 1) == std::string_view::npos;
}

// Numbers, each with its letter; the letters in their order.
bool is_duration_part(std::string_view text, std::string_view letters) {
  while (!text.empty()) {
    const std::size_t end = text.find_first_not_of("0123456789.");
    if (end == std::string_view::npos) return false;
    const std::size_t place = letters.find(text[end]);
    if (place == std::string_view::npos || !is_duration_number(text.substr(0, end), text[end])) return false;
    letters.remove_prefix(place + 1);
    text.remove_prefix(end + 1);
  }
  return true;
}

// P1Y2M3DT4H5M6.7S (XSD 1.1 part 2 section 3.3.6): something must follow P, and T where it stands.
bool is_duration(std::string_view text, std::string_view date_letters, std::string_view time_letters) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (!text.starts_with('P') || text.size() < 2) return false;
  text.remove_prefix(1);
  const std::size_t t = text.find('T');
  if (t == std::string_view::npos) return is_duration_part(text, date_letters);
  return t + 1 < text.size() && is_duration_part(text.substr(0, t), date_letters) &&
         is_duration_part(text.substr(t + 1), time_letters);
}

}  // namespace

std::optional<bool> is_moment_form(std::string_view text, std::string_view name) {
  if (const Form* form = form_of(name)) return Reader(text).read(*form).has_value();
  if (name == "duration") return is_duration(text, "YMD", "HMS");
  if (name == "dayTimeDuration") return is_duration(text, "D", "HMS");
  if (name == "yearMonthDuration") return is_duration(text, "YM", "");
  return std::nullopt;
}

std::optional<int> compare_moments(std::string_view a, std::string_view b, std::string_view name) {
  const Form* form = form_of(name);
  if (!form) return std::nullopt;
  const auto left = Reader(a).read(*form), right = Reader(b).read(*form);
  if (!left || !right) return std::nullopt;
  const std::int64_t difference = seconds_of(*left) - seconds_of(*right);
  // XSD 1.1 part 2 section 3.3.7: a missing zone may be any of those from -14:00 to +14:00.
  if (left->zone.has_value() != right->zone.has_value() && std::abs(difference) <= 14 * 3600)
    return std::nullopt;
  if (difference != 0) return difference < 0 ? -1 : 1;
  const int order = left->fraction.compare(right->fraction);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace gateway::shacl
