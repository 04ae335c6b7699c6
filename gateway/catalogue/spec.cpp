#include "gateway/catalogue/spec.h"

#include <array>
#include <span>

#include "gateway/base/text.h"
#include "mappers/dcat/vocabulary.h"

namespace gateway::catalogue {
namespace {

using codec::Graph;
using codec::iri;
using codec::literal;
using mappers::dcat::Access;
using mappers::dcat::expand;
using mappers::dcat::Need;
using mappers::dcat::RenderContext;

constexpr std::string_view kSh = "http://www.w3.org/ns/shacl#";
constexpr std::string_view kProf = "http://www.w3.org/ns/dx/prof/";
constexpr std::string_view kRole = "http://www.w3.org/ns/dx/prof/role/";
constexpr std::string_view kInteger = "http://www.w3.org/2001/XMLSchema#integer";

std::string in(std::string_view space, std::string_view name) {
  return std::string(space) + std::string(name);
}

// FAIR Data Point specification 1.2: metadata of each layer.
constexpr std::array<std::string_view, 5> kRoot = {"dct:title", "fdp:metadataCatalog",
                                                   "fdp:metadataIdentifier", "fdp:metadataIssued",
                                                   "fdp:metadataModified"};
constexpr std::array<std::string_view, 7> kCatalogue = {
    "dct:title",    "dct:description",    "dct:publisher",         "dcat:dataset",
    "dct:isPartOf", "dcat:themeTaxonomy", "fdp:metadataIdentifier"};
constexpr std::array<std::string_view, 3> kDistribution = {"dcat:accessURL", "dct:isPartOf",
                                                           "dcatap:applicableLegislation"};
constexpr std::array<std::string_view, 2> kService = {"dct:title", "dcat:endpointURL"};

struct Layer {
  std::string_view class_name;
  std::span<const std::string_view> properties;
};

Layer layer_of(Kind kind) {
  if (kind == Kind::Root) return {"fdp:FAIRDataPoint", kRoot};
  if (kind == Kind::Catalogue) return {"dcat:Catalog", kCatalogue};
  if (kind == Kind::Distribution) return {"dcat:Distribution", kDistribution};
  if (kind == Kind::Service) return {"dcat:DataService", kService};
  return {"dcat:Dataset", {}};
}

void add_property(Graph& graph, const std::string& shape, std::string_view property, bool mandatory) {
  std::string name(property);
  for (char& c : name)
    if (c == ':') c = '-';
  const std::string node = shape + "-" + name;
  graph.add(iri(shape), in(kSh, "property"), iri(node));
  graph.add(iri(node), expand("rdf:type"), iri(in(kSh, "PropertyShape")));
  graph.add(iri(node), in(kSh, "path"), iri(expand(property)));
  graph.add(iri(node), in(kSh, "minCount"), literal("1", kInteger));
  graph.add(iri(node), in(kSh, "severity"), iri(in(kSh, mandatory ? "Violation" : "Warning")));
}

Graph node_shape(const std::string& shape, std::string_view class_name) {
  Graph graph;
  graph.add(iri(shape), expand("rdf:type"), iri(in(kSh, "NodeShape")));
  graph.add(iri(shape), in(kSh, "targetClass"), iri(expand(class_name)));
  return graph;
}

// One shape for each access level: they demand different things.
Graph dataset_shapes(const RenderContext& context, const std::string& document) {
  Graph graph;
  for (const Access access : {Access::NonPublic, Access::Restricted, Access::Public}) {
    const std::string level(mappers::dcat::name_of(access));
    const std::string shape = document + "#" + lower(level);
    graph.add(node_shape(shape, "dcat:Dataset"));
    graph.add(iri(shape), expand("rdfs:label"),
              literal(context.profile.name + " Release " + context.profile.release + ", " + level));
    for (const auto& rule : context.profile.properties)
      if (const Need need = rule.need(access); need != Need::Optional)
        add_property(graph, shape, rule.property, need == Need::Mandatory);
  }
  return graph;
}

}  // namespace

Graph spec_graph(const RenderContext& context, Kind kind, const std::string& resource) {
  const std::string document = resource + (resource.ends_with('/') ? "spec" : "/spec");
  if (kind == Kind::Dataset) return dataset_shapes(context, document);
  const Layer layer = layer_of(kind);
  const std::string shape = document + "#shape";
  Graph graph = node_shape(shape, layer.class_name);
  for (const std::string_view property : layer.properties) add_property(graph, shape, property, true);
  return graph;
}

std::string profile_name(const RenderContext& context) {
  return lower(context.profile.name) + "-r" + context.profile.release;
}

std::string profile_iri(const RenderContext& context) {
  return context.base + "/profile/" + profile_name(context);
}

Graph profile_graph(const RenderContext& context) {
  const std::string profile = profile_iri(context);
  const std::string title = context.profile.name + " Release " + context.profile.release;
  Graph graph;
  graph.add(iri(profile), expand("rdf:type"), iri(in(kProf, "Profile")));
  graph.add(iri(profile), expand("dct:title"), codec::text_in(title, "en"));
  graph.add(iri(profile), expand("rdfs:label"), codec::text_in(title, "en"));
  graph.add(iri(profile), in(kProf, "hasToken"), literal(profile_name(context)));
  const std::string resource = profile + "#shapes";
  graph.add(iri(profile), in(kProf, "hasResource"), iri(resource));
  graph.add(iri(resource), expand("rdf:type"), iri(in(kProf, "ResourceDescriptor")));
  graph.add(iri(resource), in(kProf, "hasRole"), iri(in(kRole, "validation")));
  graph.add(iri(resource), in(kProf, "hasArtifact"), iri(profile + "/spec"));
  graph.add(dataset_shapes(context, profile + "/spec"));
  return graph;
}

}  // namespace gateway::catalogue
