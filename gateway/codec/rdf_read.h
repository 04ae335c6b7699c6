// Reading RDF 1.1: Turtle, N-Triples, TriG, N-Quads, RDF/XML and JSON-LD 1.1, statement by statement.
//
// Nothing is ever fetched: a JSON-LD context is in the document or one of those this program ships; any other
// is refused by name. Memory is that of the longest statement, but for JSON-LD, which is read whole. Errors:
// InvalidBody with "line N, column N" (or a JSON path) as `where`; BodyTooLarge for what exceeds a limit;
// NotSupported for a remote context. Thread-safe (no state).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/codec/rdf.h"

namespace gateway::codec {

struct RdfLimits {
  std::size_t max_bytes = 64u << 20;  // of the document; its terms together, written out, eight times that
  std::size_t max_triples = 2'000'000;
  unsigned max_depth = 64;  // nested brackets, elements, objects
};

struct Quad {
  Triple triple;
  std::optional<Term> graph;  // absent: the default graph
  auto operator<=>(const Quad&) const = default;
};
// An error of the sink ends the reading and is returned.
using QuadSink = std::function<Result<void>(Quad&&)>;

// The JSON-LD context document of this address, "@context" and all, or nullptr: then it is refused by name.
// It must stay until the reading ends.
using ContextSource = std::function<const Value*(std::string_view url)>;

// Relative IRIs are resolved against `base`; without one they are errors. Blank nodes are named anew, so
// those of two documents never meet when `blank_prefix` differs.
Result<void> read_rdf(std::string_view text, RdfFormat format, std::string_view base, const QuadSink& use,
                      const RdfLimits& limits = {}, std::string_view blank_prefix = "b",
                      const ContextSource& contexts = {});

// All statements of the default graph and of named ones as one graph.
Result<Graph> parse_rdf(std::string_view text, RdfFormat format, std::string_view base = {},
                        const RdfLimits& limits = {}, const ContextSource& contexts = {});
// Turtle and, as its subset, N-Triples.
Result<Graph> parse_turtle(std::string_view text, std::string_view base = {}, const RdfLimits& limits = {});

// By media type ("text/turtle; charset=utf-8"), by file name ("a.ttl"; ".json" and ".xml" say too little), or
// by the first bytes of a text.
std::optional<RdfFormat> format_of_media_type(std::string_view media_type);
std::optional<RdfFormat> format_of_name(std::string_view file_name);
std::optional<RdfFormat> guess_format(std::string_view text);

}  // namespace gateway::codec
