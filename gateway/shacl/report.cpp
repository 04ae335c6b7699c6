#include "gateway/shacl/report.h"

#include <algorithm>

#include "gateway/shacl/vocabulary.h"

namespace gateway::shacl {
namespace {

std::string text_of(const codec::Term& term) {
  return term.kind == codec::Term::Kind::Blank ? "_:" + term.text : term.text;
}

Value json_of(const codec::Term& term) {
  if (term.kind != codec::Term::Kind::Literal) return text_of(term);
  Value value = Value::map().set("value", term.text);
  if (!term.language.empty()) return value.set("language", term.language);
  return value.set("datatype", term.datatype);
}

Value json_of(const Row& row) {
  Value value = Value::map();
  value.set("severity", to_text(row.severity)).set("component", row.component);
  value.set("focus", text_of(row.focus));
  if (row.path) value.set("path", row.path->is_predicate() ? row.path->predicate : to_text(*row.path));
  if (row.value) value.set("value", json_of(*row.value));
  value.set("message", row.message).set("shape", text_of(row.shape));
  value.set("origin", to_text(row.origin)).set("source", row.source);
  if (row.details.empty()) return value;
  Value details = Value::list();
  for (const Row& detail : row.details) details.push(json_of(detail));
  return value.set("details", std::move(details));
}

class GraphWriter {
 public:
  codec::Graph write(const Report& report) {
    const codec::Term node = codec::blank("report");
    add(node, rdf("type"), codec::iri(sh("ValidationReport")));
    const char* conforms = report.rows.empty() && report.dropped_rows == 0 ? "true" : "false";
    add(node, sh("conforms"), codec::literal(conforms, xsd("boolean")));
    for (const Row& row : report.rows) add(node, sh("result"), result(row));
    return std::move(graph_);
  }

 private:
  codec::Term result(const Row& row) {
    const codec::Term node = codec::blank("r" + std::to_string(++rows_));
    add(node, rdf("type"), codec::iri(sh("ValidationResult")));
    add(node, sh("resultSeverity"), codec::iri(sh(to_text(row.severity))));
    add(node, sh("sourceConstraintComponent"), codec::iri(sh(row.component)));
    add(node, sh("focusNode"), row.focus);
    if (row.path) add(node, sh("resultPath"), add_path(*row.path, graph_, blanks_));
    if (row.value) add(node, sh("value"), *row.value);
    add(node, sh("resultMessage"), codec::text_in(row.message, "en"));
    add(node, sh("sourceShape"), row.shape);
    for (const Row& detail : row.details) add(node, sh("detail"), result(detail));
    return node;
  }

  void add(const codec::Term& subject, const std::string& predicate, const codec::Term& object) {
    graph_.add(subject, predicate, object);
  }

  codec::Graph graph_;
  std::size_t rows_ = 0, blanks_ = 0;
};

}  // namespace

std::string_view to_text(Severity severity) {
  static constexpr std::string_view kTexts[] = {"Violation", "Warning", "Info", "Other"};
  return kTexts[static_cast<std::size_t>(severity)];
}

std::string_view to_text(Origin origin) {
  static constexpr std::string_view kTexts[] = {"document", "background", "shapes"};
  return kTexts[static_cast<std::size_t>(origin)];
}

std::size_t Report::count(Severity severity) const {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [&](const Row& row) { return row.severity == severity; }));
}

Value to_json_value(const Report& report) {
  Value rows = Value::list(), open = Value::list();
  for (const Row& row : report.rows) rows.push(json_of(row));
  for (const NotEvaluated& one : report.not_evaluated)
    open.push(
        Value::map().set("component", one.component).set("shape", text_of(one.shape)).set("why", one.why));
  return Value::map()
      .set("profile", report.profile)
      .set("valid", report.valid())
      .set("violations", report.count(Severity::Violation))
      .set("warnings", report.count(Severity::Warning))
      .set("infos", report.count(Severity::Info) + report.count(Severity::Other))
      .set("droppedRows", report.dropped_rows)
      .set("triples", report.triples)
      .set("focusNodes", report.focus_nodes)
      .set("rows", std::move(rows))
      .set("notEvaluated", std::move(open));
}

codec::Graph to_graph(const Report& report) { return GraphWriter().write(report); }

}  // namespace gateway::shacl
