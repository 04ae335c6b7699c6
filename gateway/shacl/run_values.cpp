// Constraints that look at each value node by itself (W3C SHACL sections 4.1, 4.3, 4.4, 4.8).
#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/shacl/run.h"
#include "gateway/shacl/value_space.h"

namespace gateway::shacl {
namespace {

using Kind = codec::Term::Kind;

std::uint64_t kind_of(const codec::Term& term) {
  return term.kind == Kind::Blank ? kBlankNodes : term.kind == Kind::Iri ? kIris : kLiterals;
}

// Characters, not bytes.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

void Run::evaluate(Check& check, const Constraint& constraint) {
  if (evaluate_sets(check, constraint)) return;
  for (const TermId value : check.values) {
    if (failed_ || check.done() || !spend(1)) return;
    if (!value_is_met(constraint, value)) refuse(check, constraint, value);
  }
}

bool Run::value_is_met(const Constraint& constraint, TermId value) {
  const codec::Term& term = data_.terms().at(value);
  switch (constraint.component) {
    case Component::Class:
      return term.kind != Kind::Literal && is_instance(value, constraint.term);
    case Component::Datatype:
      return term.kind == Kind::Literal && term.datatype == data_.terms().at(constraint.term).text &&
             is_lexical_form(term.text, term.datatype);
    case Component::NodeKind:
      return (kind_of(term) & constraint.count) != 0;
    case Component::MinExclusive:
    case Component::MinInclusive:
    case Component::MaxExclusive:
    case Component::MaxInclusive:
      return is_compared(constraint, value);
    case Component::MinLength:
    case Component::MaxLength:
      return has_length(constraint, value);
    case Component::Pattern:
      return matches(constraint, value);
    case Component::LanguageIn:
      return has_language(constraint, value);
    case Component::In:
      return std::binary_search(constraint.terms.begin(), constraint.terms.end(), value);
    default:
      return logic_is_met(constraint, value);
  }
}

// Section 4.3: what cannot be compared is not met.
bool Run::is_compared(const Constraint& constraint, TermId value) {
  const auto order = compare_literals(data_.terms().at(value), data_.terms().at(constraint.term));
  if (!order) return false;
  switch (constraint.component) {
    case Component::MinExclusive:
      return *order > 0;
    case Component::MinInclusive:
      return *order >= 0;
    case Component::MaxExclusive:
      return *order < 0;
    default:
      return *order <= 0;
  }
}

bool Run::has_length(const Constraint& constraint, TermId value) {
  const codec::Term& term = data_.terms().at(value);
  if (term.kind == Kind::Blank) return false;
  const std::size_t length = length_of(term.text);
  return constraint.component == Component::MinLength ? length >= constraint.count
                                                      : length <= constraint.count;
}

// Section 4.4.3.
bool Run::matches(const Constraint& constraint, TermId value) {
  const codec::Term& term = data_.terms().at(value);
  if (term.kind == Kind::Blank) return false;
  const auto found = constraint.regex->find(term.text, steps_);
  if (!found && !failed_) failed_ = found.error();
  return found && *found;
}

// Section 4.4.4: basic filtering of RFC 4647, so "en" takes "en-GB".
bool Run::has_language(const Constraint& constraint, TermId value) {
  const std::string& language = data_.terms().at(value).language;
  if (language.empty()) return false;
  return std::any_of(constraint.languages.begin(), constraint.languages.end(), [&](const std::string& range) {
    return range == "*" || (language.starts_with(range) &&
                            (language.size() == range.size() || language[range.size()] == '-'));
  });
}

// Section 4.6. A node that conforms to one branch need not be held against the others, but for sh:xone.
bool Run::logic_is_met(const Constraint& constraint, TermId value) {
  const auto meets = [&](ShapeId shape) { return conforms(shape, value); };
  const auto& shapes = constraint.shapes;
  switch (constraint.component) {
    case Component::Not:
      return std::none_of(shapes.begin(), shapes.end(), meets);
    case Component::And:
      return std::all_of(shapes.begin(), shapes.end(), meets);
    case Component::Or:
      return std::any_of(shapes.begin(), shapes.end(), meets);
    case Component::Xone:
      return std::count_if(shapes.begin(), shapes.end(), meets) == 1;
    default:
      return true;
  }
}

}  // namespace gateway::shacl
