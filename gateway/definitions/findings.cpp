#include "gateway/definitions/findings.h"

namespace gateway::definitions {

void Findings::add(Finding finding) {
  for (std::size_t i = 0; i < list_.size() && !full(); ++i)
    if (const Finding& known = list_[i];
        known.message == finding.message && known.location == finding.location)
      return;
  const bool is_error =
      finding.severity == Finding::Severity::Fatal || finding.severity == Finding::Severity::Error;
  if (is_error)
    ++errors_;
  else if (finding.severity == Finding::Severity::Warning)
    ++warnings_;
  if (full())
    ++dropped_;
  else
    list_.push_back(std::move(finding));
}

void Findings::error(std::string code, std::string location, std::string message) {
  add({Finding::Severity::Error, std::move(code), std::move(location), std::move(message), {}, {}});
}

void Findings::warning(std::string code, std::string location, std::string message) {
  add({Finding::Severity::Warning, std::move(code), std::move(location), std::move(message), {}, {}});
}

std::string_view name_of(Finding::Severity severity) {
  switch (severity) {
    case Finding::Severity::Fatal:
      return "fatal";
    case Finding::Severity::Error:
      return "error";
    case Finding::Severity::Warning:
      return "warning";
    case Finding::Severity::Information:
      return "information";
  }
  return "error";
}

namespace {

// Which definition and which constraint, for the end of a message.
std::string origin(const Finding& finding) {
  std::string text = finding.profile;
  if (!finding.key.empty()) text += (text.empty() ? "" : ", ") + finding.key;
  return text.empty() ? text : " [" + text + "]";
}

Value issue(std::string_view severity, std::string_view code, std::string text, std::string_view location) {
  Value row = Value::map();
  row.set("severity", severity).set("code", code);
  row.set("details", Value::map().set("text", text)).set("diagnostics", std::move(text));
  if (!location.empty()) row.set("expression", Value::list().push(location));
  return row;
}

}  // namespace

Value operation_outcome(const Findings& findings) {
  Value issues = Value::list();
  for (const Finding& finding : findings.list())
    issues.push(
        issue(name_of(finding.severity), finding.code, finding.message + origin(finding), finding.location));
  if (findings.dropped() > 0)
    issues.push(issue("warning", "too-costly",
                      std::to_string(findings.dropped()) + " more findings are not listed", {}));
  if (findings.list().empty()) issues.push(issue("information", "informational", "All OK", {}));
  return Value::map().set("resourceType", "OperationOutcome").set("issue", std::move(issues));
}

std::string to_text(const Finding& finding) {
  std::string text(name_of(finding.severity));
  if (!finding.location.empty()) text += " at " + finding.location;
  return text + ": " + finding.message + origin(finding);
}

}  // namespace gateway::definitions
