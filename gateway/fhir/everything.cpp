#include "gateway/fhir/everything.h"

#include <array>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/interactions.h"

namespace gateway::fhir {
namespace {

// What refers to a study: results measured in it, documents of it, where it came from.
constexpr std::array<std::string_view, 6> kOfStudy = {"Observation:derived-from", "Observation:part-of",
                                                      "Observation:focus",        "DocumentReference:related",
                                                      "Provenance:target",        "Composition:entry"};

// Choice: care dates (start, end) are refused rather than ignored: the answer would be more than was asked.
Result<void> add_wishes(const http::Request& request, QueryPairs& query) {
  for (const auto& [name, value] : request.query) {
    if (name == "_since")
      query.emplace_back("_lastUpdated", "ge" + value);
    else if (name == "start" || name == "end")
      return fail(ErrorCode::InvalidParameter, "care dates are not supported by this server", name);
    else
      query.emplace_back(name, value);
  }
  return {};
}

Result<void> check_there(const FhirFace& face, const http::Request& request, const std::string& type) {
  const auto found = TRY(face.resources()->read(type, std::string(request.param("id")), face.place(request)));
  if (found && !found->deleted) return {};
  return fail(found ? ErrorCode::Gone : ErrorCode::NotFound, "there is no such " + type, type + ".id");
}

// Patient and Encounter: their compartment, and what that refers to.
Result<http::Response> everything(const FhirFace& face, const http::Request& request,
                                  const std::string& type) {
  TRY_VOID(check_there(face, request, type));
  QueryPairs query = {{"_include", "*"}};
  TRY_VOID(add_wishes(request, query));
  return json_response(TRY(face.resources()->search({{}, type, std::string(request.param("id"))}, query,
                                                    wants_strict(request), face.place(request))));
}

// A study, what it refers to and what refers to it. Not an operation of the standard, but of the same form.
Result<http::Response> everything_of_study(const FhirFace& face, const http::Request& request) {
  TRY_VOID(check_there(face, request, "ImagingStudy"));
  QueryPairs query = {{"_id", std::string(request.param("id"))}, {"_include", "*"}};
  for (const std::string_view each : kOfStudy) query.emplace_back("_revinclude", std::string(each));
  TRY_VOID(add_wishes(request, query));
  return json_response(TRY(
      face.resources()->search({"ImagingStudy", {}, {}}, query, wants_strict(request), face.place(request))));
}

// Profiles, tags and labels, as Parameters; what only adds and deletes them is an update here.
Result<http::Response> meta(const FhirFace& face, const http::Request& request) {
  const std::string type(request.param("type"));
  TRY_VOID(check_type(face, type));
  const auto found = TRY(face.resources()->read(type, std::string(request.param("id")), face.place(request)));
  if (!found || found->deleted)
    return fail(found ? ErrorCode::Gone : ErrorCode::NotFound, "there is no such " + type, type + ".id");
  const Value resource = TRY(codec::parse_json(found->json));
  Value answer = Value::map().set("name", "return");
  if (const Value* own = resource.find("meta")) answer.set("valueMeta", *own);
  return json_response(to_json(Value::map()
                                   .set("resourceType", "Parameters")
                                   .set("parameter", Value::list().push(std::move(answer)))));
}

http::RouteInfo info_of(std::string summary) {
  http::RouteInfo info = route_info(std::move(summary));
  info.query.push_back({"_since", "changed at this instant or later"});
  info.query.push_back({"_count", "matches a page"});
  return info;
}

}  // namespace

void add_everything_routes(http::Router& router, const FhirFace& face) {
  for (const std::string type : {"Patient", "Encounter"}) {
    http::RouteInfo info = info_of("$everything of a " + type);
    info.query.push_back({"_type", "resource types"});
    add_route(router, face, http::Method::Get, "/" + type + "/{id}/$everything", std::move(info),
              [&face, type](const http::Request& request) { return everything(face, request, type); });
  }
  add_route(router, face, http::Method::Get, "/{type}/{id}/$meta", route_info("The meta of a resource"),
            [&face](const http::Request& request) { return meta(face, request); });
  add_route(router, face, http::Method::Get, "/ImagingStudy/{id}/$everything",
            info_of("$everything of a study"),
            [&face](const http::Request& request) { return everything_of_study(face, request); });
}

}  // namespace gateway::fhir
