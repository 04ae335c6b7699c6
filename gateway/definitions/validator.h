// Validator: checks FHIR R4 resources against their types, profiles, value sets and the rules of the standard
// that definitions cannot say (FHIR R4 2.12 "Validating Resources").
//
// Takes the JSON form as a Value. Bounded in findings, depth, elements and steps: what exceeds a bound is
// told as a finding of code "too-costly". Compiled constraints are kept between calls. Thread-safe; the
// definitions are shared.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/definitions/definitions.h"
#include "gateway/definitions/findings.h"
#include "gateway/definitions/resource_tree.h"

namespace gateway::definitions {

struct ValidationOptions {
  std::vector<std::string> profiles;  // canonical URLs that the resource must conform to
  bool claimed = true;                // and those of meta.profile, of resources inside too
  std::size_t max_findings = 1000;
  std::size_t max_steps = 5'000'000;  // elements compared with definitions; a constraint counts as ten
  std::int64_t max_ms = 20'000;       // for all of it
  TreeLimits tree;
};

class Invariants;

class Validator {
 public:
  explicit Validator(std::shared_ptr<const Definitions> definitions, const Clock& clock = Clock::system());
  ~Validator();

  Findings validate(const Value& resource, const ValidationOptions& options = {}) const;
  const Definitions& definitions() const { return *definitions_; }
  const Invariants& invariants() const { return *invariants_; }

 private:
  std::shared_ptr<const Definitions> definitions_;
  const Clock& clock_;
  std::unique_ptr<Invariants> invariants_;
};

}  // namespace gateway::definitions
