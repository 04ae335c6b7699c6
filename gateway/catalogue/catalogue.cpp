#include <algorithm>
#include <mutex>

#include "gateway/base/ids.h"
#include "gateway/base/text.h"
#include "gateway/catalogue/cache.h"
#include "gateway/catalogue/face.h"
#include "gateway/catalogue/html.h"

namespace gateway::catalogue {
namespace {

using mappers::dcat::DatasetView;

constexpr std::size_t kMaxDocuments = 512;
constexpr std::size_t kMaxDocumentBytes = 64u << 20;
constexpr std::size_t kMaxViews = 256;
constexpr std::string_view kService = "dicomweb";

std::string version_of(const model::DatasetRow& row, std::int64_t index_version) {
  return row.id + ":" + std::to_string(row.version) + ":" + std::to_string(row.published_us) + "@" +
         std::to_string(index_version) + ";";
}

}  // namespace

struct Catalogue::Cache {
  VersionedCache<Document> documents{kMaxDocuments, kMaxDocumentBytes};
  VersionedCache<DatasetView> views{kMaxViews, kMaxViews};
  std::mutex computing;  // one thread counts at a time; the others then find the result
};

// The rows that a document is made of, and the version of all that.
struct Catalogue::Source {
  std::vector<model::DatasetRow> rows;
  std::size_t distribution = 0;
  std::int64_t index_version = 0;
  std::string version;
};

Catalogue::Catalogue(const DatasetService& datasets, const model::ImageIndex& index, const Clock& clock)
    : datasets_(datasets), index_(index), clock_(clock), cache_(std::make_unique<Cache>()) {}
Catalogue::~Catalogue() = default;

Result<Catalogue::Source> Catalogue::source(Kind kind, std::string_view id) const {
  Source source;
  source.index_version = TRY(index_.version());
  source.rows = TRY(datasets_.list());
  std::erase_if(source.rows, [](const model::DatasetRow& row) { return row.published_us == 0; });
  const auto missing = [&] {
    return fail(ErrorCode::NotFound, "there is no such published resource", std::string(id));
  };
  std::string_view dataset = id;
  if (kind == Kind::Catalogue && id != options().catalogue.id) return missing();
  if (kind == Kind::Service && id != kService) return missing();
  if (kind == Kind::Distribution) {  // "{dataset}-{number from 1}"
    const auto dash = id.rfind('-');
    const auto number = dash == id.npos ? std::nullopt : parse_number<std::size_t>(id.substr(dash + 1));
    if (!number || *number == 0 || id[dash + 1] == '0') return missing();
    source.distribution = *number - 1;
    dataset = id.substr(0, dash);
  }
  if (kind == Kind::Dataset || kind == Kind::Distribution) {
    std::erase_if(source.rows, [&](const model::DatasetRow& row) { return row.id != dataset; });
    if (source.rows.empty()) return missing();
  }
  for (const auto& row : source.rows) source.version += version_of(row, source.index_version);
  if (source.version.empty()) source.version = "none@" + std::to_string(source.index_version);
  return source;
}

Result<std::shared_ptr<const DatasetView>> Catalogue::view(const model::DatasetRow& row,
                                                           std::int64_t index_version) const {
  const std::string version = version_of(row, index_version);
  if (auto known = cache_->views.find(row.id, version)) return known;
  const std::lock_guard lock(cache_->computing);
  if (auto known = cache_->views.find(row.id, version)) return known;
  std::shared_ptr<const DatasetView> made = std::make_shared<DatasetView>(TRY(datasets_.view(row)));
  cache_->views.put(row.id, version, made, 1);
  return made;
}

Result<std::string> Catalogue::render(Kind kind, std::string_view id, std::optional<codec::RdfFormat> format,
                                      std::string_view base_url, const Source& source) const {
  const auto context = datasets_.context(base_url);
  std::vector<DatasetView> views;
  for (const auto& row : source.rows) views.push_back(*TRY(view(row, source.index_version)));
  const auto text = [&](const codec::Graph& graph, const std::string& iri) -> Result<std::string> {
    if (!format) return resource_page(context, iri, graph);
    return codec::write_rdf(graph, *format, document_prefixes(context, iri), iri);
  };
  switch (kind) {
    case Kind::Root:
      if (!format) return list_page(context, views);
      return text(root_graph(context, views), mappers::dcat::root_iri(context.base));
    case Kind::Catalogue:
      if (!format) return list_page(context, views);
      return text(catalogue_graph(context, views), mappers::dcat::catalogue_iri(context.base, id));
    case Kind::Dataset:
      if (!format) return dataset_page(context, views.front());
      return text(dataset_graph(context, views.front()), mappers::dcat::dataset_iri(context.base, id));
    case Kind::Distribution: {
      const auto& definition = views.front().definition;
      if (source.distribution >= definition.distributions.size())
        return fail(ErrorCode::NotFound, "the dataset has no such distribution", std::string(id));
      return text(distribution_graph(context, views.front(), source.distribution),
                  mappers::dcat::distribution_iri(context.base, definition.id, source.distribution));
    }
    case Kind::Service:
      break;
  }
  return text(service_graph(context, views), mappers::dcat::service_iri(context.base));
}

Result<std::shared_ptr<const Document>> Catalogue::document(Kind kind, std::string_view id,
                                                            std::optional<codec::RdfFormat> format,
                                                            std::string_view base_url) const {
  const Source from = TRY(source(kind, id));
  const std::string key = std::to_string(static_cast<int>(kind)) + " " + std::string(id) + " " +
                          std::to_string(format ? static_cast<int>(*format) : -1) + " " +
                          std::string(base_url);
  if (auto known = cache_->documents.find(key, from.version)) return known;
  Document made;
  made.body = TRY(render(kind, id, format, base_url, from));
  made.etag = "\"" + sha256_hex(made.body).substr(0, 32) + "\"";
  // The same bytes after a change elsewhere in the index keep their time.
  const auto before = cache_->documents.find_any(key);
  made.rendered_us = before && before->etag == made.etag ? before->rendered_us : clock_.utc_us();
  const std::size_t weight = made.body.size();
  std::shared_ptr<const Document> document = std::make_shared<Document>(std::move(made));
  cache_->documents.put(key, from.version, document, weight);
  return document;
}

}  // namespace gateway::catalogue
