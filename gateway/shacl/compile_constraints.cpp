#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/shacl/compile_parts.h"

namespace gateway::shacl {
namespace {

struct Parameter {
  Component component;
  std::string iri;
};

const std::vector<Parameter>& parameters() {
  static const std::vector<Parameter> all{
#define SHACL_COMPONENT(name, parameter) {Component::name, sh(parameter)},
#include "gateway/shacl/components.def"
#undef SHACL_COMPONENT
  };
  return all;
}

// Terms of the SHACL namespace that say nothing about validity by themselves, or that others here read; and
// two that official files use by mistake and that mean nothing.
constexpr std::string_view kSilent[] = {"path",
                                        "severity",
                                        "message",
                                        "deactivated",
                                        "targetClass",
                                        "targetNode",
                                        "targetSubjectsOf",
                                        "targetObjectsOf",
                                        "name",
                                        "description",
                                        "order",
                                        "group",
                                        "defaultValue",
                                        "flags",
                                        "ignoredProperties",
                                        "qualifiedValueShape",
                                        "qualifiedValueShapesDisjoint",
                                        "shape",
                                        "extends",
                                        "declare",
                                        "prefixes",
                                        "shapesGraph",
                                        "suggestedShapesGraph"};

bool is_silent(std::string_view name) {
  return std::find(std::begin(kSilent), std::end(kSilent), name) != std::end(kSilent);
}

// sh:BlankNodeOrIRI and the like (section 4.1.3).
std::uint64_t node_kinds(std::string_view iri) {
  const std::string_view name = iri.starts_with(kShacl) ? iri.substr(kShacl.size()) : std::string_view();
  if (name == "BlankNode") return kBlankNodes;
  if (name == "IRI") return kIris;
  if (name == "Literal") return kLiterals;
  if (name == "BlankNodeOrIRI") return kBlankNodes | kIris;
  if (name == "BlankNodeOrLiteral") return kBlankNodes | kLiterals;
  if (name == "IRIOrLiteral") return kIris | kLiterals;
  return 0;
}

// Those that a node shape cannot have (sections 4.2, 4.4.5, 4.5.3, 4.5.4, 4.7.3).
bool needs_path(Component component) {
  switch (component) {
    case Component::MinCount:
    case Component::MaxCount:
    case Component::UniqueLang:
    case Component::LessThan:
    case Component::LessThanOrEquals:
    case Component::QualifiedMinCount:
    case Component::QualifiedMaxCount:
      return true;
    default:
      return false;
  }
}

bool is_true(const codec::Term& value) { return value.text == "true" || value.text == "1"; }

}  // namespace

Result<std::vector<Constraint>> ConstraintReader::read() {
  const bool has_path = !source_.graph.objects(node_, sh("path")).empty();
  for (const Parameter& parameter : parameters()) {
    if (!has_path && needs_path(parameter.component)) {
      if (!source_.graph.objects(node_, parameter.iri).empty())
        not_evaluated_.push_back({"sh:" + parameter.iri.substr(kShacl.size()), node_, "it needs a sh:path"});
      continue;
    }
    for (const codec::Term& value : source_.graph.objects(node_, parameter.iri))
      TRY_VOID(read_parameter(parameter.component, value));
  }
  note_unknown();
  return std::move(constraints_);
}

Constraint& ConstraintReader::add(Component component, TermId term) {
  Constraint constraint{};
  constraint.component = component;
  constraint.term = term;
  return constraints_.emplace_back(std::move(constraint));
}

bool ConstraintReader::flag(std::string_view parameter) const {
  const auto values = source_.graph.objects(node_, sh(parameter));
  return std::any_of(values.begin(), values.end(), is_true);
}

Result<void> ConstraintReader::read_parameter(Component component, const codec::Term& value) {
  switch (component) {
    case Component::NodeKind:
    case Component::MinCount:
    case Component::MaxCount:
    case Component::MinLength:
    case Component::MaxLength:
      return read_count(component, value);
    case Component::Pattern:
      return read_pattern(value);
    case Component::In:
      return read_terms(value);
    case Component::LanguageIn:
      return read_languages(value);
    case Component::UniqueLang:
      if (is_true(value)) add(component);
      return {};
    case Component::Closed:
      return read_closed(value);
    case Component::Not:
    case Component::And:
    case Component::Or:
    case Component::Xone:
    case Component::Node:
    case Component::Property:
      return read_shapes(component, value);
    case Component::QualifiedMinCount:
    case Component::QualifiedMaxCount:
      return read_qualified(component, value);
    case Component::SPARQL:
      read_sparql(value);
      return {};
    default:
      add(component, source_.terms.intern(value));
      return {};
  }
}

Result<void> ConstraintReader::read_count(Component component, const codec::Term& value) {
  const bool kind = component == Component::NodeKind;
  const std::string_view digits = std::string_view(value.text).substr(value.text.starts_with('+') ? 1 : 0);
  const auto count = kind ? std::optional(node_kinds(value.text)) : parse_number<std::uint64_t>(digits);
  if (!count || (kind && *count == 0))
    return source_.fault(node_, value.text + " is no " + (kind ? "kind of node" : "number"));
  add(component, source_.terms.intern(value)).count = *count;
  return {};
}

// Section 4.4.3; the flags are those of SPARQL's REGEX.
Result<void> ConstraintReader::read_pattern(const codec::Term& value) {
  fhirpath::Regex::Flags flags;
  for (const codec::Term& text : source_.graph.objects(node_, sh("flags"))) {
    flags.ignore_case |= text.text.find('i') != std::string::npos;
    flags.multiline |= text.text.find('m') != std::string::npos;
    flags.dot_all |= text.text.find('s') != std::string::npos;
  }
  auto regex = fhirpath::Regex::compile(value.text, flags);
  if (!regex) return source_.fault(node_, "the pattern cannot be read: " + regex.error().message);
  add(Component::Pattern, source_.terms.intern(value)).regex =
      std::make_shared<const fhirpath::Regex>(std::move(*regex));
  return {};
}

Result<void> ConstraintReader::read_terms(const codec::Term& value) {
  const auto members = TRY(source_.list(node_, value));
  Constraint& constraint = add(Component::In);
  for (const codec::Term& member : members) constraint.terms.push_back(source_.terms.intern(member));
  std::sort(constraint.terms.begin(), constraint.terms.end());
  return {};
}

Result<void> ConstraintReader::read_languages(const codec::Term& value) {
  const auto members = TRY(source_.list(node_, value));
  Constraint& constraint = add(Component::LanguageIn);
  for (const codec::Term& member : members) constraint.languages.push_back(lower(member.text));
  return {};
}

Result<void> ConstraintReader::read_shapes(Component component, const codec::Term& value) {
  std::vector<codec::Term> members{value};
  if (component == Component::And || component == Component::Or || component == Component::Xone)
    members = TRY(source_.list(node_, value));
  Constraint& constraint = add(component);
  for (const codec::Term& member : members) {
    if (member.kind == codec::Term::Kind::Literal)
      return source_.fault(node_, "\"" + member.text + "\" is named as a shape");
    constraint.shapes.push_back(number_(member));
  }
  return {};
}

// Section 4.8.1: allowed are the paths of the shape's own properties, and those it says to ignore.
Result<void> ConstraintReader::read_closed(const codec::Term& value) {
  if (!is_true(value)) return {};
  Constraint closed{};
  closed.component = Component::Closed;
  for (const codec::Term& property : source_.graph.objects(node_, sh("property")))
    for (const codec::Term& path : source_.graph.objects(property, sh("path")))
      if (path.kind == codec::Term::Kind::Iri) closed.terms.push_back(source_.terms.intern(path));
  for (const codec::Term& head : source_.graph.objects(node_, sh("ignoredProperties"))) {
    const auto ignored = TRY(source_.list(node_, head));
    for (const codec::Term& predicate : ignored) closed.terms.push_back(source_.terms.intern(predicate));
  }
  std::sort(closed.terms.begin(), closed.terms.end());
  constraints_.push_back(std::move(closed));
  return {};
}

// Section 4.7.3: the siblings are the qualified shapes of all properties of the shapes that have this one.
Result<void> ConstraintReader::read_qualified(Component component, const codec::Term& value) {
  const auto shapes = source_.graph.objects(node_, sh("qualifiedValueShape"));
  const auto count = parse_number<std::uint64_t>(value.text);
  if (shapes.empty() || !count)
    return source_.fault(node_, "a qualified count needs a number and sh:qualifiedValueShape");
  const bool disjoint = flag("qualifiedValueShapesDisjoint");
  std::set<codec::Term> siblings;
  if (disjoint)
    for (const codec::Term& parent : source_.graph.subjects(sh("property"), node_))
      for (const codec::Term& property : source_.graph.objects(parent, sh("property")))
        for (const codec::Term& other : source_.graph.objects(property, sh("qualifiedValueShape")))
          siblings.insert(other);
  for (const codec::Term& shape : shapes) {
    Constraint& constraint = add(component, source_.terms.intern(shape));
    constraint.count = *count;
    constraint.flag = disjoint;
    constraint.shapes.push_back(number_(shape));
    for (const codec::Term& other : siblings)
      if (other != shape) constraint.shapes.push_back(number_(other));
  }
  return {};
}

void ConstraintReader::read_sparql(const codec::Term& value) {
  for (const codec::Term& query : source_.graph.objects(value, sh("select")))
    if (const auto wanted = class_that_must_exist(query.text)) {
      add(Component::SPARQL, source_.terms.intern_iri(*wanted));
      return;
    }
  not_evaluated_.push_back({"sh:sparql", node_, "rules written in SPARQL are not evaluated"});
}

// What a shape says in SHACL's namespace and nobody here has read: it must not pass for met.
void ConstraintReader::note_unknown() {
  const codec::Triple first{node_, {}, {}};
  const auto& all = source_.graph.triples();
  std::set<std::string> seen;
  for (auto it = all.lower_bound(first); it != all.end() && it->subject == node_; ++it) {
    const std::string& iri = it->predicate.text;
    if (!iri.starts_with(kShacl) || is_silent(std::string_view(iri).substr(kShacl.size()))) continue;
    const bool known = std::any_of(parameters().begin(), parameters().end(),
                                   [&](const Parameter& parameter) { return parameter.iri == iri; });
    if (!known && seen.insert(iri).second)
      not_evaluated_.push_back(
          {"sh:" + iri.substr(kShacl.size()), node_, "this engine knows SHACL Core only"});
  }
}

}  // namespace gateway::shacl
