#include "gateway/catalogue/answer.h"

#include <time.h>

#include <array>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/ids.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/uri.h"
#include "gateway/http/conditional.h"
#include "gateway/http/negotiate.h"

namespace gateway::catalogue {
namespace {

using http::Request;
using http::Response;

constexpr std::array kDocument = {
    Offer{"text/turtle", "ttl", codec::RdfFormat::Turtle},
    Offer{"application/ld+json", "jsonld", codec::RdfFormat::JsonLd},
    Offer{"application/rdf+xml", "rdf", codec::RdfFormat::RdfXml},
    Offer{"application/n-triples", "nt", codec::RdfFormat::NTriples},
    Offer{"application/trig", "trig", codec::RdfFormat::TriG},
    Offer{"text/html", "html", std::nullopt},
};
constexpr std::array kReport = {Offer{"application/json", "json", std::nullopt},
                                Offer{"text/html", "html", std::nullopt}};
constexpr std::array kEvents = {Offer{"application/trig", "trig", codec::RdfFormat::TriG},
                                Offer{"application/ld+json", "jsonld", codec::RdfFormat::JsonLd}};

constexpr std::string_view kPagePolicy =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors "
    "'none'";

// RFC 9110 section 5.6.7, the preferred form; nothing for any other.
std::optional<std::int64_t> seconds_of(std::string_view date) {
  tm parts{};
  const std::string text(date);
  const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (!end || *end) return std::nullopt;
  return ::timegm(&parts);
}

// RFC 9110 section 13.1.3: counts only when there is no If-None-Match.
bool not_modified_since(const Request& request, std::int64_t modified_us) {
  if (request.method != http::Method::Get && request.method != http::Method::Head) return false;
  if (modified_us == 0 || request.headers.has("If-None-Match")) return false;
  const auto since = seconds_of(request.headers.get("If-Modified-Since"));
  return since && modified_us / 1'000'000 <= *since;
}

std::string names_of(std::span<const Offer> offers) {
  std::string names;
  for (std::size_t i = 0; i < offers.size(); ++i)
    names += (i == 0 ? "" : i + 1 == offers.size() ? " or " : ", ") + std::string(offers[i].name);
  return names;
}

}  // namespace

std::span<const Offer> document_offers() { return kDocument; }
std::span<const Offer> rdf_offers() { return std::span(kDocument).first(kDocument.size() - 1); }
std::span<const Offer> report_offers() { return kReport; }
std::span<const Offer> event_offers() { return kEvents; }

std::string take_suffix(std::string& segment, std::span<const Offer> offers) {
  const auto dot = segment.rfind('.');
  if (dot == std::string::npos) return {};
  std::string suffix = segment.substr(dot + 1);
  for (const Offer& offer : offers) {
    if (offer.name != suffix) continue;
    segment.resize(dot);
    return suffix;
  }
  return {};
}

Result<Offer> choose(const Request& request, std::span<const Offer> offers, std::string_view suffix) {
  const std::string* asked = request.query_value("format");
  const std::string_view name = !suffix.empty() ? suffix : asked ? std::string_view(*asked) : "";
  if (!suffix.empty() || asked) {
    for (const Offer& offer : offers)
      if (offer.name == name) return offer;
    return fail(ErrorCode::InvalidParameter, "format must be " + names_of(offers), "format");
  }
  std::vector<std::string_view> types;
  for (const Offer& offer : offers) types.push_back(offer.media_type);
  return offers[TRY(http::negotiate(request.headers.joined("Accept"), types))];
}

std::string entity_tag(std::string_view text) { return "\"" + sha256_hex(text).substr(0, 32) + "\""; }

Response respond(const Request& request, const Offer& offer, Body body) {
  if (body.etag.empty()) body.etag = entity_tag(body.text);
  std::string type(offer.media_type);
  if (type.starts_with("text/")) type += "; charset=utf-8";
  const bool unchanged =
      http::not_modified(request, body.etag) || not_modified_since(request, body.modified_us);
  Response response = unchanged ? Response{} : Response::text(200, type, std::move(body.text));
  if (unchanged) response.status = 304;
  response.headers.set("ETag", body.etag);
  if (body.modified_us) response.headers.set("Last-Modified", http_date(body.modified_us));
  response.headers.set("Vary", "Accept");
  response.headers.set("Cache-Control", "no-cache");  // always ask: the figures follow the index
  if (offer.name == "html") response.headers.set("Content-Security-Policy", kPagePolicy);
  return response;
}

Response respond_json(const Request& request, int status, const Value& value) {
  Response response = respond(request, kReport[0], {to_json(value, true) + "\n", {}});
  if (response.status == 200) response.status = status;
  return response;
}

Response render_error(const Error& error, const Request& request) {
  Response response = http::problem_response(error, request);
  response.headers.set("Vary", "Accept");
  return response;
}

Result<std::uint64_t> number_of(const Request& request, std::string_view name, std::uint64_t otherwise,
                                std::uint64_t most) {
  const std::string* text = request.query_value(name);
  if (!text) return otherwise;
  const auto number = parse_number<std::uint64_t>(*text);
  if (!number || *number > most)
    return fail(ErrorCode::InvalidParameter, "must be a number of at most " + std::to_string(most),
                std::string(name));
  return *number;
}

std::string query_text(std::span<const std::pair<std::string, std::string>> parameters) {
  std::string text;
  for (const auto& [name, value] : parameters)
    text += (text.empty() ? "" : "&") + codec::percent_encode(name) + "=" + codec::percent_encode(value);
  return text;
}

http::RouteInfo route_info(std::string summary, std::span<const Offer> offers,
                           std::vector<http::Parameter> parameters) {
  http::RouteInfo info;
  info.summary = std::move(summary);
  info.tag = "Catalogue";
  info.query = std::move(parameters);
  info.query.push_back({"format", names_of(offers) + ", instead of the Accept field"});
  for (const Offer& offer : offers) info.produces.emplace_back(offer.media_type);
  return info;
}

}  // namespace gateway::catalogue
