#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/fhirpath/moment.h"
#include "gateway/fhirpath/scalar.h"

namespace gateway::fhirpath {
namespace {

// Takes digits and separators off the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool number(std::size_t digits, int& out) {
    if (rest_.size() < digits ||
        rest_.substr(0, digits).find_first_not_of("0123456789") != std::string_view::npos)
      return false;
    out = parse_number<int>(rest_.substr(0, digits)).value_or(0);
    rest_.remove_prefix(digits);
    return true;
  }
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool at(char c) const { return rest_.starts_with(c); }
  bool done() const { return rest_.empty(); }

  bool fraction(Time& time) {
    const std::size_t digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (digits == 0) return false;
    std::string nine(rest_.substr(0, std::min<std::size_t>(digits, 9)));
    time.digits = static_cast<std::uint8_t>(nine.size());
    nine.append(9 - nine.size(), '0');
    time.nanosecond = parse_number<std::uint32_t>(nine).value_or(0);
    rest_.remove_prefix(digits);
    return true;
  }

 private:
  std::string_view rest_;
};

bool read_date(Cursor& in, Date& date) {
  int number = 0;
  if (!in.number(4, number)) return false;
  date = {number, 1, 1, Precision::Year};
  if (!in.skip('-')) return true;
  if (!in.number(2, number) || number < 1 || number > 12) return false;
  date.month = static_cast<std::uint8_t>(number);
  date.precision = Precision::Month;
  if (!in.skip('-')) return true;
  if (!in.number(2, number) || number < 1 || number > days_in_month(date.year, date.month)) return false;
  date.day = static_cast<std::uint8_t>(number);
  date.precision = Precision::Day;
  return true;
}

// A second of 60 is the last one of its minute.
bool read_time(Cursor& in, Time& time) {
  int number = 0;
  if (!in.number(2, number) || number > 23) return false;
  time = {};
  time.hour = static_cast<std::uint8_t>(number);
  time.precision = Precision::Hour;
  if (!in.skip(':')) return true;
  if (!in.number(2, number) || number > 59) return false;
  time.minute = static_cast<std::uint8_t>(number);
  time.precision = Precision::Minute;
  if (!in.skip(':')) return true;
  if (!in.number(2, number) || number > 60) return false;
  time.second = static_cast<std::uint8_t>(std::min(number, 59));
  time.precision = Precision::Second;
  return !in.skip('.') || in.fraction(time);
}

bool read_zone(Cursor& in, DateTime& moment) {
  if (in.done()) return true;
  if (in.skip('Z')) {
    moment.utc = true;
    moment.offset = std::int16_t{0};
    return true;
  }
  const bool west = in.at('-');
  int hours = 0, minutes = 0;
  if (!(in.skip('+') || in.skip('-')) || !in.number(2, hours) || !in.skip(':') || !in.number(2, minutes) ||
      minutes > 59 || hours * 60 + minutes > 14 * 60)
    return false;
  moment.offset = static_cast<std::int16_t>((west ? -1 : 1) * (hours * 60 + minutes));
  return true;
}

void put(std::string& out, std::uint32_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  if (text.size() < digits) out.append(digits - text.size(), '0');
  out += text;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  Cursor in(text);
  Date date;
  if (!read_date(in, date) || !in.done()) return std::nullopt;
  return date;
}

std::optional<DateTime> parse_date_time(std::string_view text, bool literal) {
  Cursor in(text);
  DateTime moment;
  if (!read_date(in, moment.date)) return std::nullopt;
  moment.precision = moment.date.precision;
  if (in.done()) return moment;
  if (!in.skip('T')) return std::nullopt;
  if (in.done()) return literal ? std::optional(moment) : std::nullopt;
  if (moment.precision != Precision::Day || !read_time(in, moment.time)) return std::nullopt;
  moment.precision = moment.time.precision;
  if (!read_zone(in, moment) || !in.done()) return std::nullopt;
  return moment;
}

std::optional<Time> parse_time(std::string_view text) {
  if (text.starts_with('T')) text.remove_prefix(1);
  Cursor in(text);
  Time time;
  if (!read_time(in, time) || !in.done()) return std::nullopt;
  return time;
}

std::string to_text(const Date& date) {
  std::string out;
  put(out, static_cast<std::uint32_t>(date.year), 4);
  if (date.precision == Precision::Year) return out;
  put(out += '-', date.month, 2);
  if (date.precision == Precision::Month) return out;
  put(out += '-', date.day, 2);
  return out;
}

std::string to_text(const Time& time) {
  std::string out;
  put(out, time.hour, 2);
  if (time.precision == Precision::Hour) return out;
  put(out += ':', time.minute, 2);
  if (time.precision == Precision::Minute) return out;
  put(out += ':', time.second, 2);
  if (time.digits == 0) return out;
  std::string fraction;
  put(fraction, time.nanosecond, 9);
  return out + "." + fraction.substr(0, time.digits);
}

std::string to_text(const DateTime& moment) {
  std::string out = to_text(moment.date);
  if (moment.precision <= Precision::Day) return out;
  out += "T" + to_text(moment.time);
  if (!moment.offset) return out;
  if (moment.utc) return out + "Z";
  const int minutes = *moment.offset;
  out += minutes < 0 ? '-' : '+';
  put(out, static_cast<std::uint32_t>(std::abs(minutes) / 60), 2);
  put(out += ':', static_cast<std::uint32_t>(std::abs(minutes) % 60), 2);
  return out;
}

}  // namespace gateway::fhirpath
