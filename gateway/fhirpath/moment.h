// Moments: comparison, arithmetic and boundaries of dates and times (HL7 FHIRPath N1 2.0.0 sections 6.1, 6.2
// and 6.6.7).
//
// Internal to gateway/fhirpath. Pure functions. A date-time without an offset is taken at `zone`, minutes
// east of UTC.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/fhirpath/number.h"
#include "gateway/fhirpath/scalar.h"

namespace gateway::fhirpath {

// Calendar durations, the longest first.
enum class Duration : std::uint8_t { Year, Month, Week, Day, Hour, Minute, Second, Millisecond };
// "year", "years", ...
std::optional<Duration> duration_of(std::string_view word);
// As conversions have them: a year of 365 days, a month of 30 (N1 section 4.1.8).
std::int64_t milliseconds_in(Duration unit);

DateTime as_date_time(const Date& date);
// Unordered when the precisions differ and what both have is the same.
std::partial_ordering compare(const DateTime& a, const DateTime& b, int zone);
std::partial_ordering compare(const Time& a, const Time& b);

// Nothing when the year leaves 1 to 9999.
std::optional<DateTime> add(const DateTime& moment, const Number& amount, Duration unit);
// Nothing when the unit is longer than hours; wraps at midnight.
std::optional<Time> add(const Time& time, const Number& amount, Duration unit);

// The least or greatest value that the value could have at `digits` digits: 4, 6, 8, 10, 12, 14 or 17 of a
// date-time, up to 8 of a date, 2, 4, 6 or 9 of a time.
std::optional<DateTime> boundary(const DateTime& moment, std::int64_t digits, bool high);
std::optional<Date> boundary(const Date& date, std::int64_t digits, bool high);
std::optional<Time> boundary(const Time& time, std::int64_t digits, bool high);
std::int64_t digits_of(const DateTime& moment);
std::int64_t digits_of(const Time& time);

int days_in_month(std::int32_t year, int month);

}  // namespace gateway::fhirpath
