// RDF datasets: N-Quads (RDF 1.1 N-Quads) and what is common to all formats.
#include "gateway/codec/rdf_dataset.h"
#include "gateway/codec/rdf_names.h"

namespace gateway::codec {

void Dataset::add(Quad quad) {
  Graph& graph = quad.graph ? named[*quad.graph] : main;
  graph.add(std::move(quad.triple));
}

std::vector<Quad> quads_of(const Dataset& dataset) {
  std::vector<Quad> quads;
  for (const Triple& triple : dataset.main.triples()) quads.push_back({triple, std::nullopt});
  for (const auto& [name, graph] : dataset.named)
    for (const Triple& triple : graph.triples()) quads.push_back({triple, name});
  return quads;
}

std::string write_nquads(const Dataset& dataset) {
  std::string out;
  for (const Triple& triple : dataset.main.triples()) append_statement(out, triple, nullptr);
  for (const auto& [name, graph] : dataset.named)
    for (const Triple& triple : graph.triples()) append_statement(out, triple, &name);
  return out;
}

Result<std::string> write_dataset(const Dataset& dataset, RdfFormat format, const Prefixes& prefixes) {
  TRY_VOID(check_terms(dataset.main));
  for (const auto& [name, graph] : dataset.named) TRY_VOID(check_terms(graph));
  switch (format) {
    case RdfFormat::TriG:
      return write_trig(dataset, prefixes);
    case RdfFormat::NQuads:
      return write_nquads(dataset);
    case RdfFormat::JsonLd:
      return write_jsonld(dataset, prefixes);
    default:
      break;
  }
  if (!dataset.named.empty())
    return fail(ErrorCode::NotSupported,
                "named graphs cannot be written as " + std::string(media_type_of(format)));
  return write_rdf(dataset.main, format, prefixes);
}

}  // namespace gateway::codec
