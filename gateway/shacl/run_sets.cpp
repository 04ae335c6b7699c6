// Constraints that look at all value nodes together, at other properties, or at other shapes (W3C SHACL
// sections 4.2, 4.4.5, 4.5, 4.7, 4.8).
#include <algorithm>
#include <map>

#include "gateway/shacl/run.h"
#include "gateway/shacl/value_space.h"

namespace gateway::shacl {

// False for those that are asked of each value by itself.
bool Run::evaluate_sets(Check& check, const Constraint& constraint) {
  switch (constraint.component) {
    case Component::MinCount:
    case Component::MaxCount:
      count_values(check, constraint);
      return true;
    case Component::QualifiedMinCount:
    case Component::QualifiedMaxCount:
      count_qualified(check, constraint);
      return true;
    case Component::UniqueLang:
      unique_languages(check, constraint);
      return true;
    case Component::Equals:
      equal_sets(check, constraint);
      return true;
    case Component::Disjoint:
      disjoint_sets(check, constraint);
      return true;
    case Component::LessThan:
    case Component::LessThanOrEquals:
      ordered_sets(check, constraint);
      return true;
    case Component::HasValue:
      if (std::find(check.values.begin(), check.values.end(), constraint.term) == check.values.end())
        refuse(check, constraint);
      return true;
    case Component::Closed:
      closed_node(check, constraint);
      return true;
    case Component::Node:
      node_shape(check, constraint);
      return true;
    case Component::Property:
      properties(check, constraint);
      return true;
    case Component::SPARQL:
      graph_has(check, constraint);
      return true;
    default:
      return false;
  }
}

void Run::count_values(Check& check, const Constraint& constraint) {
  const bool least = constraint.component == Component::MinCount;
  const std::size_t count = check.values.size();
  if (least ? count < constraint.count : count > constraint.count) refuse(check, constraint);
}

// Section 4.7.3.
void Run::count_qualified(Check& check, const Constraint& constraint) {
  const auto siblings = std::span(constraint.shapes).subspan(1);
  const auto count = std::count_if(check.values.begin(), check.values.end(), [&](TermId value) {
    if (!conforms(constraint.shapes[0], value)) return false;
    return std::none_of(siblings.begin(), siblings.end(),
                        [&](ShapeId other) { return conforms(other, value); });
  });
  const bool least = constraint.component == Component::QualifiedMinCount;
  const auto found = static_cast<std::uint64_t>(count);
  if (least ? found < constraint.count : found > constraint.count) refuse(check, constraint);
}

// Section 4.4.5: one row for each language that comes twice.
void Run::unique_languages(Check& check, const Constraint& constraint) {
  std::map<std::string_view, std::size_t> count;
  for (const TermId value : check.values)
    if (const std::string& language = data_.terms().at(value).language; !language.empty())
      if (++count[language] == 2) refuse(check, constraint);
}

// Section 4.5.1: a row for each value that only one side has.
void Run::equal_sets(Check& check, const Constraint& constraint) {
  const std::vector<TermId> others = objects(check.focus, constraint.term);
  const std::unordered_set<TermId> left(check.values.begin(), check.values.end());
  const std::unordered_set<TermId> right(others.begin(), others.end());
  for (const TermId value : check.values)
    if (!right.contains(value)) refuse(check, constraint, value);
  for (const TermId value : others)
    if (!left.contains(value)) refuse(check, constraint, value);
}

void Run::disjoint_sets(Check& check, const Constraint& constraint) {
  for (const TermId value : check.values)
    if (spend(1) && data_.contains(check.focus, constraint.term, value)) refuse(check, constraint, value);
}

// Sections 4.5.3, 4.5.4: a row for each pair that is not in order.
void Run::ordered_sets(Check& check, const Constraint& constraint) {
  const bool equal_too = constraint.component == Component::LessThanOrEquals;
  const auto others = objects(check.focus, constraint.term);
  for (const TermId value : check.values) {
    if (!spend(others.size())) return;
    for (const TermId other : others) {
      const auto order = compare_literals(data_.terms().at(value), data_.terms().at(other));
      if (!order || *order > 0 || (*order == 0 && !equal_too)) refuse(check, constraint, value);
    }
  }
}

// Section 4.8.1: the row points at the predicate that is one too many.
void Run::closed_node(Check& check, const Constraint& constraint) {
  for (const TermId node : check.values)
    for (const auto& layer : data_.layers())
      for (const IdTriple& triple : layer->of_subject(node)) {
        if (!spend(1)) return;
        if (std::binary_search(constraint.terms.begin(), constraint.terms.end(), triple.p)) continue;
        Row* row = refuse(check, constraint, triple.o);
        if (!row) continue;
        const std::string& iri = data_.terms().at(triple.p).text;
        row->path = std::make_shared<const Path>(Path{Path::Kind::Predicate, iri, triple.p, {}});
      }
}

// Section 4.7.1. Why a node does not conform is worth showing, once: rows of rows are not.
void Run::node_shape(Check& check, const Constraint& constraint) {
  for (const TermId value : check.values) {
    if (failed_ || check.done() || !spend(1)) return;
    for (const ShapeId shape : constraint.shapes) {
      if (conforms(shape, value)) continue;
      Row* row = refuse(check, constraint, value);
      if (!row || check.rows != &report_.rows) continue;
      std::vector<Row> details;
      validate(shape, value, &details);
      row->details = std::move(details);
    }
  }
}

// Section 4.7.2: the rows of a property shape stand for themselves.
void Run::properties(Check& check, const Constraint& constraint) {
  for (const TermId value : check.values)
    for (const ShapeId shape : constraint.shapes) {
      if (failed_ || check.done()) return;
      const bool met = check.rows ? validate(shape, value, check.rows) : conforms(shape, value);
      if (!met) check.met = false;
    }
}

// The one rule of SPARQL that is understood: some node of the graph must be an instance of the class.
void Run::graph_has(Check& check, const Constraint& constraint) {
  std::vector<TermId> instances;
  data_.subjects(type_, constraint.term, instances);
  if (instances.empty()) refuse(check, constraint, check.focus);
}

}  // namespace gateway::shacl
