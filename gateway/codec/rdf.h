// RDF 1.1: terms, triples, graphs, and the writers of their texts (Turtle, N-Triples, RDF/XML, JSON-LD 1.1;
// named graphs are in rdf_dataset.h, readers in rdf_read.h).
//
// A graph is a set of triples in a fixed order, so equal graphs give equal bytes in every syntax. What the
// functions below make holds only what all syntaxes can carry (UTF-8 of XML characters; absolute, escaped
// IRIs); what was read is kept as it was. Plain values: as thread-safe as any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::codec {

struct Term {
  enum class Kind : std::uint8_t { Iri, Blank, Literal };
  Kind kind = Kind::Iri;
  std::string text;      // the IRI, the label without "_:", or the lexical form
  std::string datatype;  // of literals; never empty there
  std::string language;  // lower case; not empty only with rdf:langString
  auto operator<=>(const Term&) const = default;
};

// Characters that RFC 3987 forbids are percent-encoded; the rest is taken as it is.
Term iri(std::string_view text);
Term blank(std::string_view label);
// Bytes that are not UTF-8 and characters that XML 1.0 forbids become U+FFFD.
Term literal(std::string_view text, std::string_view datatype = "http://www.w3.org/2001/XMLSchema#string");
Term text_in(std::string_view text, std::string_view language);

// Whether the text is an absolute IRI as RFC 3987 allows it: a scheme, and no forbidden character.
bool is_absolute_iri(std::string_view text);

struct Triple {
  Term subject, predicate, object;
  auto operator<=>(const Triple&) const = default;
};

class Graph {
 public:
  void add(const Term& subject, std::string_view predicate, const Term& object);
  void add(Triple triple) { triples_.insert(std::move(triple)); }
  void add(const Graph& other);
  std::size_t size() const { return triples_.size(); }
  bool empty() const { return triples_.empty(); }
  const std::set<Triple>& triples() const { return triples_; }
  // Objects of all triples with this subject and predicate, in order.
  std::vector<Term> objects(const Term& subject, std::string_view predicate) const;
  std::vector<Term> subjects(std::string_view predicate, const Term& object) const;
  bool operator==(const Graph&) const = default;

 private:
  std::set<Triple> triples_;
};

// Prefix without colon to namespace.
using Prefixes = std::map<std::string, std::string, std::less<>>;

enum class RdfFormat : std::uint8_t { Turtle, JsonLd, RdfXml, NTriples, TriG, NQuads };
std::string_view media_type_of(RdfFormat format);

// Grouped by subject, `first` before the others; blank nodes used once are nested. Only prefixes in use are
// declared.
std::string write_turtle(const Graph& graph, const Prefixes& prefixes, std::string_view first = {});
std::string write_ntriples(const Graph& graph);
// Error: NotSupported when a predicate has no XML name (RDF/XML 1.1 section 2.6 knows no other form) or a
// literal holds what XML cannot.
Result<std::string> write_rdfxml(const Graph& graph, const Prefixes& prefixes);
std::string write_jsonld(const Graph& graph, const Prefixes& prefixes);
// Error: NotSupported, too, for a term that no syntax has a place for (a literal as subject, a relative IRI).
Result<std::string> write_rdf(const Graph& graph, RdfFormat format, const Prefixes& prefixes,
                              std::string_view first = {});

}  // namespace gateway::codec
