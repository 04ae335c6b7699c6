// Routes for harvesters and search engines: DCAT feed, event stream, search, sitemap, robots.
#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/catalogue/markup.h"
#include "gateway/catalogue/pages.h"
#include "gateway/catalogue/parts.h"

namespace gateway::catalogue {
namespace {

using http::Request;
using http::Response;

constexpr std::uint64_t kMostResults = 100;
constexpr std::uint64_t kMostStart = 1'000'000;
constexpr std::size_t kMaxSitemap = 50'000;  // of the sitemap protocol

Result<Response> answer_feed(const Parts& parts, const Request& request, const std::string& path,
                             std::string_view suffix) {
  const Offer offer = TRY(choose(request, rdf_offers(), suffix));
  const FeedRequest asked = TRY(read_feed_request(request));
  return respond(request, offer, TRY(parts.feed.page(asked, offer, path, request.base_url)));
}

Result<Response> answer_events(const Parts& parts, const Request& request) {
  const Offer offer = TRY(choose(request, event_offers()));
  const std::uint64_t page = TRY(number_of(request, "page", 1, kMostStart));
  return respond(request, offer, TRY(parts.events.page(page, offer, request.base_url)));
}

Result<SearchQuery> read_query(const Request& request) {
  SearchQuery query;
  query.count = TRY(number_of(request, "count", query.count, kMostResults));
  query.start = TRY(number_of(request, "start", 0, kMostStart));
  const auto facets = facet_names();
  for (const auto& [name, value] : request.query) {
    std::string text = value;
    std::replace(text.begin(), text.end(), '+', ' ');  // as forms write spaces
    if (name == "q") query.words = text;
    const bool facet =
        std::any_of(facets.begin(), facets.end(),
                    [&, wanted = std::string_view(name)](const auto& each) { return each.first == wanted; });
    if (facet && !value.empty()) query.filters.emplace_back(name, text);
  }
  return query;
}

Value to_value(const mappers::dcat::RenderContext& context, const SearchEntry& entry) {
  const auto& figures = entry.view->statistics;
  const std::string iri = mappers::dcat::dataset_iri(context.base, entry.row.id);
  Value facets = Value::map();
  for (const auto& [name, values] : entry.facets) {
    Value list = Value::list();
    for (const std::string& value : values) list.push(value);
    facets.set(name, std::move(list));
  }
  Value value = Value::map()
                    .set("id", entry.row.id)
                    .set("iri", iri)
                    .set("title", entry.title)
                    .set("description", best(entry.view->definition.description))
                    .set("modified", iso8601(entry.view->modified_us));
  if (!figures.withheld) value.set("studies", std::size_t{figures.studies});
  return value.set("facets", std::move(facets));
}

Value to_value(const mappers::dcat::RenderContext& context, const SearchQuery& query,
               const SearchResult& result) {
  Value items = Value::list(), facets = Value::map();
  for (const auto& entry : result.entries) items.push(to_value(context, *entry));
  for (const auto& [name, counts] : result.facets) {
    Value list = Value::list();
    for (const FacetCount& count : counts)
      list.push(Value::map().set("value", count.value).set("datasets", count.datasets));
    facets.set(name, std::move(list));
  }
  return Value::map()
      .set("totalResults", result.total)
      .set("startIndex", query.start)
      .set("itemsPerPage", query.count)
      .set("query", query.words)
      .set("items", std::move(items))
      .set("facets", std::move(facets));
}

Result<Response> answer_search(const Parts& parts, const Request& request) {
  const Offer offer = TRY(choose(request, report_offers()));
  const SearchQuery query = TRY(read_query(request));
  const SearchResult result = TRY(parts.search.find(query));
  const auto context = parts.catalogue.context(request.base_url);
  if (offer.name == "html") return respond(request, offer, {browse_page(context, query, result, false), ""});
  return respond_json(request, 200, to_value(context, query, result));
}

// OpenSearch 1.1 draft 6, description document.
Result<Response> answer_description(const Parts& parts, const Request& request) {
  const auto context = parts.catalogue.context(request.base_url);
  const std::string search = escaped(context.base) + "/search?q={searchTerms}&amp;start={startIndex?}" +
                             "&amp;count={count?}&amp;format=";
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenSearchDescription "
      "xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n<ShortName>Datasets</ShortName>\n<Description>" +
      escaped(best(context.catalogue.title)) + "</Description>\n";
  for (const auto& [type, format] : {std::pair{"text/html", "html"}, std::pair{"application/json", "json"}})
    text +=
        "<Url type=\"" + std::string(type) + "\" indexOffset=\"0\" template=\"" + search + format + "\"/>\n";
  return Response::text(200, "application/opensearchdescription+xml", text + "</OpenSearchDescription>\n");
}

// sitemaps.org protocol 0.9.
Result<Response> answer_sitemap(const Parts& parts, const Request& request) {
  const auto context = parts.catalogue.context(request.base_url);
  const auto published = TRY(parts.catalogue.shelf().published());
  if (published->rows.size() >= kMaxSitemap)
    return fail(ErrorCode::NotSupported, "a sitemap has at most 50 000 addresses");
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset "
      "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n<url><loc>" +
      escaped(mappers::dcat::root_iri(context.base)) + "</loc></url>\n";
  for (const auto& row : published->rows) {
    const auto counted = TRY(parts.catalogue.shelf().counted(row));
    text += "<url><loc>" + escaped(mappers::dcat::dataset_iri(context.base, row.id)) + "</loc><lastmod>" +
            day(counted.view->modified_us) + "</lastmod></url>\n";
  }
  return Response::text(200, "application/xml", text + "</urlset>\n");
}

// RFC 9309. What is not a description is nothing for search engines.
Result<Response> answer_robots(const Parts& parts, const Request& request) {
  const std::string& path = parts.catalogue.options().path;
  return Response::text(200, "text/plain; charset=utf-8",
                        "User-agent: *\nAllow: " + path + "/\nDisallow: " + path + "/search\nDisallow: /\n" +
                            "Sitemap: " + request.base_url + path + "/sitemap.xml\n");
}

http::RouteInfo plain_info(std::string summary, std::string type) {
  http::RouteInfo info;
  info.summary = std::move(summary);
  info.tag = "Catalogue";
  info.produces = {std::move(type)};
  return info;
}

std::vector<http::Parameter> feed_parameters() {
  return {{"page", "from 1"},
          {"size", "datasets on a page, at most 100"},
          {"modified_since", "only datasets that changed at this ISO 8601 moment or later"},
          {"q", "only datasets with these words"},
          {"snapshot", "revision of the catalogue that all pages of a walk keep to; links have it"}};
}

std::vector<http::Parameter> search_parameters() {
  std::vector<http::Parameter> parameters = {{"q", "words, all of which must occur"},
                                             {"start", "results to leave out"},
                                             {"count", "results on a page, at most 100"}};
  for (const auto& [name, label] : facet_names())
    parameters.push_back({std::string(name), std::string(label) + "; may stand more than once"});
  return parameters;
}

}  // namespace

void add_feed_routes(http::Router& router, const std::shared_ptr<const Parts>& parts) {
  const std::string base = parts->catalogue.options().path;
  const auto get = [&](const std::string& path, http::RouteInfo info, auto answer) {
    router.add(
        http::Method::Get, path, std::move(info),
        [parts, answer](const Request& request) { return answer(*parts, request); }, render_error);
  };
  const auto feed = [&](const std::string& path, std::string_view suffix) {
    get(base + path,
        route_info("All datasets, whole, in pages (DCAT, Hydra)", rdf_offers(), feed_parameters()),
        [path, suffix](const Parts& of, const Request& request) {
          return answer_feed(of, request, path, suffix);
        });
  };
  feed("/feed", "");
  for (const Offer& offer : rdf_offers()) {
    feed("/feed." + std::string(offer.name), offer.name);
    feed("/catalog." + std::string(offer.name), offer.name);  // where ckanext-dcat has it
  }
  get(base + "/ldes",
      route_info("Changes of datasets as an event stream (LDES, DCAT-AP Feeds)", event_offers(),
                 {{"page", "from 1"}}),
      answer_events);
  get(base + "/search", route_info("Full-text and faceted search", report_offers(), search_parameters()),
      answer_search);
  get(base + "/opensearch.xml",
      plain_info("How to search (OpenSearch)", "application/opensearchdescription+xml"), answer_description);
  get(base + "/sitemap.xml", plain_info("All pages, for search engines", "application/xml"), answer_sitemap);
  get("/robots.txt", plain_info("What search engines may read", "text/plain"), answer_robots);
}

}  // namespace gateway::catalogue
