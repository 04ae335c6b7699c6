#include "conformance/runner/report.h"

#include <cstdio>
#include <map>

#include "gateway/base/json_text.h"

namespace conformance {
namespace {

using gateway::Value;
using Outcome = CaseResult::Outcome;

std::string_view word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Passed:
      return "passed";
    case Outcome::Failed:
      return "failed";
    case Outcome::Skipped:
      break;
  }
  return "skipped";
}

std::string xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
      out += c;
    else
      out += '?';
  }
  return out;
}

std::string seconds(std::int64_t us) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(us) / 1e6);
  return text;
}

std::string junit_case(const CaseResult& result) {
  std::string out =
      "    <testcase name=\"" + xml(result.name) + "\" time=\"" + seconds(result.elapsed_us) + "\"";
  if (result.outcome == Outcome::Passed) return out + "/>\n";
  if (result.outcome == Outcome::Skipped)
    return out + "><skipped message=\"" + xml(result.got) + "\"/></testcase>\n";
  return out + "><failure message=\"" + xml(result.expected + ": got " + result.got) + "\">" +
         xml(result.spec + "\n" + result.place) + "</failure></testcase>\n";
}

}  // namespace

Totals totals_of(std::span<const CaseResult> results) {
  Totals totals;
  for (const CaseResult& result : results) {
    if (result.outcome == Outcome::Passed)
      ++totals.passed;
    else if (result.outcome == Outcome::Failed)
      ++totals.failed;
    else
      ++totals.skipped;
  }
  return totals;
}

std::string fault_of(const Totals& totals, std::optional<std::size_t> max_skipped) {
  if (totals.failed) return std::to_string(totals.failed) + " failed";
  if (!totals.passed) return "nothing passed";
  if (!max_skipped || totals.skipped <= *max_skipped) return {};
  return std::to_string(totals.skipped) + " skipped, but at most " + std::to_string(*max_skipped) + " may be";
}

std::string report_line(const CaseResult& result) {
  static constexpr const char* kMarks[] = {"ok", "FAIL", "skip"};
  char start[256];
  std::snprintf(start, sizeof start, "%-5s %-58s %6lld ms", kMarks[static_cast<std::size_t>(result.outcome)],
                result.name.c_str(), static_cast<long long>(result.elapsed_us / 1000));
  std::string line = start;
  if (result.outcome == Outcome::Skipped) line += "  (" + result.got + ")";
  line += "\n";
  if (result.outcome != Outcome::Failed) return line;
  line += "      " + result.place + ": " + result.expected + "\n      got: " + result.got + "\n";
  if (!result.spec.empty()) line += "      spec: " + result.spec + "\n";
  return line;
}

std::string report_totals(const Totals& totals) {
  return std::to_string(totals.passed) + " passed, " + std::to_string(totals.failed) + " failed, " +
         std::to_string(totals.skipped) + " skipped";
}

std::string report_json(std::span<const CaseResult> results, const std::string& base) {
  const Totals totals = totals_of(results);
  Value cases = Value::list();
  for (const CaseResult& result : results) {
    Value item = Value::map();
    item.set("name", result.name).set("spec", result.spec).set("outcome", word_of(result.outcome));
    item.set("ms", result.elapsed_us / 1000);
    if (!result.place.empty()) item.set("place", result.place).set("expected", result.expected);
    if (!result.got.empty()) item.set("got", result.got);
    cases.push(std::move(item));
  }
  Value report = Value::map();
  report.set("base", base).set("passed", totals.passed).set("failed", totals.failed);
  report.set("skipped", totals.skipped).set("cases", std::move(cases));
  return gateway::to_json(report, true) + "\n";
}

std::string report_junit(std::span<const CaseResult> results) {
  std::map<std::string, std::vector<CaseResult>> suites;
  for (const CaseResult& result : results)
    suites[result.name.substr(0, result.name.find('/'))].push_back(result);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const auto& [name, cases] : suites) {
    const Totals totals = totals_of(cases);
    out += "  <testsuite name=\"" + xml(name) + "\" tests=\"" + std::to_string(cases.size()) +
           "\" failures=\"" + std::to_string(totals.failed) + "\" skipped=\"" +
           std::to_string(totals.skipped) + "\">\n";
    for (const CaseResult& result : cases) out += junit_case(result);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace conformance
