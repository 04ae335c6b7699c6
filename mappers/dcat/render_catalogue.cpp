// What stands around the datasets: FAIR Data Point root, catalogue, data service (FAIR Data Point
// specification 1.2, DCAT 3, LDP 1.0).
#include <algorithm>

#include "mappers/dcat/builder.h"
#include "mappers/dcat/vocabulary.h"

namespace mappers::dcat {
namespace {

std::int64_t latest(std::span<const DatasetView> datasets) {
  std::int64_t modified = 0;
  for (const DatasetView& view : datasets) modified = std::max(modified, view.modified_us);
  return modified;
}

std::int64_t earliest(std::span<const DatasetView> datasets) {
  std::int64_t issued = 0;
  for (const DatasetView& view : datasets)
    if (view.issued_us && (!issued || view.issued_us < issued)) issued = view.issued_us;
  return issued;
}

const Agent* publisher_of(const RenderContext& context, std::span<const DatasetView> datasets) {
  if (context.catalogue.publisher) return &*context.catalogue.publisher;
  for (const DatasetView& view : datasets)
    if (view.definition.publisher) return &*view.definition.publisher;
  return nullptr;
}

std::vector<std::string> members_of(const RenderContext& context, std::span<const DatasetView> datasets) {
  std::vector<std::string> members;
  for (const DatasetView& view : datasets) members.push_back(dataset_iri(context.base, view.definition.id));
  return members;
}

}  // namespace

std::string root_iri(std::string_view base) { return std::string(base) + "/"; }
std::string catalogue_iri(std::string_view base, std::string_view id) {
  return std::string(base) + "/catalog/" + std::string(id);
}
std::string dataset_iri(std::string_view base, std::string_view id) {
  return std::string(base) + "/dataset/" + std::string(id);
}
std::string distribution_iri(std::string_view base, std::string_view dataset, std::size_t index) {
  return std::string(base) + "/distribution/" + std::string(dataset) + "-" + std::to_string(index + 1);
}
std::string service_iri(std::string_view base) { return std::string(base) + "/service/dicomweb"; }

gateway::codec::Prefixes document_prefixes(const RenderContext& context, std::string_view iri) {
  gateway::codec::Prefixes table = prefixes();
  table["this"] = std::string(iri) + "#";
  table["dataset"] = dataset_iri(context.base, "");
  table["distribution"] = context.base + "/distribution/";
  return table;
}

std::string iso_date(std::string_view date) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (date.size() != 8 || !std::all_of(date.begin(), date.end(), digit)) return {};
  const auto year = date.substr(0, 4), month = date.substr(4, 2), day = date.substr(6, 2);
  if (year == "0000" || month < "01" || month > "12" || day < "01" || day > "31") return {};
  return std::string(year) + "-" + std::string(month) + "-" + std::string(day);
}

gateway::codec::Graph root_graph(const RenderContext& context, std::span<const DatasetView> datasets) {
  Builder builder(context);
  const std::string root = root_iri(context.base);
  const std::string catalogue = catalogue_iri(context.base, context.catalogue.id);
  for (const auto* name : {"fdp:FAIRDataPoint", "fdp:MetadataService", "dcat:DataService"})
    builder.type(root, name);
  builder.texts(root, "dct:title", {{"en", "FAIR Data Point of the EHDS imaging gateway"}});
  builder.texts(root, "dct:description", {{"en", "Descriptions of imaging datasets by HealthDCAT-AP."}});
  builder.link(root, "dcat:endpointURL", root);
  builder.link(root, "fdp:conformsToFdpSpec", "https://specs.fairdatapoint.org/fdp-specs-v1.2.html");
  builder.link(root, "fdp:metadataCatalog", catalogue);
  builder.metadata(root, earliest(datasets), latest(datasets));
  if (const Agent* publisher = publisher_of(context, datasets))
    builder.agent(root, "dct:publisher", root + "#publisher", *publisher);
  builder.container(root, "catalogs", "Catalogues", "fdp:metadataCatalog", {catalogue});
  return std::move(builder).graph();
}

gateway::codec::Graph catalogue_graph(const RenderContext& context, std::span<const DatasetView> datasets) {
  Builder builder(context);
  const std::string catalogue = catalogue_iri(context.base, context.catalogue.id);
  builder.type(catalogue, "dcat:Catalog");
  builder.texts(catalogue, "dct:title", context.catalogue.title);
  builder.texts(catalogue, "dct:description", context.catalogue.description);
  builder.legislation(catalogue);
  builder.link(catalogue, "dct:isPartOf", root_iri(context.base));
  builder.link(catalogue, "dcat:themeTaxonomy", context.profile.list("data-theme").scheme,
               "skos:ConceptScheme");
  builder.texts(context.profile.list("data-theme").scheme, "dct:title", {{"en", "data-theme"}});
  builder.metadata(catalogue, earliest(datasets), latest(datasets));
  builder.instant(catalogue, "dct:issued", earliest(datasets));
  builder.instant(catalogue, "dct:modified", latest(datasets));
  if (const Agent* publisher = publisher_of(context, datasets))
    builder.agent(catalogue, "dct:publisher", catalogue + "#publisher", *publisher);
  add_stated(builder, catalogue, context.catalogue.more);
  const auto members = members_of(context, datasets);
  for (const std::string& member : members) builder.link(catalogue, "dcat:dataset", member);
  builder.link(catalogue, "dcat:service", service_iri(context.base));
  add_service(builder);
  builder.container(catalogue, "datasets", "Datasets", "dcat:dataset", members);
  return std::move(builder).graph();
}

// The DICOMweb endpoint (PS3.18).
void add_service(Builder& builder) {
  const RenderContext& context = builder.context();
  const std::string service = service_iri(context.base);
  builder.type(service, "dcat:DataService");
  builder.texts(service, "dct:title", {{"en", "DICOMweb"}});
  builder.texts(service, "dct:description",
                {{"en", "Search, retrieval and metadata of images by DICOM PS3.18."}});
  builder.link(service, "dcat:endpointURL", context.dicomweb);
  builder.legislation(service);
  if (const Concept* dicom = context.profile.list("standard").find("DICOM"))
    builder.concept_of(service, "dct:conformsTo", "standard", *dicom);
}

gateway::codec::Graph service_graph(const RenderContext& context, std::span<const DatasetView> datasets) {
  Builder builder(context);
  const std::string service = service_iri(context.base);
  add_service(builder);
  builder.link(service, "dct:isPartOf", catalogue_iri(context.base, context.catalogue.id));
  for (const std::string& member : members_of(context, datasets))
    builder.link(service, "dcat:servesDataset", member);
  return std::move(builder).graph();
}

}  // namespace mappers::dcat
