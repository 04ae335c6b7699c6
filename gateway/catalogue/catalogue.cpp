#include <algorithm>
#include <map>
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
constexpr std::int64_t kFreshUs = 2'000'000;  // so long a count is not repeated
constexpr std::string_view kService = "dicomweb";

std::string version_of(const model::DatasetRow& row) {
  return row.id + ":" + std::to_string(row.version) + ":" + std::to_string(row.published_us);
}

// Root, catalogue and service say nothing that is counted; their pages for people do.
bool has_figures(Kind kind, bool for_people) {
  return kind == Kind::Dataset || kind == Kind::Distribution || (for_people && kind != Kind::Service);
}

// The last count of one dataset. Whoever counts holds the mutex; the others wait and find the result.
struct Counted {
  std::mutex mutex;
  std::string row_version;
  std::int64_t index_version = 0;
  std::int64_t counted_us = 0;  // of the steady clock
  std::shared_ptr<const DatasetView> view;

  bool serves(const std::string& wanted, std::int64_t index, std::int64_t now_us) const {
    return view && row_version == wanted && (index_version >= index || now_us - counted_us < kFreshUs);
  }
};

}  // namespace

struct Catalogue::Cache {
  VersionedCache<Document> documents{kMaxDocuments, kMaxDocumentBytes};
  std::shared_ptr<Counted> counted(const std::string& id) {
    const std::lock_guard lock(mutex);
    auto& entry = datasets[id];
    if (!entry) entry = std::make_shared<Counted>();
    return entry;
  }

  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Counted>> datasets;  // as many as the store has
};

// The rows that a document is made of, and the version of all that.
struct Catalogue::Source {
  std::vector<model::DatasetRow> rows;
  std::vector<std::shared_ptr<const DatasetView>> counted;  // of the rows, for documents with figures
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
  source.version = "of ";
  for (const auto& row : source.rows) source.version += version_of(row) + ";";
  return source;
}

// The counts may be up to two seconds older than the index: their own version names the document.
Result<void> Catalogue::add_figures(Source& source) const {
  for (const auto& row : source.rows) {
    const std::string version = version_of(row);
    const auto last = cache_->counted(row.id);
    const std::lock_guard lock(last->mutex);
    if (!last->serves(version, source.index_version, clock_.steady_us())) {
      last->view = std::make_shared<const DatasetView>(TRY(datasets_.view(row)));
      last->row_version = version;
      last->index_version = source.index_version;
      last->counted_us = clock_.steady_us();
    }
    source.counted.push_back(last->view);
    source.version += "@" + std::to_string(last->index_version);
  }
  return {};
}

Result<std::string> Catalogue::render(Kind kind, std::string_view id, std::optional<codec::RdfFormat> format,
                                      std::string_view base_url, const Source& source) const {
  const auto context = datasets_.context(base_url);
  std::vector<DatasetView> views;
  for (const auto& view : source.counted) views.push_back(*view);
  if (source.counted.empty())
    for (const auto& row : source.rows) views.push_back(TRY(datasets_.description(row)));
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
  Source from = TRY(source(kind, id));
  if (has_figures(kind, !format)) TRY(add_figures(from));
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
