// Dates, times and date-times as matching keys state them (PS3.5 table 6.2-1, PS3.4 section C.2.2.2.5). Pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mappers::dicom {

// An empty bound is open. Of single values both bounds are set.
struct TextRange {
  std::string low;
  std::string high;
};

// "YYYYMMDD", "a-b", "a-", "-b"; "1994.01.30" of ACR-NEMA is read, too. Nothing when it is none of these.
std::optional<TextRange> parse_date_range(std::string_view value);
// HH[MM[SS[.F]]], also with colons. The upper bound covers all that it is short for: "10" is "105959.999999".
std::optional<TextRange> parse_time_range(std::string_view value);
// YYYY[MM[DD[HH[MM[SS[.F]]]]]][&ZZXX]. A hyphen with four digits up to 1400 behind it is an offset from UTC
// when the value can be read like that, else the one of a range.
std::optional<TextRange> parse_instant_range(std::string_view value);

// What a DT value covers, in microseconds of its own clock.
struct Instant {
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  std::optional<std::int64_t> offset_us;  // of its clock from UTC
};
std::optional<Instant> parse_instant(std::string_view text);

// "+0100", as (0008,0201) has it.
std::optional<std::int64_t> parse_offset_us(std::string_view text);

}  // namespace mappers::dicom
