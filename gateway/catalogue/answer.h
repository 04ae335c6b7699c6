// Answers of the catalogue: which form the client wants, and the fields that every document has (entity tag,
// time, Vary, alternatives). Pure functions.
//
// The form is chosen by the suffix of the path ("/dataset/x.ttl"), else by ?format=, else by Accept.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/codec/rdf.h"
#include "gateway/http/message.h"
#include "gateway/http/router.h"

namespace gateway::catalogue {

struct Offer {
  std::string_view media_type;
  std::string_view name;  // of ?format= and of the suffix
  std::optional<codec::RdfFormat> format;
};

// In order of our preference: machines that accept anything get Turtle.
std::span<const Offer> document_offers();  // RDF in all syntaxes, then HTML
std::span<const Offer> rdf_offers();       // RDF alone
std::span<const Offer> report_offers();    // JSON, then HTML
std::span<const Offer> event_offers();     // TriG, then JSON-LD and HTML

// What stands behind the last '.' of a path segment, taken from it, if it is the name of an offer.
std::string take_suffix(std::string& segment, std::span<const Offer> offers);
// Errors: InvalidParameter for an unknown ?format=, NotAcceptable with the list.
Result<Offer> choose(const http::Request& request, std::span<const Offer> offers,
                     std::string_view suffix = {});

struct Body {
  std::string text;
  std::string etag;              // quoted; empty: made from the text
  std::int64_t modified_us = 0;  // 0: not said
};
std::string entity_tag(std::string_view text);
// 200 or 304, with what RFC 9110 wants to see on a negotiated document. HTML gets its security policy.
http::Response respond(const http::Request& request, const Offer& offer, Body body);
http::Response respond_json(const http::Request& request, int status, const Value& value);
// Errors as problem details; refused forms vary by Accept too.
http::Response render_error(const Error& error, const http::Request& request);

// Non-negative number of a query parameter, or `otherwise` without it. Error: InvalidParameter.
Result<std::uint64_t> number_of(const http::Request& request, std::string_view name, std::uint64_t otherwise,
                                std::uint64_t most);
// "name=value&..." with everything encoded (RFC 3986 section 3.4).
std::string query_text(std::span<const std::pair<std::string, std::string>> parameters);

http::RouteInfo route_info(std::string summary, std::span<const Offer> offers,
                           std::vector<http::Parameter> parameters = {});

}  // namespace gateway::catalogue
