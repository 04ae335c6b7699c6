// The HTTP side of the catalogue: content negotiation (RFC 9110 section 12.5.1) with ?format= on top of it,
// entity tags (section 8.8.3) and conditional requests (section 13).
#include <array>

#include "gateway/catalogue/face.h"
#include "gateway/http/conditional.h"
#include "gateway/http/negotiate.h"

namespace gateway::catalogue {
namespace {

using http::Request;
using http::Response;

struct Offer {
  std::string_view media_type;
  std::string_view name;  // of ?format=
  std::optional<codec::RdfFormat> format;
};

// In order of our preference: machines that accept anything get Turtle.
constexpr std::array kOffers = {
    Offer{"text/turtle", "ttl", codec::RdfFormat::Turtle},
    Offer{"application/ld+json", "jsonld", codec::RdfFormat::JsonLd},
    Offer{"application/rdf+xml", "rdf", codec::RdfFormat::RdfXml},
    Offer{"application/n-triples", "nt", codec::RdfFormat::NTriples},
    Offer{"text/html", "html", std::nullopt},
};

Result<Offer> choose(const Request& request) {
  if (const std::string* name = request.query_value("format")) {
    for (const Offer& offer : kOffers)
      if (offer.name == *name) return offer;
    return fail(ErrorCode::InvalidParameter, "format must be ttl, jsonld, rdf, nt or html", "format");
  }
  std::array<std::string_view, kOffers.size()> types;
  for (std::size_t i = 0; i < types.size(); ++i) types[i] = kOffers[i].media_type;
  return kOffers[TRY(http::negotiate(request.headers.joined("Accept"), types))];
}

std::string content_type(const Offer& offer) {
  const bool text = offer.media_type.starts_with("text/");
  return std::string(offer.media_type) + (text ? "; charset=utf-8" : "");
}

Result<Response> answer(const Catalogue& catalogue, Kind kind, const Request& request) {
  const Offer offer = TRY(choose(request));
  const auto document = TRY(catalogue.document(kind, request.param("id"), offer.format, request.base_url));
  const bool unchanged = http::not_modified(request, document->etag);
  Response response = unchanged ? Response{} : Response::text(200, content_type(offer), document->body);
  if (unchanged) response.status = 304;
  response.headers.set("ETag", document->etag);
  response.headers.set("Last-Modified", http_date(document->rendered_us));
  response.headers.set("Vary", "Accept");
  response.headers.set("Cache-Control", "no-cache");  // always ask: the figures follow the index
  if (!offer.format)
    response.headers.set("Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'");
  return response;
}

Response render_error(const Error& error, const Request& request) {
  Response response = http::problem_response(error, request);
  response.headers.set("Vary", "Accept");
  return response;
}

http::RouteInfo info(std::string summary) {
  http::RouteInfo info;
  info.summary = std::move(summary);
  info.tag = "Catalogue";
  info.query = {{"format", "ttl, jsonld, rdf, nt or html, instead of the Accept field"}};
  for (const Offer& offer : kOffers) info.produces.emplace_back(offer.media_type);
  return info;
}

}  // namespace

void add_routes(http::Router& router, const Catalogue& catalogue) {
  const std::string& base = catalogue.options().path;
  const auto add = [&](const std::string& path, Kind kind, std::string summary) {
    router.add(
        http::Method::Get, base + path, info(std::move(summary)),
        [&catalogue, kind](const Request& request) { return answer(catalogue, kind, request); },
        render_error);
  };
  add("/", Kind::Root, "FAIR Data Point: what this catalogue is and which catalogues it has");
  add("/catalog/{id}", Kind::Catalogue, "A catalogue with its published datasets");
  add("/dataset/{id}", Kind::Dataset, "A dataset by HealthDCAT-AP Release 8, with its variables");
  add("/distribution/{id}", Kind::Distribution, "One form in which a dataset can be had");
  add("/service/{id}", Kind::Service, "The service that the images come from");
  http::RouteInfo redirect;
  redirect.summary = "Leads to the root of the catalogue";
  redirect.tag = "Catalogue";
  router.add(http::Method::Get, base, std::move(redirect),
             [base](const Request& request) -> Result<Response> {
               Response response;
               response.status = 308;
               response.headers.set("Location", request.base_url + base + "/");
               return response;
             });
}

}  // namespace gateway::catalogue
