// Runs cases against a server. Every case has its own connection and variables, so cases run side by side.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "conformance/runner/case_file.h"
#include "conformance/runner/text_template.h"
#include "conformance/runner/transport.h"

namespace conformance {

struct RunOptions {
  Endpoint endpoint;
  Variables roots;  // "dicomweb" -> "/dicomweb": ${dicomweb} in cases; "none": the face is missing
  std::set<std::string> without;  // needs that are not there: cases with them are skipped
  std::set<std::string> with;     // needs that are off unless asked for ("slow")
  unsigned jobs = 4;
  std::string run;  // digits that make UIDs of this run its own; empty: from the clock
};

struct CaseResult {
  enum class Outcome : std::uint8_t { Passed, Failed, Skipped };
  Outcome outcome = Outcome::Passed;
  std::string name;
  std::string spec;
  std::string place;     // file:line of the step that failed
  std::string expected;  // that step
  std::string got;       // or the reason of a skip
  std::int64_t elapsed_us = 0;
};

// Variables of a case: the roots, ${base} "http://host:port", ${host} "host:port", ${crlf}, ${run} digits,
// ${uid} a UID prefix of this case in this run (append digits), and what let and fixture define.
CaseResult run_case(const Case& test, const RunOptions& options, std::size_t number);

// In the order of `cases`; `done` is called for each as it becomes known, by one thread at a time.
std::vector<CaseResult> run_cases(std::span<const Case> cases, RunOptions options,
                                  const std::function<void(const CaseResult&)>& done = {});

}  // namespace conformance
