// Reports of a run: lines for people, one JSON document, JUnit XML. Pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "conformance/runner/run_case.h"

namespace conformance {

struct Totals {
  std::size_t passed = 0, failed = 0, skipped = 0;
};

Totals totals_of(std::span<const CaseResult> results);

// Why the run as a whole does not count as passed; empty when it does. A run in which nothing passed tells
// nothing, and one may say how much it may skip.
std::string fault_of(const Totals& totals, std::optional<std::size_t> max_skipped);

// "ok    http/name          12 ms", with what was expected and got below a failure.
std::string report_line(const CaseResult& result);
// "N passed, N failed, N skipped"
std::string report_totals(const Totals& totals);
// {"base":...,"passed":...,"failed":...,"skipped":...,"cases":[{"name","spec","outcome","ms","place","expected","got"}]}
std::string report_json(std::span<const CaseResult> results, const std::string& base);
// JUnit's XML, as CI systems read it; one test suite for each part of the names before '/'.
std::string report_junit(std::span<const CaseResult> results);

}  // namespace conformance
