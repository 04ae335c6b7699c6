// Renders dataset definitions with the figures of the index as HealthDCAT-AP R8, and the FAIR Data Point
// around them (root, catalogue, distributions, data service; specification 1.2, LDP containers).
//
// Every node has an IRI: documents of the catalogue or fragments of them, so harvesters never meet a blank
// node and the same description has the same names in every syntax. Type statements for values from outside
// vocabularies are written too, because the shapes ask for them. Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/codec/rdf.h"
#include "gateway/model/ports.h"
#include "mappers/dcat/definition.h"
#include "mappers/dcat/profile.h"
#include "mappers/dcat/quality.h"

namespace mappers::dcat {

// What the DICOM dictionary says about a tag (0xGGGGEEEE); nothing for private and unknown attributes.
struct AttributeName {
  std::string keyword;  // "PatientSex"
  std::string name;     // "Patient's Sex"
};
using DescribeAttribute = std::function<std::optional<AttributeName>(std::uint32_t tag)>;

struct RenderContext {
  const Profile& profile;
  const CatalogueInfo& catalogue;
  const DescribeAttribute& describe;
  std::string base;      // of the catalogue, "https://host/catalogue"; no '/' at the end
  std::string dicomweb;  // the DICOMweb endpoint
};

// A dataset with everything that its description is made of.
struct DatasetView {
  DatasetDefinition definition;
  gateway::model::SelectionStatistics statistics;
  std::optional<QualityLabel> label;  // as publish() leaves it
  std::int64_t issued_us = 0;         // first published; 0: not known
  std::int64_t modified_us = 0;       // last change of definition, publication or images; 0: not known
};

std::string root_iri(std::string_view base);
std::string catalogue_iri(std::string_view base, std::string_view id);
std::string dataset_iri(std::string_view base, std::string_view id);
std::string distribution_iri(std::string_view base, std::string_view dataset,
                             std::size_t index);  // index from 0
std::string service_iri(std::string_view base);

gateway::codec::Graph root_graph(const RenderContext& context, std::span<const DatasetView> datasets);
gateway::codec::Graph catalogue_graph(const RenderContext& context, std::span<const DatasetView> datasets);
// With its distributions, agents and variables: complete by itself, as a submission has to be.
gateway::codec::Graph dataset_graph(const RenderContext& context, const DatasetView& view);
gateway::codec::Graph distribution_graph(const RenderContext& context, const DatasetView& view,
                                         std::size_t index);
gateway::codec::Graph service_graph(const RenderContext& context, std::span<const DatasetView> datasets);

// Short names for a document of the catalogue: the vocabularies, and this: for its own fragments.
gateway::codec::Prefixes document_prefixes(const RenderContext& context, std::string_view iri);
// A dataset document as text, for the command line and for files.
gateway::Result<std::string> render_dataset(const RenderContext& context, const DatasetView& view,
                                            gateway::codec::RdfFormat format);

// "2024-01-31" from a DICOM date (PS3.5 table 6.2-1 DA), or nothing when it is not one.
std::string iso_date(std::string_view dicom_date);

}  // namespace mappers::dcat
