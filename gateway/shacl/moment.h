// Dates, times and durations of XML Schema (XSD 1.1 part 2 sections 3.3.6 to 3.3.15 and 3.4.26 on).
//
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string_view>

namespace gateway::shacl {

// `name` is that of the type without its namespace; nothing when it is no such type.
std::optional<bool> is_moment_form(std::string_view text, std::string_view name);

// -1, 0 or 1 for two well-formed values of one type; nothing when they have no order.
std::optional<int> compare_moments(std::string_view a, std::string_view b, std::string_view name);

}  // namespace gateway::shacl
