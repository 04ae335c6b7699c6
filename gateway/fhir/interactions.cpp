#include "gateway/fhir/interactions.h"

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/media_type.h"
#include "gateway/codec/uri.h"
#include "gateway/definitions/definitions.h"
#include "gateway/definitions/json_form.h"
#include "gateway/fhir/conditional.h"
#include "gateway/fhir/patch.h"
#include "gateway/fhir/write_set.h"

namespace gateway::fhir {
namespace {

using http::Method;

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

Error not_found(std::string_view type) {
  return fail(ErrorCode::NotFound, "there is no such " + std::string(type), std::string(type) + ".id");
}

// FHIR R4 search 3.1.1.5.8, 3.1.1.5.9: _summary and _elements of a read
Result<std::string> subset_of(const FhirFace& face, std::string json, const QueryPairs& query) {
  definitions::Subset wanted;
  for (const auto& [name, value] : query) {
    if (name == "_elements")
      for (const auto part : split(value, ',')) wanted.elements.emplace_back(trim(part));
    if (name != "_summary") continue;
    const auto summary = definitions::summary_of(value);
    if (!summary || *summary == definitions::Summary::Count)
      return fail(ErrorCode::InvalidParameter, "a read has _summary=true, text, data or false", "_summary");
    wanted.summary = *summary;
  }
  if (wanted.whole()) return json;
  return to_json(definitions::subset(TRY(codec::parse_json(json)), wanted, *face.parts().definitions));
}

Result<http::Response> found_response(const FhirFace& face, const http::Request& request,
                                      std::optional<FoundResource> found) {
  const std::string_view type = request.param("type");
  if (!found) return not_found(type);
  if (found->deleted) {
    http::Response gone = outcome_response(
        fail(ErrorCode::Gone, "the resource was deleted", std::string(type) + ".id"), request);
    gone.headers.add("ETag", etag_of(found->version));
    gone.headers.add("Last-Modified", http_date(found->updated_us));
    return gone;
  }
  std::string json = TRY(subset_of(face, std::move(found->json), request.query));
  return resource_response(request, std::move(json), found->version, found->updated_us);
}

// FHIR R4 http 3.1.0.1
Result<http::Response> read(const FhirFace& face, const http::Request& request) {
  TRY_VOID(check_type(face, request.param("type")));
  const auto id = request.param("id");
  if (!mappers::fhir::is_fhir_id(id)) return not_found(request.param("type"));
  return found_response(face, request,
                        TRY(face.resources()->read(request.param("type"), id, face.place(request))));
}

// FHIR R4 http 3.1.0.2
Result<http::Response> vread(const FhirFace& face, const http::Request& request) {
  TRY_VOID(check_type(face, request.param("type")));
  const auto id = request.param("id");
  if (!mappers::fhir::is_fhir_id(id)) return not_found(request.param("type"));
  return found_response(
      face, request,
      TRY(face.resources()->vread(request.param("type"), id, request.param("version"), face.place(request))));
}

Result<http::Response> search(const FhirFace& face, const http::Request& request, const QueryPairs& query) {
  SearchScope scope;
  scope.type = request.param("type");
  if (!scope.type.empty()) TRY_VOID(check_type(face, scope.type));
  return json_response(
      TRY(face.resources()->search(scope, query, wants_strict(request), face.place(request))));
}

// FHIR R4 search 3.1.1.2: what belongs to a patient, an encounter, ...
Result<http::Response> search_compartment(const FhirFace& face, const http::Request& request) {
  SearchScope scope;
  scope.compartment = request.param("type");
  scope.owner = request.param("id");
  scope.type = request.param("member") == "*" ? std::string_view() : request.param("member");
  if (!scope.type.empty()) TRY_VOID(check_type(face, scope.type));
  return json_response(
      TRY(face.resources()->search(scope, request.query, wants_strict(request), face.place(request))));
}

// POST _search: parameters of the URL and of the form together (FHIR R4 http 3.1.0.10)
Result<http::Response> post_search(const FhirFace& face, const http::Request& request) {
  QueryPairs query = request.query;
  if (request.body->size() > 0) {
    const auto media_type = TRY(codec::parse_media_type(request.headers.get("Content-Type")));
    if (media_type.type != kForm)
      return fail(ErrorCode::UnsupportedMediaType, "a search is posted as " + std::string(kForm),
                  "Content-Type");
    const std::string form = TRY(body_text(request, kMaxSearchForm));
    for (auto& pair : TRY(codec::parse_query(form, codec::Plus::Space))) query.push_back(std::move(pair));
  }
  return search(face, request, query);
}

Result<http::Response> write_one(const FhirFace& face, const http::Request& request) {
  TRY_VOID(check_writable(face, request.param("type")));
  const Call call = TRY(call_of(face, request));
  return response_of(TRY(write(face, call)), request, face);
}

http::RouteInfo search_info() {
  http::RouteInfo info = route_info("Search");
  info.query.push_back({"_count", "matches a page"});
  info.query.push_back({"_sort", "parameters, with '-' for descending"});
  info.query.push_back({"_include, _revinclude", "what else goes into the answer"});
  info.query.push_back({"_summary, _elements", "which parts of the resources"});
  info.query.push_back({"_total", "none, estimate or accurate"});
  return info;
}

void add_search_routes(http::Router& router, const FhirFace& face) {
  const auto get = [&face](const http::Request& request) { return search(face, request, request.query); };
  const auto post = [&face](const http::Request& request) { return post_search(face, request); };
  http::RouteInfo posted = search_info();
  posted.consumes = {std::string(kForm)};
  posted.body_limit = kMaxSearchForm;
  posted.body_optional = true;
  add_route(router, face, Method::Get, "", search_info(), get);
  add_route(router, face, Method::Get, "/{type}", search_info(), get);
  add_route(router, face, Method::Post, "/_search", posted, post);
  add_route(router, face, Method::Post, "/{type}/_search", posted, post);
  add_route(router, face, Method::Get, "/{type}/{id}/{member}", search_info(),
            [&face](const http::Request& request) { return search_compartment(face, request); });
}

void add_write_routes(http::Router& router, const FhirFace& face) {
  const auto write_it = [&face](const http::Request& request) { return write_one(face, request); };
  const std::uint64_t limit = face.config().max_resource_bytes;
  http::RouteInfo patch = body_info("Patch: JSON Patch or FHIRPath Patch", limit);
  patch.consumes.emplace_back(kJsonPatch);
  add_route(router, face, Method::Post, "/{type}", body_info("Create, also conditional", limit), write_it);
  add_route(router, face, Method::Put, "/{type}", body_info("Update by criteria", limit), write_it);
  add_route(router, face, Method::Patch, "/{type}", patch, write_it);
  add_route(router, face, Method::Delete, "/{type}", route_info("Delete by criteria"), write_it);
  add_route(router, face, Method::Put, "/{type}/{id}", body_info("Update, also as create", limit), write_it);
  add_route(router, face, Method::Patch, "/{type}/{id}", patch, write_it);
  add_route(router, face, Method::Delete, "/{type}/{id}", route_info("Delete"), write_it);
}

}  // namespace

Result<void> check_type(const FhirFace& face, std::string_view type) {
  const bool content = type != "Parameters" && type != "OperationOutcome";  // no content of a server
  if (content && is_resource_type(face, type)) return {};
  return fail(ErrorCode::NotFound, "there is no resource type " + std::string(type), "resourceType");
}

http::RouteInfo route_info(std::string summary) {
  http::RouteInfo info;
  info.summary = std::move(summary);
  info.tag = "FHIR";
  info.produces = {std::string(kFhirJson), std::string(kFhirXml)};
  info.query = {{"_format", "json, xml or a media type"}, {"_pretty", "true: indented"}};
  return info;
}

http::RouteInfo body_info(std::string summary, std::uint64_t limit) {
  http::RouteInfo info = route_info(std::move(summary));
  info.consumes = {std::string(kFhirJson), std::string(kFhirXml)};
  info.body_limit = limit;
  return info;
}

http::Response response_of(const Reply& reply, const http::Request& request, const FhirFace& face) {
  const Return wanted = return_of(request);
  http::Response response;
  if (reply.failed()) {
    response = json_response(reply.json);
  } else if (wanted == Return::Outcome) {
    response = json_response(notes_json("done", reply.notes));
  } else if (wanted == Return::Representation && !reply.json.empty()) {
    response = json_response(reply.json);
  }
  response.status = reply.status == 204 && !response.body.empty() ? 200 : reply.status;
  if (reply.failed() || reply.version.empty()) return response;
  if (reply.located) response.headers.add("Location", face.base(request) + "/" + location_of(reply));
  response.headers.add("ETag", etag_of(reply.version));
  response.headers.add("Last-Modified", http_date(reply.updated_us));
  return response;
}

void add_interaction_routes(http::Router& router, const FhirFace& face) {
  add_route(router, face, Method::Get, "/{type}/{id}", route_info("Read"),
            [&face](const http::Request& request) { return read(face, request); });
  add_route(router, face, Method::Get, "/{type}/{id}/_history/{version}", route_info("Read a version"),
            [&face](const http::Request& request) { return vread(face, request); });
  add_search_routes(router, face);
  add_write_routes(router, face);
}

}  // namespace gateway::fhir
