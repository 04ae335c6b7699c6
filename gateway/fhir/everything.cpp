#include "gateway/fhir/everything.h"

#include "gateway/fhir/interactions.h"

namespace gateway::fhir {
namespace {

// Choice: care dates (start, end) are refused rather than ignored: the answer would be more than was asked.
Result<http::Response> everything(const FhirFace& face, const http::Request& request) {
  const std::string id(request.param("id"));
  const auto patient = TRY(face.resources()->read("Patient", id, face.place(request)));
  if (!patient || patient->deleted)
    return fail(patient ? ErrorCode::Gone : ErrorCode::NotFound, "there is no such Patient", "Patient.id");
  QueryPairs query = {{"_include", "*"}};
  for (const auto& [name, value] : request.query) {
    if (name == "_since")
      query.emplace_back("_lastUpdated", "ge" + value);
    else if (name == "start" || name == "end")
      return fail(ErrorCode::InvalidParameter, "care dates are not supported by this server", name);
    else
      query.emplace_back(name, value);
  }
  return json_response(
      TRY(face.resources()->search({{}, "Patient", id}, query, wants_strict(request), face.place(request))));
}

}  // namespace

void add_everything_routes(http::Router& router, const FhirFace& face) {
  http::RouteInfo info = route_info("$everything of a patient");
  info.query.push_back({"_since", "changed at this instant or later"});
  info.query.push_back({"_type", "resource types"});
  info.query.push_back({"_count", "matches a page"});
  add_route(router, face, http::Method::Get, "/Patient/{id}/$everything", info,
            [&face](const http::Request& request) { return everything(face, request); });
}

}  // namespace gateway::fhir
