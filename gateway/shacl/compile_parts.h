// Internal to compiling shapes: the triples of shapes, their lists and paths, and the constraints of one
// shape.
//
// Bounded by kMax... below. One object per compilation; one thread. Error: Unprocessable, the shape as
// `where`.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/shacl/shape.h"
#include "gateway/shacl/vocabulary.h"

namespace gateway::shacl {

inline constexpr std::size_t kMaxShapes = 200'000;
inline constexpr std::size_t kMaxListLength = 100'000;
inline constexpr unsigned kMaxPathDepth = 32;
inline constexpr std::size_t kMaxPathParts = 1'000;

struct ShapeSource {
  const codec::Graph& graph;
  TermTable& terms;

  Error fault(const codec::Term& shape, std::string what) const;
  // The members of an RDF list. Errors: a list that does not end, or with two ends.
  Result<std::vector<codec::Term>> list(const codec::Term& shape, const codec::Term& head) const;
  // Whether a shape is also a class of its shapes graph.
  bool is_class(const codec::Term& node) const;
};

// W3C SHACL section 2.3.1.
Result<Path> read_path(ShapeSource& source, const codec::Term& node);

// Gives a shape its number, also if it was not met before.
using ShapeNumber = std::function<ShapeId(const codec::Term&)>;

class ConstraintReader {
 public:
  ConstraintReader(ShapeSource& source, const codec::Term& node, ShapeNumber number,
                   std::vector<NotEvaluated>& not_evaluated)
      : source_(source), node_(node), number_(std::move(number)), not_evaluated_(not_evaluated) {}

  Result<std::vector<Constraint>> read();

 private:
  Result<void> read_parameter(Component component, const codec::Term& value);
  Result<void> read_count(Component component, const codec::Term& value);
  Result<void> read_pattern(const codec::Term& value);
  Result<void> read_terms(const codec::Term& value);
  Result<void> read_languages(const codec::Term& value);
  Result<void> read_shapes(Component component, const codec::Term& value);
  Result<void> read_closed(const codec::Term& value);
  Result<void> read_qualified(Component component, const codec::Term& value);
  void read_sparql(const codec::Term& value);
  void note_unknown();
  Constraint& add(Component component, TermId term = kNoTerm);
  bool flag(std::string_view parameter) const;

  ShapeSource& source_;
  const codec::Term& node_;
  ShapeNumber number_;
  std::vector<NotEvaluated>& not_evaluated_;
  std::vector<Constraint> constraints_;
};

// The class of a query that selects its focus node when the graph holds no instance of that class; nothing
// for any other query.
std::optional<std::string> class_that_must_exist(std::string_view query);

}  // namespace gateway::shacl
