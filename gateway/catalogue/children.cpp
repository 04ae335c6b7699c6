#include "gateway/catalogue/children.h"

#include <algorithm>

#include "gateway/catalogue/check_calendar.h"
#include "gateway/catalogue/spec.h"
#include "mappers/dcat/vocabulary.h"

namespace gateway::catalogue {
namespace {

using codec::Graph;
using codec::iri;
using http::Request;
using http::Response;
using mappers::dcat::expand;
using mappers::dcat::RenderContext;

constexpr std::uint64_t kDefaultSize = 10;
constexpr std::uint64_t kMostSize = 100;
constexpr std::uint64_t kMostPages = 1'000'000;

struct Child {
  std::string iri;
  mappers::dcat::Texts title, description;
};

struct Family {
  std::string_view relation, class_name, title;
  std::size_t total = 0;
  std::vector<Child> children;  // of the page
};

std::size_t end_of(std::size_t total, std::size_t from, std::size_t size) {
  return std::min(total, from + size);
}

Result<Family> datasets_of(const Catalogue& catalogue, const RenderContext& context, std::size_t from,
                           std::size_t size) {
  const auto published = TRY(catalogue.shelf().published());
  Family family{"dcat:dataset", "dcat:Dataset", "Datasets", published->rows.size(), {}};
  for (std::size_t i = from; i < end_of(family.total, from, size); ++i) {
    const auto view = TRY(catalogue.shelf().described(published->rows[i]));
    family.children.push_back({mappers::dcat::dataset_iri(context.base, published->rows[i].id),
                               view->definition.title, view->definition.description});
  }
  return family;
}

Result<Family> distributions_of(const Catalogue& catalogue, const RenderContext& context, std::string_view id,
                                std::size_t from, std::size_t size) {
  const auto place = TRY(catalogue.place(Kind::Dataset, id));
  const auto view = TRY(catalogue.shelf().described(place.row));
  const auto& all = view->definition.distributions;
  Family family{"dcat:distribution", "dcat:Distribution", "Distributions", all.size(), {}};
  for (std::size_t i = from; i < end_of(family.total, from, size); ++i)
    family.children.push_back(
        {mappers::dcat::distribution_iri(context.base, place.row.id, i), all[i].title, all[i].description});
  return family;
}

Result<Family> family_of(const Catalogue& catalogue, const RenderContext& context, Kind kind,
                         std::string_view id, std::size_t from, std::size_t size) {
  TRY_VOID(catalogue.check_id(kind, id));
  if (kind == Kind::Catalogue) return datasets_of(catalogue, context, from, size);
  if (kind == Kind::Dataset) return distributions_of(catalogue, context, id, from, size);
  const auto& info = context.catalogue;
  Family family{"fdp:metadataCatalog", "dcat:Catalog", "Catalogues", 1, {}};
  if (from == 0)
    family.children.push_back(
        {mappers::dcat::catalogue_iri(context.base, info.id), info.title, info.description});
  return family;
}

// LDP 1.0 section 5.4, and what a reader needs to choose among the members.
Graph container_of(const Family& family, const std::string& parent, const std::string& page) {
  Graph graph;
  graph.add(iri(page), expand("rdf:type"), iri(expand("ldp:DirectContainer")));
  graph.add(iri(page), expand("dct:title"), codec::text_in(std::string(family.title), "en"));
  graph.add(iri(page), expand("ldp:membershipResource"), iri(parent));
  graph.add(iri(page), expand("ldp:hasMemberRelation"), iri(expand(family.relation)));
  for (const Child& child : family.children) {
    graph.add(iri(page), expand("ldp:contains"), iri(child.iri));
    graph.add(iri(child.iri), expand("rdf:type"), iri(expand(family.class_name)));
    graph.add(iri(child.iri), expand("dct:isPartOf"), iri(parent));
    for (const auto& text : child.title)
      graph.add(iri(child.iri), expand("dct:title"), codec::text_in(text.text, text.language));
    for (const auto& text : child.description)
      graph.add(iri(child.iri), expand("dct:description"), codec::text_in(text.text, text.language));
  }
  return graph;
}

std::string address(const std::string& base, std::uint64_t page, std::uint64_t size) {
  return base + "?page=" + std::to_string(page) + "&size=" + std::to_string(size);
}

Value path_of(const RenderContext& context, Kind kind, const std::string& dataset) {
  Value path = Value::list();
  path.push(mappers::dcat::root_iri(context.base));
  if (kind != Kind::Root && kind != Kind::Catalogue)
    path.push(mappers::dcat::catalogue_iri(context.base, context.catalogue.id));
  if (kind == Kind::Distribution) path.push(mappers::dcat::dataset_iri(context.base, dataset));
  return path;
}

}  // namespace

Result<Response> answer_meta(const Parts& parts, Kind kind, const Request& request) {
  const Catalogue& catalogue = parts.catalogue;
  const std::string id(request.param("id"));
  const auto context = catalogue.context(request.base_url);
  TRY_VOID(catalogue.check_id(kind, id));
  Value meta = Value::map().set("iri", iri_of(context, kind, id)).set("profile", profile_iri(context));
  std::string dataset;
  if (kind == Kind::Dataset || kind == Kind::Distribution) {
    const auto place = TRY(catalogue.place(kind, id));
    const auto due = check_due(place.row, catalogue.shelf().clock().utc_us());
    dataset = place.row.id;
    meta.set("version", place.row.version)
        .set("issued", iso8601(place.row.first_published_us))
        .set("modified", iso8601(std::max(place.row.updated_us, place.row.published_us)))
        .set("checked", iso8601(place.row.checked_us))
        .set("checkDue", iso8601(due.due_us))
        .set("checkOverdue", due.overdue)
        .set("versions", mappers::dcat::dataset_iri(context.base, dataset) + "/versions");
  }
  meta.set("state", Value::map().set("current", "PUBLISHED"));
  meta.set("path", path_of(context, kind, dataset));
  return respond_json(request, 200, meta);
}

Result<Response> answer_children(const Parts& parts, Kind kind, const Request& request) {
  const Offer offer = TRY(choose(request, rdf_offers()));
  const std::uint64_t page = TRY(number_of(request, "page", 0, kMostPages));
  const std::uint64_t size = TRY(number_of(request, "size", kDefaultSize, kMostSize));
  if (size == 0) return fail(ErrorCode::InvalidParameter, "a page has at least one child", "size");
  const auto context = parts.catalogue.context(request.base_url);
  const std::string_view id = request.param("id");
  const Family family = TRY(family_of(parts.catalogue, context, kind, id, page * size, size));
  const std::uint64_t last = family.total == 0 ? 0 : (family.total - 1) / size;
  if (page > last)
    return fail(ErrorCode::NotFound, "there are " + std::to_string(last + 1) + " pages", "page");
  const std::string base = request.base_url + request.path;
  const std::string self = request.query.empty() ? base : address(base, page, size);
  const Graph graph = container_of(family, iri_of(context, kind, id), self);
  Response response =
      respond(request, offer,
              {TRY(codec::write_rdf(graph, *offer.format, document_prefixes(context, self), self)), ""});
  std::string links;
  const auto link = [&](std::uint64_t number, const char* relation) {
    links += (links.empty() ? "<" : ", <") + address(base, number, size) + ">; rel=\"" + relation + "\"";
  };
  link(0, "first"), link(last, "last");
  if (page > 0) link(page - 1, "prev");
  if (page < last) link(page + 1, "next");
  response.headers.set("Link", links);
  return response;
}

}  // namespace gateway::catalogue
