// Internal to the RDF writers: short names and the layout of blank nodes. Thread-safe (no state).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/codec/rdf.h"

namespace gateway::codec {

inline constexpr std::string_view kRdfNamespace = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
inline constexpr std::string_view kRdfType = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
inline constexpr std::string_view kLangString = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";
inline constexpr std::string_view kXsdString = "http://www.w3.org/2001/XMLSchema#string";
inline constexpr std::string_view kXsdBoolean = "http://www.w3.org/2001/XMLSchema#boolean";

// An IRI as prefix and local name, when a prefix fits and the local name is plain ASCII [A-Za-z0-9_-]+, not
// beginning with '-' or (needed in XML) a digit. The longest namespace wins.
std::optional<std::pair<std::string_view, std::string_view>> shorten(std::string_view iri,
                                                                     const Prefixes& prefixes,
                                                                     bool digit_first);
// Where an IRI can be cut so that the rest is an XML name; npos when nowhere.
std::size_t name_start(std::string_view iri);
// The prefixes that a writer will use for these triples.
Prefixes used_prefixes(const Graph& graph, const Prefixes& prefixes, bool digit_first);

using Subjects = std::map<Term, std::vector<const Triple*>>;
Subjects by_subject(const Graph& graph);
// Blank nodes that are the object of exactly one triple and lie on no cycle: a writer may nest them.
std::set<Term> nestable(const Subjects& subjects);

}  // namespace gateway::codec
