#include "gateway/catalogue/ldes.h"

#include <algorithm>

#include "gateway/base/ids.h"
#include "gateway/codec/rdf_dataset.h"
#include "mappers/dcat/vocabulary.h"

namespace gateway::catalogue {
namespace {

using codec::Graph;
using codec::iri;
using codec::Term;
using mappers::dcat::expand;
using mappers::dcat::RenderContext;

constexpr std::size_t kPage = 100;
constexpr std::string_view kLdes = "https://w3id.org/ldes#";
constexpr std::string_view kTree = "https://w3id.org/tree#";
constexpr std::string_view kActivity = "https://www.w3.org/ns/activitystreams#";
constexpr std::string_view kShape = "https://semiceu.github.io/LDES-DCAT-AP-feeds/shape.ttl#ActivityShape";

std::string ldes(std::string_view name) { return std::string(kLdes) + std::string(name); }
std::string tree(std::string_view name) { return std::string(kTree) + std::string(name); }
std::string activity(std::string_view name) { return std::string(kActivity) + std::string(name); }

class PageMaker {
 public:
  PageMaker(const RenderContext& context, std::size_t page, std::size_t pages)
      : context_(context), stream_(context.base + "/ldes"), page_(page), pages_(pages) {}

  // DCAT-AP Feeds, "This context information MUST be present".
  void add_frame() {
    Graph& graph = dataset_.main;
    const Term stream = iri(stream_ + "#stream");
    graph.add(stream, expand("rdf:type"), iri(ldes("EventStream")));
    for (const auto& title : context_.catalogue.title)
      graph.add(stream, expand("dct:title"), codec::text_in(title.text, title.language));
    graph.add(stream, tree("shape"), iri(kShape));
    graph.add(stream, ldes("timestampPath"), iri(activity("published")));
    graph.add(stream, ldes("versionOfPath"), iri(activity("object")));
    const Term view = iri(address(page_));
    graph.add(stream, tree("view"), view);
    graph.add(view, expand("rdf:type"), iri(tree("Node")));
    const Term policy = iri(stream_ + "#retention");
    graph.add(view, ldes("retentionPolicy"), policy);
    graph.add(policy, expand("rdf:type"), iri(ldes("LatestVersionSubset")));
    graph.add(policy, ldes("amount"), codec::literal("1", expand("xsd:integer")));
    if (page_ == 1)  // the root of the view leads to all the others
      for (std::size_t next = 2; next <= pages_; ++next) add_relation(view, next);
  }

  void add_change(const model::DatasetRow& row, const mappers::dcat::DatasetView& view) {
    const std::string object = mappers::dcat::dataset_iri(context_.base, row.id);
    Graph content = mappers::dcat::dataset_graph(context_, view);
    const Term name = iri(object + "#activity-" + sha256_hex(codec::write_ntriples(content)).substr(0, 16));
    const bool first = row.published_us == row.first_published_us && row.updated_us <= row.published_us &&
                       view.modified_us <= row.published_us;
    describe(name, first ? "Create" : "Update", object, view.modified_us);
    dataset_.named[name] = std::move(content);
  }

  void add_delete(const model::DatasetRow& row) {
    const std::string object = mappers::dcat::dataset_iri(context_.base, row.id);
    describe(iri(object + "#activity-delete-" + std::to_string(row.withdrawn_us)), "Delete", object,
             row.withdrawn_us);
  }

  Result<std::string> write(codec::RdfFormat format) const {
    codec::Prefixes prefixes = mappers::dcat::prefixes();
    prefixes["ldes"] = kLdes;
    prefixes["tree"] = kTree;
    prefixes["as"] = kActivity;
    return codec::write_dataset(dataset_, format, prefixes);
  }

 private:
  std::string address(std::size_t page) const { return stream_ + "?page=" + std::to_string(page); }

  void add_relation(const Term& view, std::size_t next) {
    const Term relation = iri(stream_ + "#page-" + std::to_string(next));
    dataset_.main.add(view, tree("relation"), relation);
    dataset_.main.add(relation, expand("rdf:type"), iri(tree("Relation")));
    dataset_.main.add(relation, tree("node"), iri(address(next)));
  }

  void describe(const Term& name, std::string_view type, const std::string& object, std::int64_t at_us) {
    Graph& graph = dataset_.main;
    graph.add(iri(stream_ + "#stream"), tree("member"), name);
    graph.add(name, expand("rdf:type"), iri(activity(type)));
    graph.add(name, activity("object"), iri(object));
    graph.add(name, activity("published"), codec::literal(iso8601(at_us, true), expand("xsd:dateTime")));
  }

  const RenderContext& context_;
  const std::string stream_;
  const std::size_t page_, pages_;
  codec::Dataset dataset_;
};

}  // namespace

Result<Body> EventStream::page(std::size_t page, const Offer& offer, std::string_view base_url) const {
  const DatasetService& datasets = catalogue_.datasets();
  auto rows = TRY(datasets.list());
  std::erase_if(rows, [](const model::DatasetRow& row) { return row.first_published_us == 0; });
  // In the order in which they were first published: new ones come behind all others.
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.first_published_us < b.first_published_us; });
  const std::size_t pages = std::max<std::size_t>(1, (rows.size() + kPage - 1) / kPage);
  if (page == 0 || page > pages)
    return fail(ErrorCode::NotFound, "the stream has " + std::to_string(pages) + " pages", "page");
  std::vector<CountedDataset> shown;  // no view: withdrawn
  std::string version = std::to_string(pages);
  const std::size_t from = (page - 1) * kPage, to = std::min(rows.size(), page * kPage);
  for (std::size_t i = from; i < to; ++i) {
    shown.push_back({nullptr, rows[i].id + "-" + std::to_string(rows[i].withdrawn_us)});
    if (rows[i].published_us) shown.back() = TRY(catalogue_.shelf().counted(rows[i]));
    version += " " + shown.back().version;
  }
  const std::string key = std::to_string(page) + " " + std::string(offer.name) + " " + std::string(base_url);
  if (const auto known = pages_.find(key, version)) return Body{known->body, known->etag};
  const auto context = catalogue_.context(base_url);
  PageMaker maker(context, page, pages);
  maker.add_frame();
  for (std::size_t i = from; i < to; ++i) {
    if (const auto& view = shown[i - from].view)
      maker.add_change(rows[i], *view);
    else
      maker.add_delete(rows[i]);
  }
  Document made;
  made.body = TRY(maker.write(*offer.format));
  made.etag = entity_tag(made.body);
  Body body{made.body, made.etag};
  pages_.put(key, version, std::make_shared<Document>(std::move(made)), body.text.size());
  return body;
}

}  // namespace gateway::catalogue
