// Common to the fuzz targets of the readers of RDF: what was read must survive every writer and keep its
// canonical form.
#pragma once

#include <cstdlib>
#include <string_view>

#include "gateway/codec/rdf_canonical.h"
#include "gateway/codec/rdf_dataset.h"

namespace fuzz {

inline constexpr std::size_t kCalls = 2'000;

inline int read_write_read(std::string_view text, gateway::codec::RdfFormat format) {
  using namespace gateway::codec;
  const auto dataset =
      parse_dataset(text, format, "http://base.example/", {.max_bytes = 1 << 20, .max_triples = 2'000});
  if (!dataset) {
    if (dataset.error().message.empty()) std::abort();
    return 0;
  }
  const auto canonical = canonical_nquads(quads_of(*dataset), kCalls);
  for (const RdfFormat other : {RdfFormat::Turtle, RdfFormat::TriG, RdfFormat::NTriples, RdfFormat::NQuads,
                                RdfFormat::RdfXml, RdfFormat::JsonLd}) {
    const auto written = write_dataset(*dataset, other, {{"b", "http://base.example/"}, {"e", "http://e/"}});
    if (!written) {
      if (other == RdfFormat::TriG || other == RdfFormat::NQuads || other == RdfFormat::JsonLd) std::abort();
      continue;
    }
    const auto again = parse_dataset(*written, other);
    if (!again || quads_of(*again).size() != quads_of(*dataset).size()) std::abort();
    if (!canonical) continue;
    const auto same = canonical_nquads(quads_of(*again), kCalls * 4);
    if (!same || *same != *canonical) std::abort();
  }
  return 0;
}

}  // namespace fuzz
