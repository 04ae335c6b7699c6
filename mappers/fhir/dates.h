// DICOM dates and times (PS3.5 section 6.2: DA, TM) as FHIR date, dateTime and instant, and as spans of time.
//
// Nothing is invented: what is not a real date gives nothing, and a time without a known zone gives a date
// only, because a FHIR dateTime with a time must have an offset (FHIR R4 datatypes, dateTime). Pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mappers::fhir {

// "20240131" and the older "2024.01.31" to "2024-01-31"; "202401" and "2024" to partial dates; else empty.
std::string fhir_date(std::string_view da);

// "+0100" or "+01:00" to "+01:00" when it is between -12:00 and +14:00; else empty.
std::string fhir_offset(std::string_view offset);

// `offset` is Timezone Offset From UTC (0008,0201); `fallback` the configured zone, may be empty.
// HHMM gets seconds ":00" as FHIR asks; a time of the hour only, or one that is not valid, is left out.
std::string fhir_date_time(std::string_view da, std::string_view tm, std::string_view offset,
                           std::string_view fallback = {});

// First and last microsecond (UTC) that a FHIR date or dateTime covers. A value without offset is read with
// `fallback`
// ("+01:00"; empty is UTC).
struct TimeSpan {
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  bool operator==(const TimeSpan&) const = default;
};
std::optional<TimeSpan> span_of(std::string_view fhir_date_time, std::string_view fallback = {});

}  // namespace mappers::fhir
