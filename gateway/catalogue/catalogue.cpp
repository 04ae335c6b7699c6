#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/catalogue/answer.h"
#include "gateway/catalogue/cache.h"
#include "gateway/catalogue/face.h"
#include "gateway/catalogue/spec.h"

namespace gateway::catalogue {
namespace {

using codec::Graph;
using mappers::dcat::DatasetView;
using mappers::dcat::RenderContext;

constexpr std::size_t kMaxDocuments = 512;
constexpr std::size_t kMaxDocumentBytes = 64u << 20;
constexpr std::size_t kMaxExpanded = 100;  // datasets in one document; the feed has them all
constexpr std::string_view kService = "dicomweb";

Error missing(std::string_view id) {
  return fail(ErrorCode::NotFound, "there is no such published resource", std::string(id));
}

// What root, catalogue and service say of a dataset: that it is there, and since when. Only the first has to
// be read, since it may supply the publisher.
std::vector<DatasetView> listed(const std::vector<model::DatasetRow>& rows, const DatasetView* first) {
  std::vector<DatasetView> views(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 && first) views[0].definition = first->definition;
    views[i].definition.id = rows[i].id;
    views[i].issued_us = rows[i].first_published_us;
    views[i].modified_us = std::max(rows[i].updated_us, rows[i].published_us);
  }
  return views;
}

}  // namespace

struct Catalogue::Cache {
  VersionedCache<Document> documents{kMaxDocuments, kMaxDocumentBytes};
};

// What a document is made of, and the version of all that.
struct Catalogue::Source {
  std::shared_ptr<const Published> published;
  std::vector<std::shared_ptr<const DatasetView>> views;  // counted; or the first of the list, not counted
  std::size_t distribution = 0;
  std::string version;
};

Catalogue::Catalogue(const DatasetService& datasets, const model::ImageIndex& index, const Clock& clock)
    : datasets_(datasets), clock_(clock), shelf_(datasets, index, clock), cache_(std::make_unique<Cache>()) {}
Catalogue::~Catalogue() = default;

std::string iri_of(const RenderContext& context, Kind kind, std::string_view id) {
  switch (kind) {
    case Kind::Root:
      return mappers::dcat::root_iri(context.base);
    case Kind::Catalogue:
      return mappers::dcat::catalogue_iri(context.base, id);
    case Kind::Dataset:
      return mappers::dcat::dataset_iri(context.base, id);
    case Kind::Distribution:
      return context.base + "/distribution/" + std::string(id);
    case Kind::Service:
      break;
  }
  return mappers::dcat::service_iri(context.base);
}

Result<void> Catalogue::check_id(Kind kind, std::string_view id) const {
  if (kind == Kind::Catalogue && id != options().catalogue.id) return missing(id);
  if (kind == Kind::Service && id != kService) return missing(id);
  return {};
}

Result<Catalogue::Place> Catalogue::place(Kind kind, std::string_view id) const {
  Place place;
  std::string_view dataset = id;
  if (kind == Kind::Distribution) {  // "{dataset}-{number from 1}"
    const auto dash = id.rfind('-');
    const auto number = dash == id.npos ? std::nullopt : parse_number<std::size_t>(id.substr(dash + 1));
    if (!number || *number == 0 || id[dash + 1] == '0') return missing(id);
    place.distribution = *number - 1;
    dataset = id.substr(0, dash);
  }
  place.row = TRY(shelf_.row(dataset));
  return place;
}

Result<Catalogue::Source> Catalogue::source(Kind kind, Part part, std::string_view id) const {
  Source source;
  TRY_VOID(check_id(kind, id));
  if (part == Part::Spec) {
    source.version = "spec";
    if (kind == Kind::Dataset || kind == Kind::Distribution) TRY(place(kind, id));
    return source;
  }
  if (kind == Kind::Dataset || kind == Kind::Distribution) {
    const Place at = TRY(place(kind, id));
    const CountedDataset counted = TRY(shelf_.counted(at.row));
    source.views = {counted.view};
    source.version = counted.version;
    source.distribution = at.distribution;
    return source;
  }
  source.published = TRY(shelf_.published());
  source.version = std::to_string(source.published->revision);
  const auto& rows = source.published->rows;
  if (part == Part::Self) {
    if (!rows.empty()) source.views = {TRY(shelf_.described(rows.front()))};
    return source;
  }
  if (rows.size() > kMaxExpanded)
    return fail(ErrorCode::Unprocessable,
                "the catalogue has too many datasets for one document: use " + options().path + "/feed");
  for (const auto& row : rows) {
    const CountedDataset counted = TRY(shelf_.counted(row));
    source.views.push_back(counted.view);
    source.version += " " + counted.version;
  }
  return source;
}

Result<Graph> Catalogue::render(Kind kind, Part part, std::string_view id, std::string_view base_url,
                                const Source& source) const {
  const auto context = datasets_.context(base_url);
  if (part == Part::Spec) return spec_graph(context, kind, iri_of(context, kind, id));
  if (kind == Kind::Dataset || kind == Kind::Distribution) {
    const DatasetView& view = *source.views.front();
    if (kind == Kind::Dataset) return dataset_graph(context, view);  // has its distributions in it
    if (source.distribution >= view.definition.distributions.size())
      return fail(ErrorCode::NotFound, "the dataset has no such distribution", std::string(id));
    return distribution_graph(context, view, source.distribution);
  }
  const auto views =
      listed(source.published->rows, source.views.empty() ? nullptr : source.views.front().get());
  Graph graph;
  if (kind == Kind::Service) graph = service_graph(context, views);
  if (kind == Kind::Root) graph = root_graph(context, views);
  if (kind == Kind::Catalogue || (part == Part::Expanded && kind == Kind::Root))
    graph.add(catalogue_graph(context, views));
  if (part == Part::Expanded)
    for (const auto& view : source.views) graph.add(dataset_graph(context, *view));
  return graph;
}

Result<Graph> Catalogue::graph(Kind kind, Part part, std::string_view id, std::string_view base_url) const {
  const Source from = TRY(source(kind, part, id));
  return render(kind, part, id, base_url, from);
}

Result<std::shared_ptr<const Document>> Catalogue::document(Kind kind, Part part, std::string_view id,
                                                            codec::RdfFormat format,
                                                            std::string_view base_url) const {
  const Source from = TRY(source(kind, part, id));
  const std::string key = std::to_string(static_cast<int>(kind)) + std::to_string(static_cast<int>(part)) +
                          " " + std::string(id) + " " + std::to_string(static_cast<int>(format)) + " " +
                          std::string(base_url);
  if (auto known = cache_->documents.find(key, from.version)) return known;
  const auto context = datasets_.context(base_url);
  const std::string iri = iri_of(context, kind, id);
  const Graph graph = TRY(render(kind, part, id, base_url, from));
  Document made;
  made.body = TRY(codec::write_rdf(graph, format, document_prefixes(context, iri), iri));
  made.etag = entity_tag(made.body);
  // The same bytes after a change elsewhere in the index keep their time.
  const auto before = cache_->documents.find_any(key);
  made.rendered_us = before && before->etag == made.etag ? before->rendered_us : clock_.utc_us();
  const std::size_t weight = made.body.size();
  std::shared_ptr<const Document> document = std::make_shared<Document>(std::move(made));
  cache_->documents.put(key, from.version, document, weight);
  return document;
}

}  // namespace gateway::catalogue
