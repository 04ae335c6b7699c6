#include "gateway/fhirpath/moment.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"

namespace gateway::fhirpath {
namespace {

constexpr std::int64_t kDayNanoseconds = 86'400'000'000'000;
constexpr std::int64_t kMostDays = 4'000'000;

struct DurationRow {
  std::string_view word;
  Precision precision;  // that a value must have to be changed by it
  std::int64_t milliseconds;
};

constexpr std::array kDurations = {
    DurationRow{"year", Precision::Year, 31'536'000'000},
    DurationRow{"month", Precision::Month, 2'592'000'000},
    DurationRow{"week", Precision::Day, 604'800'000},
    DurationRow{"day", Precision::Day, 86'400'000},
    DurationRow{"hour", Precision::Hour, 3'600'000},
    DurationRow{"minute", Precision::Minute, 60'000},
    DurationRow{"second", Precision::Second, 1'000},
    DurationRow{"millisecond", Precision::Second, 1},
};

const DurationRow& row_of(Duration unit) { return kDurations[static_cast<std::size_t>(unit)]; }

bool is_leap(std::int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

// Days since 1970-01-01 of the proleptic Gregorian calendar, and back. Years start in March inside, so that
// the leap day is the last of a year.
std::int64_t days_of(const Date& date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

Date date_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  Date date;
  date.day = static_cast<std::uint8_t>(day_of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<std::uint8_t>(month < 10 ? month + 3 : month - 9);
  date.year = static_cast<std::int32_t>(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
  return date;
}

std::int64_t nanoseconds_of(const Time& time) {
  return ((time.hour * 60LL + time.minute) * 60 + time.second) * 1'000'000'000 + time.nanosecond;
}

void set_nanoseconds(Time& time, std::int64_t value) {
  time.nanosecond = static_cast<std::uint32_t>(value % 1'000'000'000);
  value /= 1'000'000'000;
  time.second = static_cast<std::uint8_t>(value % 60);
  time.minute = static_cast<std::uint8_t>(value / 60 % 60);
  time.hour = static_cast<std::uint8_t>(value / 3600);
  if (time.nanosecond != 0 && time.digits < 3) time.digits = 3;
}

// Moves by nanoseconds, over midnight where needed.
void shift(DateTime& moment, std::int64_t nanoseconds) {
  std::int64_t days = days_of(moment.date) + nanoseconds / kDayNanoseconds;
  std::int64_t rest = nanoseconds_of(moment.time) + nanoseconds % kDayNanoseconds;
  if (rest < 0) rest += kDayNanoseconds, --days;
  if (rest >= kDayNanoseconds) rest -= kDayNanoseconds, ++days;
  const Precision precision = moment.date.precision;
  moment.date = date_of(days);
  moment.date.precision = precision;
  set_nanoseconds(moment.time, rest);
}

std::array<std::int64_t, 6> fields_of(DateTime moment, int zone) {
  if (moment.precision > Precision::Day)
    shift(moment, (zone - moment.offset.value_or(static_cast<std::int16_t>(zone))) * 60'000'000'000LL);
  return {moment.date.year, moment.date.month,  moment.date.day,
          moment.time.hour, moment.time.minute, nanoseconds_of(moment.time) % 60'000'000'000};
}

// The amount in units of the precision, when the unit is finer than the value (N1 section 6.6.7).
std::pair<Number, Duration> coarsened(const Number& amount, Duration unit, Precision precision) {
  if (row_of(unit).precision <= precision) return {amount, unit};
  constexpr std::array kUnits = {Duration::Year, Duration::Month,  Duration::Day,
                                 Duration::Hour, Duration::Minute, Duration::Second};
  const Duration to = kUnits[static_cast<std::size_t>(precision)];
  const bool months = unit == Duration::Month;  // twelve a year
  const Number from_length = months ? Number(1) : Number(milliseconds_in(unit));
  const Number to_length = months ? Number(12) : Number(milliseconds_in(to));
  const auto scaled = Number::product(amount, from_length);
  const auto converted = scaled ? Number::quotient(*scaled, to_length) : std::nullopt;
  return {converted.value_or(Number()), to};
}

std::optional<std::int64_t> whole(const Number& amount) {
  const auto value = amount.rounded(0, Number::Rounding::Zero).to_int();
  if (!value || *value > 1'000'000'000'000 || *value < -1'000'000'000'000) return std::nullopt;
  return value;
}

// In nanoseconds, for hours and less; nothing beyond 292 years.
std::optional<std::int64_t> nanoseconds_of(const Number& amount, Duration unit) {
  const bool fraction = unit >= Duration::Second;
  const Number kept = fraction ? amount : amount.rounded(0, Number::Rounding::Zero);
  const auto scaled = Number::product(kept, Number(milliseconds_in(unit) * 1'000'000));
  const auto value = scaled ? scaled->rounded(0, Number::Rounding::Zero).to_int() : std::nullopt;
  return value;
}

bool add_months(Date& date, std::int64_t months) {
  const std::int64_t index = date.year * 12LL + date.month - 1 + months;
  if (index < 12 || index >= 120'000) return false;
  date.year = static_cast<std::int32_t>(index / 12);
  date.month = static_cast<std::uint8_t>(index % 12 + 1);
  date.day = static_cast<std::uint8_t>(std::min<int>(date.day, days_in_month(date.year, date.month)));
  return true;
}

void raise(Time& time, Precision from) {
  if (from < Precision::Hour) time.hour = 23;
  if (from < Precision::Minute) time.minute = 59;
  if (from < Precision::Second) time.second = 59;
}

// Cuts the time to a precision; a fraction has three digits.
void cut(Time& time, Precision precision, bool fraction) {
  if (precision < Precision::Minute) time.minute = 0;
  if (precision < Precision::Second) time.second = 0;
  time.nanosecond = fraction ? time.nanosecond / 1'000'000 * 1'000'000 : 0;
  time.digits = fraction ? 3 : 0;
  time.precision = precision;
}

Time time_boundary(Time time, Precision have, Precision want, bool fraction, bool high) {
  if (high) {
    raise(time, have);
    if (have < Precision::Second || time.digits == 0) time.nanosecond = 999'000'000;
  }
  cut(time, want, fraction);
  return time;
}

}  // namespace

std::optional<Duration> duration_of(std::string_view word) {
  for (std::size_t i = 0; i < kDurations.size(); ++i)
    if (word.starts_with(kDurations[i].word) &&
        (word.size() == kDurations[i].word.size() || word.substr(kDurations[i].word.size()) == "s"))
      return static_cast<Duration>(i);
  return std::nullopt;
}

std::int64_t milliseconds_in(Duration unit) { return row_of(unit).milliseconds; }

int days_in_month(std::int32_t year, int month) {
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

DateTime as_date_time(const Date& date) {
  DateTime moment;
  moment.date = date;
  moment.precision = date.precision;
  return moment;
}

std::partial_ordering compare(const DateTime& a, const DateTime& b, int zone) {
  const auto x = fields_of(a, zone), y = fields_of(b, zone);
  const auto common = static_cast<std::size_t>(std::min(a.precision, b.precision));
  for (std::size_t i = 0; i <= common; ++i)
    if (x[i] != y[i]) return x[i] <=> y[i];
  return a.precision == b.precision ? std::partial_ordering::equivalent : std::partial_ordering::unordered;
}

std::partial_ordering compare(const Time& a, const Time& b) {
  DateTime x, y;
  x.time = a, x.precision = a.precision;
  y.time = b, y.precision = b.precision;
  return compare(x, y, 0);
}

std::optional<DateTime> add(const DateTime& moment, const Number& amount, Duration unit) {
  const auto [count, of] = coarsened(amount, unit, moment.precision);
  DateTime out = moment;
  if (of <= Duration::Month) {
    const auto months = whole(count);
    if (!months || !add_months(out.date, of == Duration::Year ? *months * 12 : *months)) return std::nullopt;
    return out;
  }
  if (of <= Duration::Day) {
    const auto days = whole(count);
    if (!days || std::abs(*days) > kMostDays) return std::nullopt;
    const Precision precision = out.date.precision;
    out.date = date_of(days_of(out.date) + (of == Duration::Week ? *days * 7 : *days));
    out.date.precision = precision;
  } else {
    const auto nanoseconds = nanoseconds_of(count, of);
    if (!nanoseconds) return std::nullopt;
    shift(out, *nanoseconds);
  }
  if (out.date.year < 1 || out.date.year > 9999) return std::nullopt;
  return out;
}

std::optional<Time> add(const Time& time, const Number& amount, Duration unit) {
  if (unit < Duration::Hour) return std::nullopt;
  const auto [count, of] = coarsened(amount, unit, time.precision);
  const auto nanoseconds = nanoseconds_of(count, of);
  if (!nanoseconds) return std::nullopt;
  std::int64_t sum = (nanoseconds_of(time) + *nanoseconds % kDayNanoseconds) % kDayNanoseconds;
  if (sum < 0) sum += kDayNanoseconds;
  Time out = time;
  set_nanoseconds(out, sum);
  return out;
}

std::optional<Date> boundary(const Date& date, std::int64_t digits, bool high) {
  if (digits != 4 && digits != 6 && digits != 8) return std::nullopt;
  Date out = date;
  out.precision = static_cast<Precision>(digits / 2 - 2);
  if (high && date.precision < Precision::Month) out.month = 12;
  if (high && date.precision < Precision::Day)
    out.day = static_cast<std::uint8_t>(days_in_month(out.year, out.month));
  if (out.precision < Precision::Month) out.month = 1;
  if (out.precision < Precision::Day) out.day = 1;
  return out;
}

std::optional<DateTime> boundary(const DateTime& moment, std::int64_t digits, bool high) {
  const bool fraction = digits == 17;
  if (fraction) digits = 14;
  if (digits < 4 || digits > 14 || digits % 2 != 0) return std::nullopt;
  DateTime out = moment;
  out.precision = static_cast<Precision>(digits / 2 - 2);
  out.date = boundary(moment.date, std::min<std::int64_t>(digits, 8), high).value_or(moment.date);
  if (out.precision > Precision::Day) {
    out.time = time_boundary(moment.time, moment.precision, out.precision, fraction, high);
  } else {
    out.time = {};
    out.offset.reset();
    out.utc = false;
  }
  return out;
}

std::optional<Time> boundary(const Time& time, std::int64_t digits, bool high) {
  if (digits != 2 && digits != 4 && digits != 6 && digits != 9) return std::nullopt;
  const auto want = static_cast<Precision>(std::min<std::int64_t>(digits, 6) / 2 + 2);
  return time_boundary(time, time.precision, want, digits == 9, high);
}

std::int64_t digits_of(const DateTime& moment) {
  const std::int64_t digits = static_cast<std::int64_t>(moment.precision) * 2 + 4;
  return moment.precision == Precision::Second && moment.time.digits > 0 ? 17 : digits;
}

std::int64_t digits_of(const Time& time) {
  const std::int64_t digits = static_cast<std::int64_t>(time.precision) * 2 - 4;
  return time.precision == Precision::Second && time.digits > 0 ? 9 : digits;
}

}  // namespace gateway::fhirpath
