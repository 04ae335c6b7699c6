// Any RDF through repair and conversion: no crash, and every statement of the source has a fate.
#include <cstdint>
#include <cstdlib>

#include "gateway/codec/rdf_read.h"
#include "mappers/dcat/convert.h"
#include "mappers/dcat/repair.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mappers::dcat;
  static const auto releases = Releases::load(SOURCE_PROFILES "/dcat");
  if (!releases || size == 0) return 0;
  const Release& release = releases->all[data[0] % releases->all.size()];
  gateway::codec::RdfLimits limits;
  limits.max_triples = 2000;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto graph = gateway::codec::parse_turtle(text, "http://example.org/", limits);
  if (!graph) return 0;
  const Repair mended = repair(*releases, *graph, release);
  const Conversion done = convert(*releases, mended.graph, release);
  const auto& report = done.report;
  if (report.kept + report.extra + report.notes.size() - report.count(Fate::Derived) != mended.graph.size())
    std::abort();
  return 0;
}
