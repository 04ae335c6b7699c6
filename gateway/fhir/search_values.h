// Values of search parameters (FHIR R4 search, 3.1.1.4): alternatives, tokens, references and dates. Pure
// functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/local_time.h"

namespace gateway::fhir {

// The alternatives of a value: split at commas that no backslash escapes; the escapes stay. Empty ones are
// left out.
std::vector<std::string_view> alternatives(std::string_view value);
// The parts between separators that no backslash escapes; the escapes stay.
std::vector<std::string_view> split_unescaped(std::string_view value, char separator);
// Without the escapes \, \| \$ \\ .
std::string unescape(std::string_view value);

// system|code, |code (explicitly without system), system| (any code), code (any system).
struct Token {
  std::optional<std::string> system;
  std::string code;
  // The code when the system is `expected` or not given; nothing otherwise. An empty result means any code.
  std::optional<std::string> code_in(std::string_view expected) const;
};
Token parse_token(std::string_view value);

// The id of a reference to `type` at this server: "Type/id", "<base>/Type/id", or the bare id. Nothing
// otherwise.
std::optional<std::string> local_id(std::string_view value, std::string_view type, std::string_view base);

enum class Prefix : std::uint8_t { Eq, Ne, Gt, Lt, Ge, Le, Sa, Eb, Ap };

struct DateValue {
  Prefix prefix = Prefix::Eq;
  bool has_time = false;
  std::string text;                 // without the prefix
  mappers::fhir::TimeSpan span;     // UTC; with ap already widened
  std::string first_day, last_day;  // "YYYYMMDD" of the calendar, without any zone; with ap already widened

  // Does a value that covers `other` match? (FHIR R4 search 3.1.1.4.5)
  bool matches(const mappers::fhir::TimeSpan& other) const;
};
// `zone` is of values without offset; `now_us` makes ap: a tenth of the distance to now. Error:
// InvalidParameter.
Result<DateValue> parse_date_value(std::string_view value, std::string_view parameter,
                                   const mappers::fhir::LocalTime& zone, std::int64_t now_us);

// A number with its precision: 100 covers [99.5, 100.5), 100.00 covers [99.995, 100.005) (3.1.1.4.7).
struct NumberValue {
  Prefix prefix = Prefix::Eq;
  double value = 0;
  double low = 0, high = 0;  // what eq covers, and with ap a tenth on both sides; the end is not part of it
};
// Error: InvalidParameter.
Result<NumberValue> parse_number_value(std::string_view value, std::string_view parameter);

}  // namespace gateway::fhir
