// RDF datasets (RDF 1.1 Concepts section 4): a default graph and named ones, read from any syntax and written
// as TriG, N-Quads or JSON-LD. Plain values: as thread-safe as any.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/codec/rdf.h"
#include "gateway/codec/rdf_read.h"

namespace gateway::codec {

struct Dataset {
  Graph main;
  std::map<Term, Graph> named;  // by IRI or blank node
  bool operator==(const Dataset&) const = default;
  void add(Quad quad);
};

std::vector<Quad> quads_of(const Dataset& dataset);

// Errors: as read_rdf.
Result<Dataset> parse_dataset(std::string_view text, RdfFormat format, std::string_view base = {},
                              const RdfLimits& limits = {}, const ContextSource& contexts = {});

// Equal datasets give equal bytes. Blank nodes may be shared by graphs, so a node that is gets its label.
std::string write_trig(const Dataset& dataset, const Prefixes& prefixes);
std::string write_nquads(const Dataset& dataset);
// Flattened, a named graph as a node with "@graph".
std::string write_jsonld(const Dataset& dataset, const Prefixes& prefixes);
// Error: NotSupported when the format knows no named graphs and there are some, and as write_rdf.
Result<std::string> write_dataset(const Dataset& dataset, RdfFormat format, const Prefixes& prefixes);

}  // namespace gateway::codec
