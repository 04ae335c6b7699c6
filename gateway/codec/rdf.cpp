#include "gateway/codec/rdf.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/rdf_iri.h"
#include "gateway/codec/rdf_names.h"

namespace gateway::codec {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }

// Length of the well-formed UTF-8 sequence at the start, or 0.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return length <= text.size() && is_utf8(text.substr(0, length)) ? length : 0;
}

// XML 1.0 production 2 (Char), for a well-formed sequence.
bool xml_char(std::string_view sequence) {
  if (sequence.size() == 1) {
    const auto c = static_cast<unsigned char>(sequence[0]);
    return c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
  }
  return sequence != "\xEF\xBF\xBE" && sequence != "\xEF\xBF\xBF";
}

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    out += length && xml_char(text.substr(0, length)) ? text.substr(0, length) : kReplacement;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace

Term iri(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  Term term;
  const bool utf8 = is_utf8(text);
  for (const char c : text) {
    if (outside_iri(c) || (!utf8 && static_cast<unsigned char>(c) >= 0x80))
      term.text.append("%").append(1, kHex[static_cast<unsigned char>(c) >> 4]).append(1, kHex[c & 15]);
    else
      term.text += c;
  }
  return term;
}

Term blank(std::string_view label) {
  Term term{.kind = Term::Kind::Blank, .text = {}, .datatype = {}, .language = {}};
  for (const char c : label) term.text += alpha(c) || digit(c) ? c : '_';
  if (term.text.empty() || !alpha(term.text[0])) term.text.insert(0, 1, 'b');
  return term;
}

Term literal(std::string_view text, std::string_view datatype) {
  return {.kind = Term::Kind::Literal, .text = clean(text), .datatype = iri(datatype).text, .language = {}};
}

Term text_in(std::string_view text, std::string_view language) {
  if (language.empty()) return literal(text);
  return {.kind = Term::Kind::Literal,
          .text = clean(text),
          .datatype = std::string(kLangString),
          .language = lower(language)};
}

bool is_absolute_iri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !alpha(text[0]) || !is_utf8(text)) return false;
  const auto scheme = text.substr(0, colon);
  const auto in_scheme = [](char c) { return alpha(c) || digit(c) || c == '+' || c == '-' || c == '.'; };
  return std::all_of(scheme.begin(), scheme.end(), in_scheme) && colon + 1 < text.size() &&
         std::none_of(text.begin(), text.end(), outside_iri);
}

bool is_xml_text(std::string_view text) {
  while (!text.empty()) {
    const auto plain = std::find_if(text.begin(), text.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte < 0x20 || byte >= 0xEF;
    });
    text.remove_prefix(static_cast<std::size_t>(plain - text.begin()));
    if (text.empty()) break;
    const std::size_t length = sequence_length(text);
    if (length == 0 || !xml_char(text.substr(0, length))) return false;
    text.remove_prefix(length);
  }
  return true;
}

void Graph::add(const Term& subject, std::string_view predicate, const Term& object) {
  triples_.insert({subject, iri(predicate), object});
}

void Graph::add(const Graph& other) { triples_.insert(other.triples_.begin(), other.triples_.end()); }

std::vector<Term> Graph::objects(const Term& subject, std::string_view predicate) const {
  std::vector<Term> found;
  const Term wanted = iri(predicate);
  for (auto at = triples_.lower_bound({subject, wanted, {}});
       at != triples_.end() && at->subject == subject && at->predicate == wanted; ++at)
    found.push_back(at->object);
  return found;
}

std::vector<Term> Graph::subjects(std::string_view predicate, const Term& object) const {
  std::vector<Term> found;
  for (const Triple& triple : triples_)
    if (triple.predicate.text == predicate && triple.object == object) found.push_back(triple.subject);
  return found;
}

std::string_view media_type_of(RdfFormat format) {
  switch (format) {
    case RdfFormat::Turtle:
      return "text/turtle";
    case RdfFormat::JsonLd:
      return "application/ld+json";
    case RdfFormat::RdfXml:
      return "application/rdf+xml";
    case RdfFormat::TriG:
      return "application/trig";
    case RdfFormat::NQuads:
      return "application/n-quads";
    case RdfFormat::NTriples:
      break;
  }
  return "application/n-triples";
}

// RDF 1.1 N-Triples, section 2.
std::string write_ntriples(const Graph& graph) {
  std::string out;
  for (const Triple& triple : graph.triples()) append_statement(out, triple, nullptr);
  return out;
}

Result<std::string> write_rdf(const Graph& graph, RdfFormat format, const Prefixes& prefixes,
                              std::string_view first) {
  TRY_VOID(check_terms(graph));
  switch (format) {
    case RdfFormat::Turtle:
    case RdfFormat::TriG:
      return write_turtle(graph, prefixes, first);
    case RdfFormat::JsonLd:
      return write_jsonld(graph, prefixes);
    case RdfFormat::RdfXml:
      return write_rdfxml(graph, prefixes);
    case RdfFormat::NTriples:
    case RdfFormat::NQuads:
      break;
  }
  return write_ntriples(graph);
}

}  // namespace gateway::codec
