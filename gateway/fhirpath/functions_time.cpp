#include "gateway/fhirpath/equality.h"
#include "gateway/fhirpath/functions.h"
#include "gateway/fhirpath/moment.h"

namespace gateway::fhirpath {
namespace {

// The time of the evaluation, which the caller gives: the same all along (N1 section 5.9.2).
const DateTime* find_now(const Call& call) {
  const auto& now = call.evaluator.environment().now;
  if (!now) call.refuse(call.node.name + "() has no clock here");
  return now ? &*now : nullptr;
}

bool run_now(const Call& call) {
  const DateTime* now = find_now(call);
  return now && call.answer(*now);
}
bool run_today(const Call& call) {
  const DateTime* now = find_now(call);
  return now && call.answer(now->date);
}
bool run_time_of_day(const Call& call) {
  const DateTime* now = find_now(call);
  return now && call.answer(now->time);
}

// The input as a date or a date-time; a text of that form is one.
bool input_moment(const Call& call, std::optional<DateTime>& moment, std::optional<Time>& time) {
  std::optional<Scalar> value;
  if (!call.input_scalar(value)) return false;
  if (!value) return true;
  moment = date_time_of(*value);
  if (const auto* found = std::get_if<Time>(&*value)) time = *found;
  const auto* text = std::get_if<std::string>(&*value);
  if (!text) return true;
  moment = parse_date_time(*text);
  if (!moment) time = parse_time(*text);
  return true;
}

// A component of a date, when the precision reaches it.
bool run_date_part(const Call& call, Precision precision) {
  std::optional<DateTime> moment;
  std::optional<Time> time;
  if (!input_moment(call, moment, time)) return false;
  if (!moment || moment->precision < precision) return true;
  const Date& date = moment->date;
  return call.answer(std::int64_t{precision == Precision::Year    ? date.year
                                  : precision == Precision::Month ? date.month
                                                                  : date.day});
}
bool run_year_of(const Call& call) { return run_date_part(call, Precision::Year); }
bool run_month_of(const Call& call) { return run_date_part(call, Precision::Month); }
bool run_day_of(const Call& call) { return run_date_part(call, Precision::Day); }

bool input_clock(const Call& call, std::optional<Time>& time) {
  std::optional<DateTime> moment;
  if (!input_moment(call, moment, time)) return false;
  if (moment && moment->precision > Precision::Day) time = moment->time;
  return true;
}

bool run_time_part(const Call& call, Precision precision) {
  std::optional<Time> time;
  if (!input_clock(call, time)) return false;
  if (!time || time->precision < precision) return true;
  return call.answer(std::int64_t{precision == Precision::Hour     ? time->hour
                                  : precision == Precision::Minute ? time->minute
                                                                   : time->second});
}
bool run_hour_of(const Call& call) { return run_time_part(call, Precision::Hour); }
bool run_minute_of(const Call& call) { return run_time_part(call, Precision::Minute); }
bool run_second_of(const Call& call) { return run_time_part(call, Precision::Second); }

bool run_millisecond_of(const Call& call) {
  std::optional<Time> time;
  if (!input_clock(call, time)) return false;
  return !time || time->digits == 0 || call.answer(std::int64_t{time->nanosecond / 1'000'000});
}

// In hours.
bool run_offset_of(const Call& call) {
  std::optional<DateTime> moment;
  std::optional<Time> time;
  if (!input_moment(call, moment, time)) return false;
  if (!moment || !moment->offset) return true;
  const auto hours = Number::quotient(Number(*moment->offset), 60);
  return call.answer(Decimal{hours.value_or(Number()).text()});
}

bool run_date_of(const Call& call) {
  std::optional<DateTime> moment;
  std::optional<Time> time;
  return input_moment(call, moment, time) && (!moment || call.answer(moment->date));
}

bool run_time_of(const Call& call) {
  std::optional<DateTime> moment;
  std::optional<Time> time;
  if (!input_moment(call, moment, time)) return false;
  return !moment || moment->precision <= Precision::Day || call.answer(moment->time);
}

constexpr Function kFunctions[] = {
    {"dateOf", 0, 0, run_date_of},
    {"dayOf", 0, 0, run_day_of},
    {"hourOf", 0, 0, run_hour_of},
    {"millisecondOf", 0, 0, run_millisecond_of},
    {"minuteOf", 0, 0, run_minute_of},
    {"monthOf", 0, 0, run_month_of},
    {"now", 0, 0, run_now},
    {"secondOf", 0, 0, run_second_of},
    {"timeOf", 0, 0, run_time_of},
    {"timeOfDay", 0, 0, run_time_of_day},
    {"timezoneOffsetOf", 0, 0, run_offset_of},
    {"today", 0, 0, run_today},
    {"yearOf", 0, 0, run_year_of},
};

}  // namespace

std::span<const Function> time_functions() { return kFunctions; }

}  // namespace gateway::fhirpath
