// Value spaces of XML Schema datatypes: whether a lexical form is of its type (XSD 1.1 part 2 section 3), and
// which of two literals is less (SPARQL 1.1 section 17.3, which sh:lessThan and sh:minInclusive refer to).
//
// Numbers are compared exactly, digit by digit, but for xsd:float and xsd:double. Pure functions;
// thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/codec/rdf.h"

namespace gateway::shacl {

// True for datatypes that are not known here: nothing can be said against them.
bool is_lexical_form(std::string_view text, std::string_view datatype);

// -1, 0 or 1; nothing when the two cannot be compared: other kinds, ill-formed ones, a time with a zone
// against one without that lies too near.
std::optional<int> compare_literals(const codec::Term& a, const codec::Term& b);

}  // namespace gateway::shacl
