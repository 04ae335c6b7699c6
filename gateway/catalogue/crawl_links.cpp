#include "gateway/catalogue/crawl_links.h"

#include <array>
#include <set>

#include "gateway/base/text.h"
#include "mappers/dcat/vocabulary.h"

namespace gateway::catalogue {
namespace {

using codec::Graph;
using codec::Term;
using mappers::dcat::expand;

constexpr std::string_view kHydra = "http://www.w3.org/ns/hydra/core#";

struct Step {
  std::string_view property, kind;
};
constexpr std::array kSteps = {
    Step{"fdp:metadataCatalog", "catalog"}, Step{"dcat:catalog", "catalog"},
    Step{"dcat:dataset", "dataset"},        Step{"dcat:distribution", "distribution"},
    Step{"dcat:service", "service"},        Step{"dcat:seriesMember", "dataset"},
    Step{"ldp:contains", "other"},
};

std::string hydra(std::string_view name) { return std::string(kHydra) + std::string(name); }

bool has_type(const Graph& graph, const Term& node, std::string_view type) {
  for (const Term& each : graph.objects(node, expand("rdf:type")))
    if (each.text == type) return true;
  return false;
}

}  // namespace

std::string origin_of(std::string_view address) {
  const std::string head = lower(address.substr(0, 8));
  const std::size_t from = head.starts_with("https://") ? 8 : head.starts_with("http://") ? 7 : 0;
  if (from == 0 || address.size() == from) return {};
  return lower(address.substr(0, address.find_first_of("/?#", from)));
}

std::string resolve(const std::string& base, std::string_view reference) {
  if (!origin_of(reference).empty()) return std::string(reference);
  if (reference.starts_with("//")) return base.substr(0, base.find(':') + 1) + std::string(reference);
  if (reference.starts_with('/')) return origin_of(base) + std::string(reference);
  const std::string path = base.substr(0, base.find_first_of("?#"));
  if (reference.starts_with('?') || reference.empty()) return path + std::string(reference);
  return path.substr(0, path.rfind('/') + 1) + std::string(reference);
}

// A document that holds a whole list is no reason to ask for each of its members once more: what a graph
// describes with a title is known.
std::vector<Link> links_of(const Graph& graph) {
  const bool feed = !next_pages(graph).empty() ||
                    !graph.subjects(expand("rdf:type"), codec::iri(hydra("PagedCollection"))).empty();
  std::vector<Link> links;
  for (const Step& step : kSteps) {
    if (feed && step.kind != "catalog") continue;
    const std::string property = expand(step.property);
    for (const auto& triple : graph.triples())
      if (triple.predicate.text == property && triple.object.kind == Term::Kind::Iri)
        links.push_back({triple.object.text, std::string(step.kind)});
  }
  return links;
}

std::vector<std::string> next_pages(const Graph& graph) {
  std::vector<std::string> pages;
  for (const auto& triple : graph.triples())
    if (triple.predicate.text == hydra("next") || triple.predicate.text == hydra("nextPage"))
      pages.push_back(triple.object.text);
  return pages;
}

std::string kind_of(const Graph& graph, const std::string& address, const std::string& expected) {
  for (const char* type : {"PagedCollection", "PartialCollectionView"})
    if (!graph.subjects(expand("rdf:type"), codec::iri(hydra(type))).empty()) return "feed";
  const Term node = codec::iri(address);
  if (has_type(graph, node, expand("fdp:FAIRDataPoint")) ||
      has_type(graph, node, expand("fdp:MetadataService")))
    return "root";
  for (const auto& [type, kind] :
       {std::pair{"dcat:Catalog", "catalog"}, std::pair{"dcat:Distribution", "distribution"},
        std::pair{"dcat:Dataset", "dataset"}, std::pair{"dcat:DatasetSeries", "dataset"},
        std::pair{"dcat:DataService", "service"}})
    if (has_type(graph, node, expand(type))) return kind;
  return expected;
}

Graph around(const Term& node, std::span<const Graph* const> graphs) {
  Graph found;
  std::set<Term> seen = {node};
  std::vector<Term> pending = {node};
  while (!pending.empty()) {
    const Term at = pending.back();
    pending.pop_back();
    for (const Graph* graph : graphs) {
      const auto& triples = graph->triples();
      for (auto each = triples.lower_bound({at, {}, {}}); each != triples.end() && each->subject == at;
           ++each) {
        found.add(each->subject, each->predicate.text, each->object);
        if (each->object.kind == Term::Kind::Literal || each->predicate.text == expand("dct:isPartOf"))
          continue;
        if (has_type(*graph, each->object, expand("dcat:Dataset"))) continue;
        if (seen.insert(each->object).second) pending.push_back(each->object);
      }
    }
  }
  return found;
}

}  // namespace gateway::catalogue
