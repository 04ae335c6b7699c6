// Internal to the compact tables: their lines, terms and property paths.
//
// Views live as long as the text. One object per thread. Error: ProfileInvalid with file:line.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/codec/rdf.h"

namespace gateway::shacl {

struct TableLine {
  std::size_t depth = 0;                 // leading tabs
  std::vector<std::string_view> fields;  // at least one
};

class TableText {
 public:
  TableText(std::string_view text, std::string_view file) : rest_(text), file_(file) {}

  // The next line that is neither empty, nor a comment, nor a prefix; null at the end. Good until next().
  Result<const TableLine*> next();
  // Gives the same line again.
  void back() { again_ = true; }
  Error fault(std::string what) const;

  // `skos:Concept`, `<iri>`, `"text"@en`, `"1"^^xsd:integer`, `12`, `true`; a bare word is of SHACL.
  Result<codec::Term> term(std::string_view text) const;
  // `a/b`, `a|b`, `^a`, `(a|b)*`: adds the triples of a path that is no predicate; `blanks` numbers nodes.
  Result<codec::Term> path(std::string_view text, codec::Graph& graph, std::size_t& blanks) const;

 private:
  Result<codec::Term> literal(std::string_view text) const;
  Result<std::string> iri(std::string_view text) const;

  std::string_view rest_, file_;
  std::size_t number_ = 0;
  bool again_ = false;
  TableLine line_;
  std::map<std::string, std::string, std::less<>> prefixes_;
};

}  // namespace gateway::shacl
