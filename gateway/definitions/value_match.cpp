#include "gateway/definitions/value_match.h"

#include <algorithm>

namespace gateway::definitions {

bool equals_fixed(const Value& value, const Value& fixed) {
  if (const auto* wanted = fixed.as_map()) {
    const auto* given = value.as_map();
    if (!given || given->size() != wanted->size()) return false;
    return std::all_of(wanted->begin(), wanted->end(), [&value](const Value::Member& member) {
      const Value* found = value.find(member.first);
      return found && equals_fixed(*found, member.second);
    });
  }
  if (const auto* wanted = fixed.as_list()) {
    const auto* given = value.as_list();
    return given && std::equal(given->begin(), given->end(), wanted->begin(), wanted->end(), equals_fixed);
  }
  return value == fixed;
}

bool matches_pattern(const Value& value, const Value& pattern) {
  if (const auto* wanted = pattern.as_map())
    return value.as_map() && std::all_of(wanted->begin(), wanted->end(), [&value](const Value::Member& m) {
             const Value* found = value.find(m.first);
             return found && matches_pattern(*found, m.second);
           });
  if (const auto* wanted = pattern.as_list()) {
    const auto* given = value.as_list();
    return given && std::all_of(wanted->begin(), wanted->end(), [given](const Value& part) {
             return std::any_of(given->begin(), given->end(),
                                [&part](const Value& one) { return matches_pattern(one, part); });
           });
  }
  return value == pattern;
}

}  // namespace gateway::definitions
