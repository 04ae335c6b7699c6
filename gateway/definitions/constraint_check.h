// ConstraintCheck: evaluates FHIRPath constraints on elements of one resource tree (FHIR R4 2.1.0.4.4).
//
// Internal to gateway/definitions. One object per validation; not shared between threads.
#pragma once

#include <vector>

#include "gateway/definitions/invariants.h"
#include "gateway/definitions/rule_context.h"

namespace gateway::definitions {

class ConstraintCheck {
 public:
  // `services`: for resolve(), memberOf() and conformsTo(). All are borrowed.
  ConstraintCheck(RuleContext& context, const Invariants& invariants, const fhirpath::Services& services,
                  std::optional<fhirpath::DateTime> now);

  // `profile`: who demands it; nullptr: the type itself.
  void check(const Entry& entry, const Constraint& constraint, const Structure* profile);

 private:
  fhirpath::Environment environment_of(const Entry& entry) const;

  RuleContext& context_;
  const Invariants& invariants_;
  const fhirpath::Services& services_;
  std::optional<fhirpath::DateTime> now_;
};

}  // namespace gateway::definitions
