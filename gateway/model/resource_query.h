// What resources are found by: the values of search parameters, and conditions over them (FHIR R4 search
// 3.1.1). One form for all parameter types, so that a store can compile it to SQL and anything else can test
// it in memory (matches()) with the same outcome.
//
//   type       system                 text                          low, high
//   token      system of the coding   code, folded                  -
//   string     the text as it is      folded, without accents       -
//   uri        -                      the URI                       -
//   reference  type that is referred  id here, or the absolute URI  -
//   date       -                      -                             first and last microsecond, UTC
//   number     -                      -                             order_of() of the number, twice
//   quantity   system of the unit     code of the unit              as number
//
// Plain data and pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::model {

struct SearchValue {
  std::string parameter;  // "code"; "code:text" and the like for other views of it; "code-value-quantity$1"
  std::string system;
  std::string text;
  std::optional<std::int64_t> low, high;
  std::int64_t group = 0;  // values of one composite belong together
  bool operator==(const SearchValue&) const = default;
};

// What one value must be: all that is set must hold. "_id", "_type" (text) and "_lastUpdated" (low, high)
// are parameters of every resource, without being among its values.
struct ValueTest {
  enum class Text : std::uint8_t { Any, Equals, Begins, Contains };
  std::string parameter;
  std::optional<std::string> system;
  Text how = Text::Any;
  std::vector<std::string> texts;  // one of them
  std::optional<std::int64_t> low_least, low_most, high_least, high_most;
  std::vector<ValueTest> parts;  // of a composite: values of one group, one for each
};

// Holds when a value passes one of the tests, or, negated, when none does.
struct ResourceCondition {
  std::vector<ValueTest> any;
  bool negated = false;
};

struct SortKey {
  std::string parameter;
  bool by_text = true;  // else by low (high when descending)
  bool descending = false;
};

struct ResourceQuery {
  std::vector<std::string> types;  // empty: all
  std::vector<ResourceCondition> conditions;
  std::vector<SortKey> sort;
  std::int64_t after_row = 0;          // to go on behind a row; only without `sort`
  std::int64_t up_to_row = INT64_MAX;  // instances made later are left out
  std::uint32_t limit = 1000;
  std::uint64_t offset = 0;
};

// Nothing: the resource has no such value, which sorts last whatever the direction (3.1.1.5.1).
using SortValue = std::variant<std::monostate, std::int64_t, std::string>;
struct ResourceHit {
  std::int64_t row = 0;
  std::string type, id;
  std::vector<SortValue> keys;  // one for each key of the query
};

// The resource as conditions see it beside its values.
struct ResourceFacts {
  std::string_view type, id;
  std::int64_t updated_us = 0;
};
bool matches(const ResourceCondition& condition, const ResourceFacts& facts,
             std::span<const SearchValue> values);
SortValue sort_value(const SortKey& key, const ResourceFacts& facts, std::span<const SearchValue> values);
// Before: negative, as strcmp. Missing values come last.
int compare(const SortKey& key, const SortValue& a, const SortValue& b);

// An integer that sorts as the number does.
std::int64_t order_of(double number);

}  // namespace gateway::model
