// One count of persons under a policy: the one place where an exact number becomes a number that is told.
//
// Rules, in order: fewer than k persons are not told, and nobody looks the same unless the policy says
// otherwise; a count that differs from a related one by fewer than k persons is told as that one, so that
// nothing follows from subtracting them; noise, if any, is a function of the site's secret and of what is
// counted, never of when or by whom it is asked; the rest is rounded half up. Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/base/value.h"
#include "gateway/disclosure/policy.h"

namespace gateway::disclosure {

// What is counted: the canonical text of a query (query.h) or the name of a figure, on one state of a
// dataset. The secret is the site's own and stays with it.
struct NoiseKey {
  std::string_view secret;
  std::string_view dataset;
  std::int64_t version = 0;
  std::string_view what;
};

// A count as it may be told. Without a value: fewer than `below`.
struct Figure {
  std::optional<std::uint64_t> value;
  std::uint64_t below = 1;
  bool operator==(const Figure&) const = default;
};

// Half up to a multiple of `step`; counts below k, but 0, give nothing. The vectors of the policy.
std::optional<std::uint64_t> rounded(std::uint64_t count, const Policy& policy);

// A count that is related to another one: of what contains it or is contained in it.
struct Related {
  std::uint64_t count = 0;
  std::string_view what;  // as NoiseKey::what
};

// `related`: the widest first, beginning with the whole dataset; the query with one condition left out
// (query.h), the dataset without a category.
Figure protect(std::uint64_t count, std::span<const Related> related, const Policy& policy,
               const NoiseKey& key);

// 150, or {"suppressed": true, "below": 10}.
Value figure_value(const Figure& figure);
// {"policy", "k", "step", "ageBand", "ageTop", "noise"}: goes with every answer.
Value privacy_value(const Policy& policy);

// Ages under a policy.
inline constexpr int kOldestAge = 130;  // older is a typing error
struct AgeRange {
  int from = 0;
  std::optional<int> to;  // nothing: and older
  bool operator==(const AgeRange&) const = default;
};
// The band of an age. Error: InvalidParameter for an age that no person has.
Result<AgeRange> band_of(int age, const Policy& policy);
// The bands that hold from .. to: what a question about those ages is widened to. Either end may be open.
Result<AgeRange> widened(std::optional<int> from, std::optional<int> to, const Policy& policy);

}  // namespace gateway::disclosure
