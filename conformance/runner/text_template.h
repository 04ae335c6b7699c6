// Text of a case: escapes (\r \n \t \\ \$ \xHH) and ${names}, replaced when a step runs. In patterns and JSON
// values the backslash belongs to them, only names are replaced. Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace conformance {

using Variables = std::map<std::string, std::string, std::less<>>;

enum class Escapes : std::uint8_t { Replace, Keep };

// Values are inserted as they are, escapes in them are not looked at. Error: InvalidParameter naming the bad
// escape or the unknown variable.
gateway::Result<std::string> expand(std::string_view text, const Variables& variables,
                                    Escapes escapes = Escapes::Replace);

// Checks the escapes only. Error: InvalidParameter.
gateway::Result<void> check_template(std::string_view text);

// Printable form for reports: at most `limit` bytes, control characters escaped.
std::string printable(std::string_view bytes, std::size_t limit = 120);

}  // namespace conformance
