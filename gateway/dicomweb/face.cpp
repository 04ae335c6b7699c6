#include "gateway/dicomweb/face.h"

#include "gateway/codec/uri.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/dicomweb/rendered.h"
#include "gateway/dicomweb/wado_uri.h"
#include "gateway/http/negotiate.h"

namespace gateway::dicomweb {

http::RouteInfo route_info(std::string summary, std::vector<std::string> produces,
                           std::vector<http::Parameter> query) {
  http::RouteInfo route;
  route.summary = std::move(summary);
  route.tag = "DICOMweb";
  route.query = std::move(query);
  route.produces = std::move(produces);
  return route;
}

Result<model::InstanceLocation> locate_instance(const http::Request& request, const DicomwebFace& face) {
  std::optional<model::InstanceLocation> found;
  TRY_VOID(face.index().locate(request.param("study"), request.param("series"), request.param("instance"),
                               [&](const model::InstanceLocation& location) {
                                 found = location;
                                 return false;
                               }));
  if (!found) return fail(ErrorCode::NotFound, "no such instance is stored", request.path);
  return std::move(*found);
}

std::string instance_url(std::string_view root, const model::InstanceLocation& location) {
  return std::string(root) + "/studies/" + codec::percent_encode(location.study_uid) + "/series/" +
         codec::percent_encode(location.series_uid) + "/instances/" +
         codec::percent_encode(location.instance_uid);
}

Result<void> accept_json(const http::Request& request) {
  constexpr std::array<std::string_view, 2> kOffers = {kDicomJson, "application/json"};
  const std::string accept = request.headers.joined("Accept");
  auto chosen = http::negotiate(accept, kOffers);
  if (!chosen) return std::move(chosen).error();
  return {};
}

void add_routes(http::Router& router, const DicomwebFace& face) {
  add_search_routes(router, face);
  add_metadata_routes(router, face);
  add_retrieve_routes(router, face);
  add_frame_routes(router, face);
  add_rendered_routes(router, face);
  add_wado_uri_routes(router, face);
  add_bulkdata_routes(router, face);
  add_store_routes(router, face);
  add_commitment_routes(router, face);
}

void make_remote_routes_heavy(http::Router& router, const DicomwebFace& face, bool searches) {
  const std::string& root = face.config().root;
  router.make_heavy([&](const http::Route& route) {
    const std::string_view path = route.path_template;
    if (route.method != http::Method::Get) return false;
    if (path == kWadoUriPath) return true;
    if (!path.starts_with(root)) return false;
    const std::string_view below = path.substr(root.size());
    return is_search_path(below) ? searches : http::is_at_or_below(below, kResources.front());
  });
}

void tell_lacking(const std::vector<std::string>& warnings, std::string_view root, http::Response& response) {
  if (warnings.empty()) return;
  response.status = 206;
  for (const std::string& warning : warnings)
    response.headers.add("Warning", "299 " + std::string(root) + ": " + warning);
}

void tell_missing(const Missing& missing, std::size_t all, std::string_view root, http::Response& response) {
  if (missing.count == 0) return;
  response.status = 206;
  response.headers.add("Warning", "299 " + std::string(root) + ": " + std::to_string(missing.count) + " of " +
                                      std::to_string(all) +
                                      " instances could not be given: " + missing.first->text());
}

}  // namespace gateway::dicomweb
