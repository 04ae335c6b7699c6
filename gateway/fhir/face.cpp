#include "gateway/fhir/face.h"

#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"
#include "gateway/codec/uri.h"
#include "gateway/fhir/capability.h"
#include "gateway/fhir/respond.h"
#include "gateway/fhir/search_answer.h"

namespace gateway::fhir {
namespace {

constexpr std::uint64_t kMaxForm = 256 << 10;  // bytes of a POST _search body
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

Error not_found(ResourceType type) {
  return fail(ErrorCode::NotFound, "there is no such " + std::string(name_of(type)),
              std::string(name_of(type)) + ".id");
}

Result<http::Response> metadata(const FhirFace& face, const http::Request& request) {
  TRY_VOID(accept_json(request, request.query));
  return json_response(capability_statement(face, face.base(request)), wants_pretty(request.query));
}

Result<http::Response> read_study(const FhirFace& face, const http::Request& request, std::string_view id) {
  const auto uid = TRY(face.study_uid(id));
  if (!uid) return not_found(ResourceType::ImagingStudy);
  model::Query query;
  query.limit = 1;
  query.matches.push_back({"study.uid", model::Match::Kind::AnyOf, {*uid}, {}, {}});
  const auto rows = TRY(face.index().studies(query, model::Depth::Study));
  const auto texts = TRY(face.study_texts().texts(rows));
  if (texts.empty() || !texts[0]) return not_found(ResourceType::ImagingStudy);
  return resource_response(request, *texts[0], std::to_string(rows[0].version), rows[0].updated_us);
}

Result<http::Response> read_subject(const FhirFace& face, const http::Request& request, std::string_view id) {
  model::Query query;
  query.level = model::Level::Subject;
  query.limit = 1;
  query.matches.push_back({"subject.key", model::Match::Kind::AnyOf, {std::string(id)}, {}, {}});
  const auto rows = TRY(face.index().subjects(query));
  if (rows.empty()) return not_found(ResourceType::Patient);
  std::string json;
  mappers::fhir::append_patient(json, rows[0], face.render());
  return resource_response(request, std::move(json), std::to_string(rows[0].version), rows[0].updated_us);
}

Result<http::Response> read_endpoint(const FhirFace& face, const http::Request& request,
                                     std::string_view id) {
  if (id != mappers::fhir::kEndpointId) return not_found(ResourceType::Endpoint);
  const std::string address = face.dicomweb(request);
  std::string json;
  mappers::fhir::append_endpoint(json, address, face.started_us());
  return resource_response(request, std::move(json), mappers::fhir::endpoint_version(address),
                           face.started_us());
}

Result<http::Response> read(const FhirFace& face, ResourceType type, const http::Request& request) {
  TRY_VOID(accept_json(request, request.query));
  const auto id = request.param("id");
  if (!mappers::fhir::is_fhir_id(id)) return not_found(type);
  if (type == ResourceType::ImagingStudy) return read_study(face, request, id);
  return type == ResourceType::Patient ? read_subject(face, request, id) : read_endpoint(face, request, id);
}

Result<http::Response> search(const FhirFace& face, ResourceType type, const http::Request& request,
                              const QueryPairs& query) {
  TRY_VOID(accept_json(request, query));
  const SearchDefaults defaults{face.config().default_count, face.config().max_count, wants_strict(request)};
  const SearchRequest parsed = TRY(parse_search(type, query, defaults));
  return json_response(TRY(search_answer(parsed, face, face.base(request), face.dicomweb(request))),
                       wants_pretty(query));
}

// POST _search: parameters of the URL and of the form together (FHIR R4 http 3.1.0.10)
Result<http::Response> post_search(const FhirFace& face, ResourceType type, const http::Request& request) {
  QueryPairs query = request.query;
  if (request.body->size() > 0) {
    const auto media_type = TRY(codec::parse_media_type(request.headers.get("Content-Type")));
    if (media_type.type != kForm)
      return fail(ErrorCode::UnsupportedMediaType, "a search is posted as " + std::string(kForm),
                  "Content-Type");
    std::string form(request.body->size(), '\0');
    const auto bytes = std::as_writable_bytes(std::span(form.data(), form.size()));
    form.resize(TRY(request.body->read_at(0, bytes)));
    for (auto& pair : TRY(codec::parse_query(form, codec::Plus::Space))) query.push_back(std::move(pair));
  }
  return search(face, type, request, query);
}

http::RouteInfo route_info(std::string summary) {
  http::RouteInfo info;
  info.summary = std::move(summary);
  info.tag = "FHIR";
  info.produces = {std::string(kFhirJson)};
  info.query = {{"_format", "json or application/fhir+json"}, {"_pretty", "true: indented"}};
  return info;
}

http::RouteInfo search_info(ResourceType type) {
  http::RouteInfo info = route_info("Search " + std::string(name_of(type)));
  for (const SearchParameter& parameter : search_parameters(type))
    info.query.push_back({std::string(parameter.name),
                          std::string(parameter.type) + ". " + std::string(parameter.documentation)});
  info.query.push_back({"_count", "matches a page; 0: only the total"});
  info.query.push_back({"_summary", "count: only the total"});
  info.query.push_back({"_total", "none, estimate or accurate"});
  for (const auto include : search_includes(type)) info.query.push_back({"_include", std::string(include)});
  return info;
}

void add_type_routes(http::Router& router, const FhirFace& face, ResourceType type) {
  const std::string path = face.config().root + "/" + std::string(name_of(type));
  router.add(
      http::Method::Get, path + "/{id}", route_info("Read one " + std::string(name_of(type))),
      [&face, type](const http::Request& request) { return read(face, type, request); }, outcome_response);
  router.add(
      http::Method::Get, path, search_info(type),
      [&face, type](const http::Request& request) { return search(face, type, request, request.query); },
      outcome_response);
  http::RouteInfo posted = search_info(type);
  posted.consumes = {std::string(kForm)};
  posted.body_limit = kMaxForm;
  router.add(
      http::Method::Post, path + "/_search", std::move(posted),
      [&face, type](const http::Request& request) { return post_search(face, type, request); },
      outcome_response);
}

}  // namespace

void add_routes(http::Router& router, const FhirFace& face) {
  router.set_error_renderer(face.config().root, outcome_response);
  router.add(
      http::Method::Get, face.config().root + "/metadata", route_info("CapabilityStatement"),
      [&face](const http::Request& request) { return metadata(face, request); }, outcome_response);
  for (const ResourceType type : kResourceTypes) add_type_routes(router, face, type);
}

}  // namespace gateway::fhir
