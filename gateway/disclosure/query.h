// Queries for counts in a form of their own, so that the same question is the same however it is put: the
// order of parts, neutral groups, doubled conditions and doubled negations make no difference.
//
// A search face turns what it was asked into a Query, asks for canonical() and counts related() too: what
// their counts must not be subtracted from (count.h). Pure functions; bounded in depth and size; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::disclosure {

struct Query {
  enum class Kind : std::uint8_t { And, Or, Xor, Not, Condition };
  Kind kind = Kind::And;  // without children: everybody
  std::vector<Query> children;
  // Of a condition. `key` and `values` are concepts, not the spellings that were sent: what means the same
  // must read the same here. Ages come widened to bands.
  std::string key, test;  // test: "=", "between", "<", ">", "contains"
  std::vector<std::string> values;
  bool operator==(const Query&) const = default;
};

// Flattened, sorted, without doubles and without groups that hold nothing. Error: InvalidParameter for a
// query that is deeper than 32 or has more than 4,096 parts; for a NOT that has not exactly one child.
Result<Query> canonical(const Query& query);
// One text for one canonical query: the key of noise, budgets and caches.
std::string canonical_text(const Query& canonical);
// What contains or is contained in a canonical query that joins parts: the same with parts left out,
// beginning with everybody. At most 64: all subsets of up to six parts, else those with one part less.
std::vector<Query> related(const Query& canonical);

}  // namespace gateway::disclosure
