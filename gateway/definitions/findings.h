// Finding: one thing that is wrong, or worth saying, about a resource (FHIR R4 2.28, OperationOutcome.issue).
//
// Findings collects them with a bound: what comes after the bound is counted, not kept. Plain values; one
// thread per Findings object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/value.h"

namespace gateway::definitions {

struct Finding {
  enum class Severity : std::uint8_t { Fatal, Error, Warning, Information };
  Severity severity = Severity::Error;
  std::string code;      // http://hl7.org/fhir/issue-type: "structure", "value", "invariant", ...
  std::string location;  // FHIRPath: "Bundle.entry[2].resource.series[0].uid"
  std::string message;   // what is wrong and why
  std::string profile;   // canonical URL of the definition that says so; empty: the type itself
  std::string key;       // of a constraint, "dom-3"
  bool operator==(const Finding&) const = default;
};

class Findings {
 public:
  explicit Findings(std::size_t max = 1000) : max_(max) {}

  // The same finding at the same place is kept once.
  void add(Finding finding);
  void error(std::string code, std::string location, std::string message);
  void warning(std::string code, std::string location, std::string message);

  const std::vector<Finding>& list() const { return list_; }
  std::size_t errors() const { return errors_; }  // fatal ones among them
  std::size_t warnings() const { return warnings_; }
  std::size_t dropped() const { return dropped_; }  // beyond the bound
  bool full() const { return list_.size() >= max_; }

 private:
  std::size_t max_;
  std::vector<Finding> list_;
  std::size_t errors_ = 0, warnings_ = 0, dropped_ = 0;
};

std::string_view name_of(Finding::Severity severity);  // "error"
// An OperationOutcome; one "All OK" information when there is nothing to say.
Value operation_outcome(const Findings& findings);
// "error at ImagingStudy.series[0]: at least 1 uid is required, found 0 [profile, key]"
std::string to_text(const Finding& finding);

}  // namespace gateway::definitions
