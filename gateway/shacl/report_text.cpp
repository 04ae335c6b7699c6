// The report for people.
#include <algorithm>
#include <map>

#include "gateway/shacl/report.h"

namespace gateway::shacl {
namespace {

constexpr std::size_t kLongestValue = 100;

std::string short_text(const codec::Term& term) {
  if (term.kind == codec::Term::Kind::Blank) return "_:" + term.text;
  if (term.kind == codec::Term::Kind::Iri)
    return to_text(Path{Path::Kind::Predicate, term.text, kNoTerm, {}}, usual_prefixes());
  std::string text = term.text;
  if (text.size() > kLongestValue) {
    text.resize(kLongestValue);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
    text += "...";
  }
  return "\"" + text + "\"" + (term.language.empty() ? "" : "@" + term.language);
}

// "MinCountConstraintComponent" is longer than what it says.
std::string short_component(std::string_view name) {
  constexpr std::string_view kEnd = "ConstraintComponent";
  if (name.ends_with(kEnd)) name.remove_suffix(kEnd.size());
  return std::string(name);
}

std::string plural(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

const codec::Prefixes& usual_prefixes() {
  static const codec::Prefixes prefixes{
      {"adms", "http://www.w3.org/ns/adms#"},
      {"csvw", "http://www.w3.org/ns/csvw#"},
      {"cv", "http://data.europa.eu/m8g/"},
      {"dcat", "http://www.w3.org/ns/dcat#"},
      {"dcatap", "http://data.europa.eu/r5r/"},
      {"dct", "http://purl.org/dc/terms/"},
      {"dpv", "https://w3id.org/dpv#"},
      {"dqv", "http://www.w3.org/ns/dqv#"},
      {"eli", "http://data.europa.eu/eli/ontology#"},
      {"eucaim", "https://cancerimage.eu/ontology/EUCAIM#"},
      {"fdp-o", "https://w3id.org/fdp/fdp-o#"},
      {"foaf", "http://xmlns.com/foaf/0.1/"},
      {"geodcatap", "http://data.europa.eu/930/"},
      {"healthdcatap", "http://healthdataportal.eu/ns/health#"},
      {"locn", "http://www.w3.org/ns/locn#"},
      {"oa", "http://www.w3.org/ns/oa#"},
      {"odrl", "http://www.w3.org/ns/odrl/2/"},
      {"owl", "http://www.w3.org/2002/07/owl#"},
      {"prov", "http://www.w3.org/ns/prov#"},
      {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
      {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
      {"sh", "http://www.w3.org/ns/shacl#"},
      {"skos", "http://www.w3.org/2004/02/skos/core#"},
      {"spdx", "http://spdx.org/rdf/terms#"},
      {"time", "http://www.w3.org/2006/time#"},
      {"vcard", "http://www.w3.org/2006/vcard/ns#"},
      {"xsd", "http://www.w3.org/2001/XMLSchema#"},
  };
  return prefixes;
}

std::string to_text(const Row& row) {
  std::string text(to_text(row.severity));
  text += ": " + short_text(row.focus);
  if (row.path) text += " " + to_text(*row.path, usual_prefixes());
  if (row.value) text += " = " + short_text(*row.value);
  text += ": " + row.message + " [" + short_component(row.component) + "]";
  if (row.origin != Origin::Document)
    text += " (" + std::string(to_text(row.origin)) + (row.source.empty() ? "" : " " + row.source) + ")";
  return text;
}

// Equal lines come once with their number: two rules that say the same are no news to a reader.
std::string to_text(const Report& report) {
  std::string text;
  for (const Severity severity : {Severity::Violation, Severity::Warning, Severity::Info, Severity::Other}) {
    std::map<std::string, std::size_t> seen;
    std::vector<const Row*> order;
    for (const Row& row : report.rows)
      if (row.severity == severity && ++seen[to_text(row)] == 1) order.push_back(&row);
    for (const Row* row : order) {
      const std::string line = to_text(*row);
      text += line + (seen[line] > 1 ? " (" + std::to_string(seen[line]) + " times)" : "") + "\n";
      for (const Row& detail : row->details) text += "    because " + to_text(detail) + "\n";
    }
  }
  for (const NotEvaluated& one : report.not_evaluated)
    text += "Not evaluated: " + one.component + " of " + short_text(one.shape) + ": " + one.why + "\n";
  if (report.dropped_rows > 0) text += plural(report.dropped_rows, "more row") + " not listed\n";
  text += report.profile + ": " + plural(report.count(Severity::Violation), "violation") + ", " +
          plural(report.count(Severity::Warning), "warning") + " in " + plural(report.triples, "triple") +
          "\n";
  return text;
}

}  // namespace gateway::shacl
