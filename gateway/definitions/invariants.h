// Invariants: the FHIRPath constraints of the definitions, each compiled when it is first needed and kept.
//
// Those of bdl-7, ele-1, ext-1, ref-1, dom-2 to dom-5, txt-1 and txt-2 are checked without FHIRPath elsewhere
// and are none here. Thread-safe. The definitions must outlive it.
#pragma once

#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/definitions/definitions.h"
#include "gateway/fhirpath/expression.h"

namespace gateway::definitions {

class Invariants {
 public:
  struct Compiled {
    std::optional<fhirpath::Expression> expression;  // nothing: none to evaluate
    std::string fault;                               // why it could not be compiled
  };
  const Compiled& get(const Constraint& constraint) const;

 private:
  mutable std::shared_mutex mutex_;
  mutable std::unordered_map<const Constraint*, Compiled> compiled_;
};

// Whether the validator checks this constraint by code of its own.
bool is_checked_by_hand(std::string_view key);

}  // namespace gateway::definitions
