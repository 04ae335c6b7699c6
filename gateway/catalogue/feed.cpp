#include "gateway/catalogue/feed.h"

#include <time.h>

#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/catalogue/cache.h"
#include "gateway/catalogue/search_index.h"
#include "mappers/dcat/vocabulary.h"

namespace gateway::catalogue {
namespace {

using codec::Graph;
using codec::iri;
using codec::RdfFormat;
using mappers::dcat::expand;
using mappers::dcat::RenderContext;

constexpr std::string_view kHydra = "http://www.w3.org/ns/hydra/core#";
constexpr std::size_t kMaxPage = 1'000'000;
constexpr std::size_t kMaxPageBytes = 48u << 20;  // harvesters stop at 50 MB
constexpr std::size_t kMaxChunks = 20'000;
constexpr std::size_t kMaxChunkBytes = 128u << 20;
constexpr std::size_t kMaxSelections = 64;
constexpr std::size_t kMaxSelectionRows = 1'000'000;

std::string hydra(std::string_view name) { return std::string(kHydra) + std::string(name); }

// The same for all parts of a page.
codec::Prefixes feed_prefixes() {
  codec::Prefixes prefixes = mappers::dcat::prefixes();
  prefixes["hydra"] = kHydra;
  return prefixes;
}

Error too_large() {
  return fail(ErrorCode::NotSupported, "the page would be larger than 48 MiB: ask for a smaller size",
              "size");
}

// "+02:00", "Z" or nothing, in seconds east.
std::optional<std::int64_t> offset_of(std::string_view text) {
  if (text.empty() || text == "Z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = parse_number<unsigned>(text.substr(1, 2));
  const auto minutes = parse_number<unsigned>(text.substr(4, 2));
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const std::int64_t seconds = std::int64_t{*hours} * 3600 + std::int64_t{*minutes} * 60;
  return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<std::int64_t> moment_of(std::string_view text) {
  tm parts{};
  std::string copy(text);
  std::replace(copy.begin(), copy.end(), ' ', '+');  // a '+' that a form made a space
  const bool date = copy.size() == 10;
  const char* rest = ::strptime(copy.c_str(), date ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%S", &parts);
  if (!rest || copy.size() > 40) return std::nullopt;
  if (*rest == '.')
    while (*++rest >= '0' && *rest <= '9') continue;  // parts of a second do not matter here
  const auto offset = offset_of(rest);
  if (!offset) return std::nullopt;
  return (std::int64_t{::timegm(&parts)} - *offset) * 1'000'000;
}

Result<FeedRequest> read_feed_request(const http::Request& request) {
  FeedRequest read;
  read.page = TRY(number_of(request, "page", 1, kMaxPage));
  read.size = TRY(number_of(request, "size", kFeedPage, kFeedPage));
  if (read.page == 0 || read.size == 0)
    return fail(ErrorCode::InvalidParameter, "pages and sizes count from 1", read.page ? "size" : "page");
  if (request.query_value("snapshot"))
    read.snapshot = static_cast<std::int64_t>(TRY(number_of(request, "snapshot", 0, INT64_MAX)));
  if (const std::string* since = request.query_value("modified_since"); since && !since->empty()) {
    read.modified_since_us = moment_of(*since);
    if (!read.modified_since_us)
      return fail(ErrorCode::InvalidParameter, "must be a date or moment by ISO 8601", "modified_since");
  }
  if (const std::string* words = request.query_value("q")) {
    read.words = *words;
    std::replace(read.words.begin(), read.words.end(), '+', ' ');
    if (words_of(read.words).empty()) read.words.clear();
  }
  return read;
}

struct Feed::Cache {
  VersionedCache<Document> chunks{kMaxChunks, kMaxChunkBytes};
  VersionedCache<Snapshot> selections{kMaxSelections, kMaxSelectionRows};
};

// The rows of one page.
struct Feed::Page {
  std::int64_t snapshot = 0;
  std::size_t total = 0, pages = 1;
  std::vector<model::DatasetRow> rows;
  std::shared_ptr<const Published> now;
};

Feed::Feed(const Catalogue& catalogue, const SearchIndex& search)
    : catalogue_(catalogue), search_(search), cache_(std::make_unique<Cache>()) {}
Feed::~Feed() = default;

// Whether the description or its figures changed since then.
Result<bool> Feed::is_recent(const model::ListedDataset& entry, const Published& now,
                             std::optional<std::int64_t> since_us) const {
  if (entry.changed_us >= since_us.value_or(0)) return true;
  const auto* row = now.find(entry.id);
  if (!row) return false;
  const CountedDataset counted = TRY(catalogue_.shelf().counted(*row));
  return counted.view->modified_us >= *since_us;
}

Result<Feed::Page> Feed::select(const FeedRequest& request) const {
  Page page;
  page.now = TRY(catalogue_.shelf().published());
  page.snapshot = request.snapshot.value_or(page.now->revision);
  auto listed = TRY(catalogue_.shelf().at(page.snapshot));
  if (request.modified_since_us || !request.words.empty()) {
    const std::string key = std::to_string(page.snapshot) + " " +
                            std::to_string(request.modified_since_us.value_or(-1)) + " " + request.words;
    // Figures change with the index.
    const std::string version =
        request.modified_since_us ? std::to_string(TRY(catalogue_.shelf().index_version())) : "";
    auto some = cache_->selections.find(key, version);
    if (!some) {
      const auto found = TRY(search_.ids(request.words));
      Snapshot fitting;
      for (const auto& entry : *listed)
        if ((request.words.empty() || found.contains(entry.id)) &&
            TRY(is_recent(entry, *page.now, request.modified_since_us)))
          fitting.push_back(entry);
      some = std::make_shared<const Snapshot>(std::move(fitting));
      cache_->selections.put(key, version, some, some->size() + 1);
    }
    listed = some;
  }
  page.total = listed->size();
  page.pages = std::max<std::size_t>(1, (page.total + request.size - 1) / request.size);
  if (request.page > page.pages)
    return fail(ErrorCode::NotFound, "the feed has " + std::to_string(page.pages) + " pages", "page");
  const std::size_t from = (request.page - 1) * request.size;
  for (std::size_t i = from; i < std::min(page.total, from + request.size); ++i)
    if (const auto* row = page.now->find((*listed)[i].id)) page.rows.push_back(*row);  // else withdrawn
  return page;
}

Result<std::shared_ptr<const Document>> Feed::chunk(const model::DatasetRow& row, RdfFormat format,
                                                    std::string_view base_url) const {
  const CountedDataset counted = TRY(catalogue_.shelf().counted(row));
  const std::string key =
      row.id + " " + std::to_string(static_cast<int>(format)) + " " + std::string(base_url);
  if (auto known = cache_->chunks.find(key, counted.version)) return known;
  const auto context = catalogue_.context(base_url);
  const std::string dataset = mappers::dcat::dataset_iri(context.base, row.id);
  Document made;
  const Graph graph = dataset_graph(context, *counted.view);
  made.body = TRY(codec::write_rdf(graph, format, feed_prefixes(), dataset));
  made.etag = entity_tag(made.body);
  const std::size_t weight = made.body.size();
  std::shared_ptr<const Document> chunk = std::make_shared<Document>(std::move(made));
  cache_->chunks.put(key, counted.version, chunk, weight);
  return chunk;
}

namespace {

// The address of a page of this walk.
std::string page_iri(const std::string& feed, const FeedRequest& request, std::size_t page,
                     std::int64_t snapshot, const std::string& format) {
  std::vector<std::pair<std::string, std::string>> parameters = {{"page", std::to_string(page)},
                                                                 {"snapshot", std::to_string(snapshot)}};
  if (request.size != kFeedPage) parameters.emplace_back("size", std::to_string(request.size));
  if (request.modified_since_us)
    parameters.emplace_back("modified_since", iso8601(*request.modified_since_us));
  if (!request.words.empty()) parameters.emplace_back("q", request.words);
  if (!format.empty()) parameters.emplace_back("format", format);
  return feed + "?" + query_text(parameters);
}

struct PageLinks {
  std::string self, first, last, next, previous;
  std::size_t total = 0, size = 0;
};

// hydra:PagedCollection is what ckanext-dcat looks for, hydra:PartialCollectionView the name since 2014.
void add_page(Graph& graph, const PageLinks& links, const std::string& catalogue) {
  for (const char* type : {"PagedCollection", "PartialCollectionView"})
    graph.add(iri(links.self), expand("rdf:type"), iri(hydra(type)));
  const auto link = [&](std::string_view name, const std::string& to) {
    if (!to.empty()) graph.add(iri(links.self), hydra(name), iri(to));
  };
  link("first", links.first), link("last", links.last), link("next", links.next);
  link("previous", links.previous);
  graph.add(iri(catalogue), hydra("view"), iri(links.self));
  const auto count = [&](std::string_view name, std::size_t value) {
    graph.add(iri(links.self), hydra(name), codec::literal(std::to_string(value), expand("xsd:integer")));
  };
  count("totalItems", links.total), count("itemsPerPage", links.size);
}

// The catalogue itself, with the datasets of this page.
Graph head_of(const RenderContext& context, const std::vector<model::DatasetRow>& rows,
              const mappers::dcat::DatasetView* first, std::int64_t changed_us) {
  std::vector<mappers::dcat::DatasetView> one(first ? 1 : 0);
  if (first) one[0].definition = first->definition;
  const std::string catalogue = mappers::dcat::catalogue_iri(context.base, context.catalogue.id);
  const Graph whole = mappers::dcat::catalogue_graph(context, one);
  Graph head;
  for (const auto& triple : whole.triples())
    if (triple.predicate.text != expand("dcat:dataset") &&
        !triple.subject.text.starts_with(catalogue + "#datasets"))
      head.add(triple.subject, triple.predicate.text, triple.object);
  for (const auto& row : rows)
    head.add(iri(catalogue), expand("dcat:dataset"), iri(mappers::dcat::dataset_iri(context.base, row.id)));
  if (changed_us)
    head.add(iri(catalogue), expand("dct:modified"),
             codec::literal(iso8601(changed_us), expand("xsd:dateTime")));
  return head;
}

// Documents that stand one behind the other are one document in Turtle and its relatives. In JSON-LD only the
// nodes can be put together, under a context for all of them: in a list of documents each would be a graph of
// its own (JSON-LD 1.1 section 4.9).
class Joiner {
 public:
  explicit Joiner(RdfFormat format) : nodes_(format == RdfFormat::JsonLd) {}
  void add(std::string_view text) {
    if (nodes_) {
      text.remove_prefix(text.find('[', text.find("\"@graph\"")) + 1);
      text.remove_suffix(text.size() - text.rfind(']'));
      if (!text_.empty()) text_ += ',';
    }
    text_ += text;
  }
  std::size_t size() const { return text_.size(); }
  std::string take() && {
    if (!nodes_) return std::move(text_);
    Value context = Value::map();
    for (const auto& [prefix, space] : feed_prefixes()) context.set(prefix, space);
    return "{\"@context\":" + to_json(context) + ",\"@graph\":[" + text_ + "]}\n";
  }

 private:
  bool nodes_;
  std::string text_;
};

}  // namespace

Result<Body> Feed::page(const FeedRequest& request, const Offer& offer, std::string_view path,
                        std::string_view base_url) const {
  const Page page = TRY(select(request));
  const auto context = catalogue_.context(base_url);
  const std::string feed = context.base + std::string(path);
  const std::string form = path.ends_with("." + std::string(offer.name)) ? "" : std::string(offer.name);
  const auto to = [&](std::size_t number) { return page_iri(feed, request, number, page.snapshot, form); };
  PageLinks links{to(request.page), to(1), to(page.pages), "", "", page.total, request.size};
  if (request.page < page.pages) links.next = to(request.page + 1);
  if (request.page > 1) links.previous = to(request.page - 1);
  std::shared_ptr<const mappers::dcat::DatasetView> first;
  std::int64_t changed_us = 0;
  for (const auto& row : page.now->rows)
    changed_us = std::max({changed_us, row.updated_us, row.published_us});
  if (!page.now->rows.empty()) first = TRY(catalogue_.shelf().described(page.now->rows.front()));
  Graph head = head_of(context, page.rows, first.get(), changed_us);
  add_page(head, links, mappers::dcat::catalogue_iri(context.base, context.catalogue.id));
  if (offer.format == RdfFormat::RdfXml) return whole(std::move(head), page.rows, context);
  const codec::Prefixes prefixes = feed_prefixes();
  Joiner joiner(*offer.format);
  const std::string head_text = TRY(codec::write_rdf(head, *offer.format, prefixes, links.self));
  joiner.add(head_text);
  std::string tags = head_text;
  for (const auto& row : page.rows) {
    const auto part = TRY(chunk(row, *offer.format, base_url));
    joiner.add(part->body);
    tags += part->etag;
    if (joiner.size() > kMaxPageBytes) return too_large();
  }
  return Body{std::move(joiner).take(), entity_tag(tags)};  // no time: a withdrawal has none of its own
}

// RDF/XML documents cannot be put one behind the other.
Result<Body> Feed::whole(Graph&& graph, const std::vector<model::DatasetRow>& rows,
                         const RenderContext& context) const {
  for (const auto& row : rows) {
    const CountedDataset counted = TRY(catalogue_.shelf().counted(row));
    graph.add(dataset_graph(context, *counted.view));
  }
  Body body{TRY(codec::write_rdf(graph, RdfFormat::RdfXml, feed_prefixes())), ""};
  if (body.text.size() > kMaxPageBytes) return too_large();
  return body;
}

}  // namespace gateway::catalogue
