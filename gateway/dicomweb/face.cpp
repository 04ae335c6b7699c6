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

}  // namespace gateway::dicomweb
