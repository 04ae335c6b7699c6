#include "gateway/definitions/invariants.h"

#include <algorithm>
#include <array>
#include <mutex>

namespace gateway::definitions {

bool is_checked_by_hand(std::string_view key) {
  static constexpr std::array kKeys = std::to_array<std::string_view>(
      {"bdl-7", "dom-2", "dom-3", "dom-4", "dom-5", "ele-1", "ext-1", "ref-1", "txt-1", "txt-2"});
  return std::binary_search(kKeys.begin(), kKeys.end(), key);
}

const Invariants::Compiled& Invariants::get(const Constraint& constraint) const {
  {
    const std::shared_lock lock(mutex_);
    if (const auto known = compiled_.find(&constraint); known != compiled_.end()) return known->second;
  }
  Compiled compiled;
  if (!constraint.expression.empty() && !is_checked_by_hand(constraint.key)) {
    fhirpath::CompileOptions options;
    options.any_constant = true;
    options.max_length = 16'384;
    auto expression = fhirpath::Expression::compile(constraint.expression, options);
    if (expression)
      compiled.expression = std::move(*expression);
    else
      compiled.fault = expression.error().text();
  }
  const std::unique_lock lock(mutex_);
  return compiled_.emplace(&constraint, std::move(compiled)).first->second;
}

}  // namespace gateway::definitions
