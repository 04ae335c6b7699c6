// The routes of bulk export (Bulk Data Access 2.0.0): kick-off, status, files, and their end.
#include <algorithm>
#include <array>

#include "gateway/base/text.h"
#include "gateway/codec/uri.h"
#include "gateway/definitions/definitions.h"
#include "gateway/fhir/export.h"
#include "gateway/fhir/history.h"
#include "gateway/fhir/interactions.h"
#include "gateway/fhir/respond.h"
#include "gateway/fhir/write_call.h"

namespace gateway::fhir {
namespace {

using http::Method;

constexpr std::string_view kNdjson = "application/fhir+ndjson";
constexpr const char* kRetryAfter = "2";  // seconds

Result<void> read_types(const FhirFace& face, const std::string& value, ExportRequest& asked) {
  for (const auto part : split(value, ',')) {
    if (!face.parts().definitions->is_resource(trim(part)))
      return fail(ErrorCode::InvalidParameter, "there is no resource type " + std::string(part), "_type");
    asked.types.emplace_back(trim(part));
  }
  return {};
}

// "Observation?code=1,ImagingStudy?modality=CT": a comma parts filters when a type follows it.
Result<void> read_filters(const FhirFace& face, const std::string& value, ExportRequest& asked) {
  std::vector<std::string> filters;
  for (const auto part : split(value, ',')) {
    const bool begins = face.parts().definitions->is_resource(part.substr(0, part.find('?')));
    if (begins || filters.empty())
      filters.emplace_back(part);
    else
      filters.back() += "," + std::string(part);
  }
  for (const std::string& filter : filters) {
    const auto mark = filter.find('?');
    auto pairs = codec::parse_query(mark == std::string::npos ? "" : filter.substr(mark + 1));
    if (!pairs || pairs->empty() || !face.parts().definitions->is_resource(filter.substr(0, mark)))
      return fail(ErrorCode::InvalidParameter, "a filter is a search: ImagingStudy?modality=CT",
                  "_typeFilter");
    asked.filters.emplace_back(filter.substr(0, mark), std::move(*pairs));
  }
  return {};
}

Result<void> read_parameter(const FhirFace& face, const http::Request& request, const std::string& name,
                            const std::string& value, ExportRequest& asked) {
  constexpr std::array<std::string_view, 3> kFormats = {kNdjson, "application/ndjson", "ndjson"};
  if (name == "_type") return read_types(face, value, asked);
  if (name == "_typeFilter") return read_filters(face, value, asked);
  if (name == "_elements") {
    asked.elements = value;
  } else if (name == "_since") {
    asked.since = value;
    std::replace(asked.since.begin(), asked.since.end(), ' ', '+');
    if (!instant_us(asked.since))
      return fail(ErrorCode::InvalidParameter, "not a FHIR instant: " + value, "_since");
  } else if (name == "_outputFormat") {
    std::string format = value;
    std::replace(format.begin(), format.end(), ' ', '+');
    if (std::find(kFormats.begin(), kFormats.end(), format) == kFormats.end())
      return fail(ErrorCode::InvalidParameter, "an export is written as ndjson", "_outputFormat");
  } else if (name != "_format" && !prefers(request, "handling=lenient")) {
    return fail(ErrorCode::InvalidParameter, "$export has no such parameter", name);
  }
  return {};
}

// The parameters of a POST stand in Parameters, with the names of the query.
Result<QueryPairs> parameters_of(const FhirFace& face, const http::Request& request) {
  QueryPairs pairs = request.query;
  if (request.body->size() == 0) return pairs;
  const Value body = TRY(read_resource(face, request, face.config().max_resource_bytes));
  const Value* list = body.find("parameter");
  if (!list || !list->as_list()) return pairs;
  for (const Value& parameter : *list->as_list())
    for (const auto& [name, value] : *parameter.as_map())
      if (name.starts_with("value") && value.as_string())
        pairs.emplace_back(parameter.text("name"), *value.as_string());
  return pairs;
}

Result<http::Response> kick_off(const FhirFace& face, const http::Request& request) {
  if (!prefers(request, "respond-async"))
    return fail(ErrorCode::InvalidParameter, "an export is asynchronous: Prefer: respond-async", "Prefer");
  ExportRequest asked;
  asked.url = request.base_url + request.target;
  asked.place = face.place(request);
  for (const auto& [name, value] : TRY(parameters_of(face, request)))
    TRY_VOID(read_parameter(face, request, name, value, asked));
  asked.patients_only = request.path.find("/Patient/$export") != std::string::npos;
  if (!request.param("id").empty()) {
    const auto group = TRY(face.resources()->read("Group", request.param("id"), asked.place));
    if (!group || group->deleted) return fail(ErrorCode::NotFound, "there is no such Group", "Group.id");
    asked.group = request.param("id");
    asked.patients_only = true;
  }
  const std::string status = asked.place.base + "/$export-status/";
  const std::string job = TRY(face.exports()->begin(std::move(asked)));
  http::Response response;
  response.status = 202;
  response.headers.add("Content-Location", status + job);
  return response;
}

Result<http::Response> status(const FhirFace& face, const http::Request& request) {
  const auto state = face.exports()->state(std::string(request.param("job")));
  if (!state) return fail(ErrorCode::NotFound, "there is no such export");
  http::Response response;
  switch (state->kind) {
    case ExportState::Kind::Waiting:
    case ExportState::Kind::Running:
      response.status = 202;
      response.headers.add("X-Progress", state->progress);
      response.headers.add("Retry-After", kRetryAfter);
      return response;
    case ExportState::Kind::Failed:
      response = json_response(state->manifest);
      response.status = 500;
      return response;
    case ExportState::Kind::Done:
      break;
  }
  response = http::Response::text(200, "application/json", state->manifest);
  response.headers.add("Expires", http_date(state->expires_us));
  return response;
}

Result<http::Response> end(const FhirFace& face, const http::Request& request) {
  if (!face.exports()->remove(std::string(request.param("job"))))
    return fail(ErrorCode::NotFound, "there is no such export");
  http::Response response;
  response.status = 202;
  return response;
}

Result<http::Response> file(const FhirFace& face, const http::Request& request) {
  const std::string path =
      TRY(face.exports()->file(std::string(request.param("job")), std::string(request.param("file"))));
  const FileSource source = TRY(FileSource::open(path));
  http::Response response;
  response.headers.add("Content-Type", kNdjson);
  response.body.emplace_back(http::FileRange{source.file(), 0, source.size()});
  return response;
}

}  // namespace

void add_export_routes(http::Router& router, const FhirFace& face) {
  if (!face.exports()) return;
  http::RouteInfo info = body_info("$export: begin a bulk export", 1 << 20);
  info.body_optional = true;
  info.query = {{"_type", "resource types"},
                {"_since", "changed at this instant or later"},
                {"_typeFilter", "searches that resources of a type must match"},
                {"_elements", "which parts of the resources"},
                {"_outputFormat", "application/fhir+ndjson"}};
  http::RouteInfo asked = info;
  asked.consumes.clear();
  asked.body_limit = 0;
  asked.body_optional = false;
  const auto begin = [&face](const http::Request& request) { return kick_off(face, request); };
  for (const char* path : {"/$export", "/Patient/$export", "/Group/{id}/$export"}) {
    add_route(router, face, Method::Get, path, asked, begin);
    add_route(router, face, Method::Post, path, info, begin);
  }
  http::RouteInfo files = route_info("A file of an export");
  files.produces = {std::string(kNdjson)};
  add_route(router, face, Method::Get, "/$export-status/{job}", route_info("State of an export"),
            [&face](const http::Request& request) { return status(face, request); });
  add_route(router, face, Method::Delete, "/$export-status/{job}", route_info("End an export"),
            [&face](const http::Request& request) { return end(face, request); });
  add_route(router, face, Method::Get, "/$export-file/{job}/{file}", files,
            [&face](const http::Request& request) { return file(face, request); });
}

}  // namespace gateway::fhir
