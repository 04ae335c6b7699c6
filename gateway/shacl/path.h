// Path: a SHACL property path (W3C SHACL section 2.3.1).
//
// Plain value; immutable once compiled, then shared by all who name it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/codec/rdf.h"
#include "gateway/shacl/term_table.h"

namespace gateway::shacl {

struct Path {
  enum class Kind : std::uint8_t {
    Predicate,
    Inverse,
    Sequence,
    Alternative,
    ZeroOrMore,
    OneOrMore,
    ZeroOrOne,
  };
  Kind kind = Kind::Predicate;
  std::string predicate;  // of Predicate: its IRI
  TermId id = kNoTerm;    // of Predicate: in the table of the shapes
  std::vector<Path> parts;

  bool is_predicate() const { return kind == Kind::Predicate; }
};

// As in SPARQL, with prefixes where they fit: "dcat:theme", "^dct:isPartOf", "vcard:hasURL|vcard:hasEmail".
std::string to_text(const Path& path, const codec::Prefixes& prefixes = {});
// Adds the path in its RDF form and returns its node. `blanks` numbers the nodes that are made.
codec::Term add_path(const Path& path, codec::Graph& graph, std::size_t& blanks);

}  // namespace gateway::shacl
