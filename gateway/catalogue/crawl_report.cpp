// The report of a crawl in its three texts.
#include <map>

#include "gateway/catalogue/crawl.h"
#include "gateway/catalogue/markup.h"
#include "gateway/catalogue/pages.h"

namespace gateway::catalogue {
namespace {

std::string_view name_of(FindingLevel level) {
  if (level == FindingLevel::Error) return "error";
  return level == FindingLevel::Warning ? "warning" : "note";
}

std::string summary(const CrawlReport& report) {
  std::string text = std::to_string(report.documents.size()) + " documents, " +
                     std::to_string(report.datasets) + " datasets";
  if (!report.profile.empty())
    text += " (" + std::to_string(report.valid_datasets) + " valid by " + report.profile + ")";
  text += ", " + std::to_string(report.count(FindingLevel::Error)) + " errors, " +
          std::to_string(report.count(FindingLevel::Warning)) + " warnings";
  return text + (report.complete ? "" : "; not complete");
}

// How often each rule was broken.
std::map<std::string, std::size_t> by_rule(const CrawlReport& report) {
  std::map<std::string, std::size_t> counts;
  for (const CrawlFinding& finding : report.findings) ++counts[finding.rule];
  return counts;
}

}  // namespace

Value to_value(const CrawlReport& report) {
  Value documents = Value::list(), findings = Value::list(), rules = Value::map();
  for (const CrawledDocument& document : report.documents)
    documents.push(Value::map()
                       .set("address", document.address)
                       .set("kind", document.kind)
                       .set("status", document.status)
                       .set("bytes", std::size_t{document.bytes})
                       .set("triples", document.triples)
                       .set("depth", static_cast<int>(document.depth)));
  for (const CrawlFinding& finding : report.findings)
    findings.push(Value::map()
                      .set("level", name_of(finding.level))
                      .set("rule", finding.rule)
                      .set("address", finding.address)
                      .set("message", finding.message));
  for (const auto& [rule, count] : by_rule(report)) rules.set(rule, count);
  return Value::map()
      .set("start", report.start)
      .set("profile", report.profile)
      .set("complete", report.complete)
      .set("datasets", report.datasets)
      .set("validDatasets", report.valid_datasets)
      .set("errors", report.count(FindingLevel::Error))
      .set("warnings", report.count(FindingLevel::Warning))
      .set("droppedFindings", report.dropped_findings)
      .set("rules", std::move(rules))
      .set("documents", std::move(documents))
      .set("findings", std::move(findings));
}

std::string to_text(const CrawlReport& report) {
  std::string text = report.start + ": " + summary(report) + "\n";
  for (const CrawlFinding& finding : report.findings)
    text += std::string(name_of(finding.level)) + " [" + finding.rule + "] " + finding.address + ": " +
            finding.message + "\n";
  return text;
}

std::string crawl_page(const CrawlReport& report) {
  std::vector<std::vector<std::string>> findings, documents;
  for (const CrawlFinding& finding : report.findings)
    findings.push_back({finding.level == FindingLevel::Error ? "<strong class=\"bad\">error</strong>"
                                                             : escaped(name_of(finding.level)),
                        escaped(finding.rule), link(finding.address, finding.address),
                        escaped(finding.message)});
  for (const CrawledDocument& document : report.documents)
    documents.push_back({link(document.address, document.address), escaped(document.kind),
                         std::to_string(document.status), number(document.triples), bytes(document.bytes)});
  return bare_page(
      "Crawl of " + report.start,
      "<h1>Crawl of " + escaped(report.start) + "</h1><p>" + escaped(summary(report)) +
          ".</p><h2>Findings</h2>" +
          (findings.empty() ? "<p>None.</p>"
                            : grid("In the order in which they were made",
                                   {"Level", "Rule", "Address", "What"}, findings)) +
          "<h2>Documents</h2>" +
          scrollable("Documents", grid("In the order in which they were read",
                                       {"Address", "Kind", "#Status", "#Statements", "#Size"}, documents)));
}

}  // namespace gateway::catalogue
