// The rule of a time zone in POSIX form ("CET-1CEST,M3.5.0,M10.5.0/3"), laid out as changes. Private to
// time_zone.cpp. A text that is no rule gives no changes. Pure functions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace mappers::fhir {

// From `at` (seconds of UTC) on, local time is UTC and `offset` seconds.
struct ZoneChange {
  std::int64_t at = 0;
  std::int32_t offset = 0;
};

// Every change from 1970 to the end of `last_year`; none without daylight saving.
std::vector<ZoneChange> changes_of(std::string_view rule, int last_year);

}  // namespace mappers::fhir
