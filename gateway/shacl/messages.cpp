#include "gateway/shacl/messages.h"

namespace gateway::shacl {
namespace {

constexpr std::size_t kMostNamed = 8;

// A term as a person would write it: the usual prefixes for IRIs, quotes for texts.
std::string name_of(const codec::Term& term) {
  if (term.kind != codec::Term::Kind::Iri) return "\"" + term.text + "\"";
  return to_text(Path{Path::Kind::Predicate, term.text, kNoTerm, {}}, usual_prefixes());
}

std::string values(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " value" : " values");
}

std::string named(const std::vector<TermId>& ids, const TermTable& terms) {
  std::string text;
  for (std::size_t i = 0; i < ids.size() && i < kMostNamed; ++i)
    text += (i == 0 ? "" : ", ") + name_of(terms.at(ids[i]));
  if (ids.size() > kMostNamed) text += " and " + std::to_string(ids.size() - kMostNamed) + " more";
  return text;
}

std::string kinds(std::uint64_t kinds) {
  std::string text;
  const auto add = [&](std::uint64_t kind, const char* name) {
    if (kinds & kind) text += (text.empty() ? "" : " or ") + std::string(name);
  };
  add(kIris, "an IRI");
  add(kBlankNodes, "a blank node");
  add(kLiterals, "a literal");
  return text;
}

std::string languages(const Constraint& constraint) {
  std::string text;
  for (const std::string& language : constraint.languages) text += (text.empty() ? "" : ", ") + language;
  return text;
}

}  // namespace

std::string message_of(const Constraint& constraint, std::size_t count, const TermTable& terms) {
  const std::string limit = constraint.term == kNoTerm ? std::string() : name_of(terms.at(constraint.term));
  const std::string number = std::to_string(constraint.count);
  switch (constraint.component) {
    case Component::Class:
      return "The value is not known to be of the class " + limit;
    case Component::Datatype:
      return "The value is no well-formed literal of the type " + limit;
    case Component::NodeKind:
      return "The value must be " + kinds(constraint.count);
    case Component::MinCount:
      return "At least " + values(constraint.count) + " needed, " + std::to_string(count) + " found";
    case Component::MaxCount:
      return "At most " + values(constraint.count) + " allowed, " + std::to_string(count) + " found";
    case Component::MinExclusive:
      return "The value must be greater than " + limit;
    case Component::MinInclusive:
      return "The value must be " + limit + " or greater";
    case Component::MaxExclusive:
      return "The value must be less than " + limit;
    case Component::MaxInclusive:
      return "The value must be " + limit + " or less";
    case Component::MinLength:
      return "The value must have at least " + number + " characters";
    case Component::MaxLength:
      return "The value must have at most " + number + " characters";
    case Component::Pattern:
      return "The value must match the pattern " + limit;
    case Component::LanguageIn:
      return "The language of the value must be one of " + languages(constraint);
    case Component::UniqueLang:
      return "A language is used by two values";
    case Component::Equals:
      return "The values must be those of " + limit;
    case Component::Disjoint:
      return "The value must not be one of " + limit;
    case Component::LessThan:
      return "The value must be less than " + limit;
    case Component::LessThanOrEquals:
      return "The value must not be greater than " + limit;
    case Component::Not:
      return "The value meets a shape that it must not meet";
    case Component::And:
      return "The value does not meet all of the shapes that it must meet";
    case Component::Or:
      return "The value meets none of the shapes of which it must meet one";
    case Component::Xone:
      return "The value must meet exactly one of several shapes";
    case Component::Node:
      return "The value does not meet the shape that is asked of it";
    case Component::QualifiedMinCount:
      return "Fewer than " + values(constraint.count) + " meet what is asked";
    case Component::QualifiedMaxCount:
      return "More than " + values(constraint.count) + " meet what is asked";
    case Component::Closed:
      return "The property is not allowed here";
    case Component::HasValue:
      return "The value " + limit + " is missing";
    case Component::In:
      return "The value is none of " + named(constraint.terms, terms);
    case Component::SPARQL:
      return "The document must describe at least one " + limit;
    case Component::Property:
      break;
  }
  return "The value is not valid";
}

}  // namespace gateway::shacl
