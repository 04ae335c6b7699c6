// The Turtle reader on any bytes: it must answer, and what it reads must survive our writer.
#include <cstdlib>

#include "gateway/codec/rdf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway::codec;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto graph =
      parse_turtle(text, "http://base.example/", {.max_bytes = 1 << 20, .max_triples = 10'000});
  if (!graph) return 0;
  const auto again = parse_turtle(write_turtle(*graph, {}));
  if (!again || again->size() != graph->size()) std::abort();
  if (!parse_turtle(write_ntriples(*graph))) std::abort();
  (void)write_rdfxml(*graph, {});
  (void)write_jsonld(*graph, {});
  return 0;
}
