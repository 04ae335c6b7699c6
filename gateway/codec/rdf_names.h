// Internal to the RDF writers: terms as N-Triples, short names, the layout of blank nodes. Thread-safe (no
// state).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/codec/rdf.h"

namespace gateway::codec {

inline constexpr std::string_view kRdfNamespace = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
inline constexpr std::string_view kRdfType = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
inline constexpr std::string_view kLangString = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";
inline constexpr std::string_view kXsdString = "http://www.w3.org/2001/XMLSchema#string";
inline constexpr std::string_view kXsdBoolean = "http://www.w3.org/2001/XMLSchema#boolean";

// `text` in quotes with the escapes of canonical N-Triples (RDFC-1.0 section 5), good in Turtle too.
void append_quoted(std::string& out, std::string_view text);
void append_term(std::string& out, const Term& term);
// With dot and line end; `graph` may be nullptr.
void append_statement(std::string& out, const Triple& triple, const Term* graph);
// Whether every term can be written: whole IRIs, literals as objects only. Error: NotSupported.
Result<void> check_terms(const Graph& graph);

// Whether UTF-8 text holds only characters that XML 1.0 can carry.
bool is_xml_text(std::string_view text);

// An IRI as prefix and local name, when a prefix fits and the local name is plain ASCII [A-Za-z0-9_-]+, not
// beginning with '-' or (needed in XML) a digit. The longest namespace wins.
std::optional<std::pair<std::string_view, std::string_view>> shorten(std::string_view iri,
                                                                     const Prefixes& prefixes,
                                                                     bool digit_first);
// Where an IRI can be cut so that the rest is an XML name; npos when nowhere.
std::size_t name_start(std::string_view iri);
// The prefixes that a writer will use for these triples.
Prefixes used_prefixes(const Graph& graph, const Prefixes& prefixes, bool digit_first);

// The statements of a graph by subject, in order. The graph must stay as it is.
class Subjects {
 public:
  struct Block {
    const Term* subject;
    std::span<const Triple* const> triples;
  };
  explicit Subjects(const Graph& graph);
  Subjects(const Subjects&) = delete;
  Subjects& operator=(const Subjects&) = delete;
  auto begin() const { return blocks_.begin(); }
  auto end() const { return blocks_.end(); }
  // Empty when there are none.
  std::span<const Triple* const> of(const Term& subject) const;

 private:
  std::vector<const Triple*> triples_;
  std::vector<Block> blocks_;
};
// Blank nodes that are the object of exactly one triple and lie on no cycle: a writer may nest them.
std::set<Term> nestable(const Subjects& subjects);

}  // namespace gateway::codec
