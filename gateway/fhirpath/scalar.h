// The primitive values of FHIRPath (HL7 FHIRPath N1 2.0.0 section 4.1), with the precision they were written
// with.
//
// Plain values. parse_...() answer nothing for a text that is not of the form; to_text() gives the form back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/base/value.h"

namespace gateway::fhirpath {

enum class Precision : std::uint8_t { Year, Month, Day, Hour, Minute, Second };

// Fields below the precision are at their least value.
struct Date {
  std::int32_t year = 1;
  std::uint8_t month = 1, day = 1;
  Precision precision = Precision::Day;
  bool operator==(const Date&) const = default;
};

struct Time {
  std::uint8_t hour = 0, minute = 0, second = 0;
  std::uint8_t digits = 0;       // of the fraction, as written; at most 9
  std::uint32_t nanosecond = 0;  // seconds and their fraction are one precision
  Precision precision = Precision::Second;
  bool operator==(const Time&) const = default;
};

struct DateTime {
  Date date;  // its precision is Day when the time has any
  Time time;
  Precision precision = Precision::Second;  // of the whole
  bool utc = false;                         // written "Z"; then the offset is 0
  std::optional<std::int16_t> offset;       // minutes east of UTC
  bool operator==(const DateTime&) const = default;
};

// An integer of the type Long. Integer is a std::int64_t within 32 bits.
struct Long {
  std::int64_t value = 0;
  bool operator==(const Long&) const = default;
};

struct Quantity {
  Decimal value;
  std::string unit = "1";  // a UCUM code, or the name of a calendar duration: "year"
  bool calendar = false;   // the unit is a calendar duration, written without quotes
  bool fhir = false;       // of a FHIR Quantity: "a", "mo", ... mean calendar durations too
  bool operator==(const Quantity&) const = default;
};

using Scalar = std::variant<bool, std::int64_t, Decimal, std::string, Long, Date, DateTime, Time, Quantity>;

// 2015, 2015-02, 2015-02-04
std::optional<Date> parse_date(std::string_view text);
// A date with or without "T14:34:28.123+01:00"; "2015T" too when `literal` (N1 section 4.1.6).
std::optional<DateTime> parse_date_time(std::string_view text, bool literal = false);
// 14, 14:34, 14:34:28.123
std::optional<Time> parse_time(std::string_view text);
// 5.5, 5.5 'mg', 4 days (N1 section 5.5.7)
std::optional<Quantity> parse_quantity(std::string_view text);

// As toString() has it (N1 section 5.5.8).
std::string to_text(const Scalar& value);
std::string to_text(const Date& date);
std::string to_text(const DateTime& moment);
std::string to_text(const Time& time);

}  // namespace gateway::fhirpath
