#include "gateway/codec/rdf_names.h"

#include <algorithm>

namespace gateway::codec {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digit(c) || c == '_' || c == '-';
}

bool plain_local(std::string_view local, bool digit_first) {
  return !local.empty() && local[0] != '-' && (digit_first || !digit(local[0])) &&
         std::all_of(local.begin(), local.end(), name_char);
}

void visit_iris(const Graph& graph, const auto& use) {
  for (const Triple& triple : graph.triples())
    for (const Term* term : {&triple.subject, &triple.predicate, &triple.object}) {
      if (term->kind == Term::Kind::Iri) use(term->text);
      if (term->kind == Term::Kind::Literal) use(term->datatype);
    }
}

// Whether following single references from this blank node leads back to it.
bool on_cycle(const Term& node, const std::map<Term, const Term*>& parent_of) {
  std::set<Term> seen;
  for (const Term* at = &node; at->kind == Term::Kind::Blank;) {
    if (!seen.insert(*at).second) return true;
    const auto parent = parent_of.find(*at);
    if (parent == parent_of.end()) return false;
    at = parent->second;
  }
  return false;
}

}  // namespace

std::optional<std::pair<std::string_view, std::string_view>> shorten(std::string_view iri,
                                                                     const Prefixes& prefixes,
                                                                     bool digit_first) {
  const Prefixes::value_type* best = nullptr;
  for (const auto& entry : prefixes)
    if (iri.starts_with(entry.second) && (!best || entry.second.size() > best->second.size()) &&
        plain_local(iri.substr(entry.second.size()), digit_first))
      best = &entry;
  if (!best) return std::nullopt;
  return std::pair{std::string_view(best->first), iri.substr(best->second.size())};
}

std::size_t name_start(std::string_view iri) {
  std::size_t at = iri.size();
  while (at > 0 && name_char(iri[at - 1])) --at;
  while (at < iri.size() && (digit(iri[at]) || iri[at] == '-')) ++at;
  return at == iri.size() || at == 0 ? std::string_view::npos : at;
}

Prefixes used_prefixes(const Graph& graph, const Prefixes& prefixes, bool digit_first) {
  Prefixes used;
  visit_iris(graph, [&](std::string_view text) {
    if (const auto name = shorten(text, prefixes, digit_first)) used.emplace(*prefixes.find(name->first));
  });
  return used;
}

Subjects by_subject(const Graph& graph) {
  Subjects subjects;
  for (const Triple& triple : graph.triples()) subjects[triple.subject].push_back(&triple);
  return subjects;
}

std::set<Term> nestable(const Subjects& subjects) {
  std::map<Term, std::size_t> uses;
  std::map<Term, const Term*> parent_of;
  for (const auto& [subject, triples] : subjects)
    for (const Triple* triple : triples)
      if (triple->object.kind == Term::Kind::Blank) {
        ++uses[triple->object];
        parent_of[triple->object] = &triple->subject;
      }
  std::set<Term> found;
  for (const auto& [node, count] : uses)
    if (count == 1 && !on_cycle(node, parent_of)) found.insert(node);
  return found;
}

}  // namespace gateway::codec
