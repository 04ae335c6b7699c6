// Shapes: compiled from their triples (W3C SHACL sections 2 and 4), ready to be checked.
//
// Shapes name each other by their position, so circles are no trouble. Plain values; immutable once compiled.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/fhirpath/regex.h"
#include "gateway/shacl/path.h"
#include "gateway/shacl/report.h"
#include "gateway/shacl/term_table.h"

namespace gateway::shacl {

using ShapeId = std::uint32_t;

// The constraint components of SHACL Core, and the one rule of SPARQL that this engine knows: the graph must
// hold an instance of a class.
enum class Component : std::uint8_t {
#define SHACL_COMPONENT(name, parameter) name,
#include "gateway/shacl/components.def"
#undef SHACL_COMPONENT
};
std::string_view name_of(Component component);  // "MinCountConstraintComponent"

// sh:nodeKind as a set.
enum NodeKinds : std::uint8_t { kBlankNodes = 1, kIris = 2, kLiterals = 4 };

struct Constraint {
  Component component;
  TermId term = kNoTerm;               // the class, datatype, predicate, value or limit
  std::uint64_t count = 0;             // of counts, lengths and node kinds
  bool flag = false;                   // sh:qualifiedValueShapesDisjoint
  std::vector<TermId> terms;           // sorted: sh:in, what a closed shape allows
  std::vector<std::string> languages;  // lower case
  std::vector<ShapeId> shapes;         // of a qualified one: itself, then those it is disjoint with
  std::shared_ptr<const fhirpath::Regex> regex;
};

struct Target {
  enum class Kind : std::uint8_t { Class, Node, SubjectsOf, ObjectsOf };
  Kind kind;
  TermId term;
  auto operator<=>(const Target&) const = default;
};

struct Shape {
  TermId node = kNoTerm;
  std::shared_ptr<const Path> path;    // null: a node shape, or a property shape without a path
  std::shared_ptr<const Path> report;  // where rows point although there is no path
  Severity severity = Severity::Violation;
  bool deactivated = false;
  std::string message;  // of the author; may be empty
  std::vector<Constraint> constraints;
  std::vector<Target> targets;
};

struct Shapes {
  std::vector<Shape> all;
  std::vector<NotEvaluated> not_evaluated;
};

// Reads shapes from triples. Error: Unprocessable with the shape as `where`.
Result<Shapes> compile_shapes(const codec::Graph& graph, TermTable& terms);

}  // namespace gateway::shacl
