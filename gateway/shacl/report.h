// Report: what a SHACL validation found (W3C SHACL section 3.6), and its three texts.
//
// A row tells besides what SHACL asks for which graph its focus node comes from: errors of a vocabulary that
// was only loaded beside a document are not errors of the document. Plain values; thread-safe as any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/codec/rdf.h"
#include "gateway/shacl/path.h"

namespace gateway::shacl {

enum class Severity : std::uint8_t { Violation, Warning, Info, Other };
std::string_view to_text(Severity severity);  // "Violation", ...

// Where a focus node is described: in the document, in a vocabulary loaded beside it, or nowhere but in the
// shapes that name it.
enum class Origin : std::uint8_t { Document, Background, Shapes };
std::string_view to_text(Origin origin);  // "document", "background", "shapes"

// sh:ValidationResult.
struct Row {
  Severity severity = Severity::Violation;
  std::string component;  // "MinCountConstraintComponent"
  codec::Term focus;
  std::shared_ptr<const Path> path;  // null: the rule speaks of the focus node itself
  std::optional<codec::Term> value;
  std::string message;
  codec::Term shape;  // sh:sourceShape; a blank node for shapes without a name
  Origin origin = Origin::Document;
  std::string source;        // the name of that document or vocabulary
  std::vector<Row> details;  // sh:detail: why a sh:node was not met; one level, at most kMaxDetails
};
inline constexpr std::size_t kMaxDetails = 16;

// Part of the shapes that this engine does not evaluate: it was neither met nor broken.
struct NotEvaluated {
  std::string component;  // "sh:sparql", or the IRI of what is unknown
  codec::Term shape;
  std::string why;
  bool operator==(const NotEvaluated&) const = default;
};

struct Report {
  std::string profile;  // "healthdcat-ap-r8:non-public", or the names of the shape files
  std::vector<Row> rows;
  std::vector<NotEvaluated> not_evaluated;
  std::size_t triples = 0;       // of the document
  std::size_t focus_nodes = 0;   // checked
  std::size_t dropped_rows = 0;  // beyond the limit: counted, not listed

  std::size_t count(Severity severity) const;
  // sh:conforms as this house understands it: no row is a Violation and none was dropped.
  bool valid() const { return count(Severity::Violation) == 0 && dropped_rows == 0; }
};

Value to_json_value(const Report& report);
// For people: violations first; IRIs shortened by the usual prefixes.
std::string to_text(const Report& report);
std::string to_text(const Row& row);
// sh:ValidationReport (SHACL section 3.6.1).
codec::Graph to_graph(const Report& report);
// The prefixes that the texts use, for writing to_graph().
const codec::Prefixes& usual_prefixes();

}  // namespace gateway::shacl
