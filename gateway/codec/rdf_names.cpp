#include "gateway/codec/rdf_names.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/rdf_iri.h"

namespace gateway::codec {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digit(c) || c == '_' || c == '-';
}

bool plain_start(char c, bool digit_first) { return c != '-' && (digit_first || !digit(c)); }

void visit_iris(const Graph& graph, const auto& use) {
  for (const Triple& triple : graph.triples())
    for (const Term* term : {&triple.subject, &triple.predicate, &triple.object}) {
      if (term->kind == Term::Kind::Iri) use(term->text);
      if (term->kind == Term::Kind::Literal) use(term->datatype);
    }
}

// A blank node as an object.
struct Use {
  std::size_t count = 0;
  const Term* parent = nullptr;  // the subject of the last use
  enum class State : std::uint8_t { Unknown, OnPath, Free, OnCycle } state = State::Unknown;
};
using Uses = std::map<Term, Use>;

// Whether following single references from here ends; marks all that were met on the way, so that the whole
// graph is walked once.
bool ends(Uses& uses, Use& from) {
  std::vector<Use*> path;
  Use* at = &from;
  while (at && at->state == Use::State::Unknown) {
    at->state = Use::State::OnPath;
    path.push_back(at);
    const auto parent = uses.find(*at->parent);
    at = parent != uses.end() && parent->second.count == 1 ? &parent->second : nullptr;
  }
  const bool cycle = at && at->state != Use::State::Free;
  for (Use* use : path) use->state = cycle ? Use::State::OnCycle : Use::State::Free;
  return from.state == Use::State::Free;
}

void append_escape(std::string& out, char c) {
  static constexpr std::string_view kPlain = "\b\t\n\f\r\"\\", kForms = "btnfr\"\\";
  static constexpr char kHex[] = "0123456789ABCDEF";
  out += '\\';
  if (const auto at = kPlain.find(c); at != std::string_view::npos)
    out += kForms[at];
  else
    out.append("u00").append(1, kHex[static_cast<unsigned char>(c) >> 4]).append(1, kHex[c & 15]);
}

bool escaped(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7F; }

Error unwritable(const Term& term, const char* what) {
  return fail(ErrorCode::NotSupported, what, term.text.substr(0, 200));
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto stop =
        static_cast<std::size_t>(std::find_if(text.begin(), text.end(), escaped) - text.begin());
    out += text.substr(0, stop);
    if (stop == text.size()) break;
    append_escape(out, text[stop]);
    text.remove_prefix(stop + 1);
  }
  out += '"';
}

void append_term(std::string& out, const Term& term) {
  switch (term.kind) {
    case Term::Kind::Iri:
      out.append("<").append(term.text).append(">");
      return;
    case Term::Kind::Blank:
      out.append("_:").append(term.text);
      return;
    case Term::Kind::Literal:
      break;
  }
  append_quoted(out, term.text);
  if (!term.language.empty())
    out.append("@").append(term.language);
  else if (term.datatype != kXsdString)
    out.append("^^<").append(term.datatype).append(">");
}

void append_statement(std::string& out, const Triple& triple, const Term* graph) {
  append_term(out, triple.subject);
  out += ' ';
  append_term(out, triple.predicate);
  out += ' ';
  append_term(out, triple.object);
  if (graph) append_term(out += ' ', *graph);
  out += " .\n";
}

Result<void> check_terms(const Graph& graph) {
  for (const Triple& triple : graph.triples()) {
    if (triple.predicate.kind != Term::Kind::Iri)
      return unwritable(triple.predicate, "a predicate is no IRI");
    if (triple.subject.kind == Term::Kind::Literal)
      return unwritable(triple.subject, "a subject is a literal");
    for (const Term* term : {&triple.subject, &triple.predicate, &triple.object}) {
      const std::string& name = term->kind == Term::Kind::Literal ? term->datatype : term->text;
      if (term->kind != Term::Kind::Blank && !is_whole_iri(name))
        return unwritable(*term, "an IRI is relative or holds a forbidden character");
      if (term->kind == Term::Kind::Literal && !is_utf8(term->text))
        return unwritable(*term, "a literal is not UTF-8");
    }
  }
  return {};
}

std::optional<std::pair<std::string_view, std::string_view>> shorten(std::string_view iri,
                                                                     const Prefixes& prefixes,
                                                                     bool digit_first) {
  std::size_t cut = iri.size();  // the local name lies behind
  while (cut > 0 && name_char(iri[cut - 1])) --cut;
  const Prefixes::value_type* best = nullptr;
  for (const auto& entry : prefixes) {
    const std::size_t size = entry.second.size();
    if (size >= cut && size < iri.size() && (!best || size > best->second.size()) &&
        iri.starts_with(entry.second) && plain_start(iri[size], digit_first))
      best = &entry;
  }
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
    const auto name = shorten(text, prefixes, digit_first);
    if (name && !used.contains(name->first)) used.emplace(*prefixes.find(name->first));
  });
  return used;
}

Subjects::Subjects(const Graph& graph) {
  triples_.reserve(graph.size());
  for (const Triple& triple : graph.triples()) triples_.push_back(&triple);
  for (std::size_t from = 0, to = 0; from < triples_.size(); from = to) {
    const Term& subject = triples_[from]->subject;
    while (to < triples_.size() && triples_[to]->subject == subject) ++to;
    blocks_.push_back({&subject, std::span(triples_).subspan(from, to - from)});
  }
}

std::span<const Triple* const> Subjects::of(const Term& subject) const {
  const auto at =
      std::lower_bound(blocks_.begin(), blocks_.end(), subject,
                       [](const Block& block, const Term& term) { return *block.subject < term; });
  if (at == blocks_.end() || *at->subject != subject) return {};
  return at->triples;
}

std::set<Term> nestable(const Subjects& subjects) {
  Uses uses;
  for (const auto& [subject, triples] : subjects)
    for (const Triple* triple : triples)
      if (triple->object.kind == Term::Kind::Blank) {
        Use& use = uses[triple->object];
        ++use.count;
        use.parent = &triple->subject;
      }
  std::set<Term> found;
  for (auto& [node, use] : uses)
    if (use.count == 1 && ends(uses, use)) found.insert(node);
  return found;
}

}  // namespace gateway::codec
