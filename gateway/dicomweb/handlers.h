// The handlers of the face, one .cpp a service, and what they share. Inside of this folder only.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/dicomweb/face.h"
#include "gateway/http/message.h"

namespace gateway::dicomweb {

inline constexpr std::string_view kDicom = "application/dicom";
inline constexpr std::string_view kDicomJson = "application/dicom+json";

// Paths of a study, a series and an instance below the service root.
inline constexpr std::array<std::string_view, 3> kResources = {
    "/studies/{study}", "/studies/{study}/series/{series}",
    "/studies/{study}/series/{series}/instances/{instance}"};

// Adds the routes of one service; `face` must outlive the router.
void add_search_routes(http::Router& router, const DicomwebFace& face);
void add_metadata_routes(http::Router& router, const DicomwebFace& face);
void add_retrieve_routes(http::Router& router, const DicomwebFace& face);
void add_frame_routes(http::Router& router, const DicomwebFace& face);
void add_bulkdata_routes(http::Router& router, const DicomwebFace& face);
void add_store_routes(http::Router& router, const DicomwebFace& face);
void add_commitment_routes(http::Router& router, const DicomwebFace& face);

bool is_search_path(std::string_view path_below_root);

// 206 with the reasons when what is given lacks what others have (PS3.18 section 10.4.3.1).
void tell_lacking(const std::vector<std::string>& warnings, std::string_view root, http::Response& response);

// The same for instances of ours: 206 when `missing` of `all` could not be given, `first` says why.
struct Missing {
  std::size_t count = 0;
  std::optional<Error> first = {};
  void add(Error error) {
    ++count;
    if (!first) first = std::move(error);
  }
};
void tell_missing(const Missing& missing, std::size_t all, std::string_view root, http::Response& response);

// The description of a route of this face.
http::RouteInfo route_info(std::string summary, std::vector<std::string> produces,
                           std::vector<http::Parameter> query = {});

// The instance that the path of a request names. Error NotFound.
Result<model::InstanceLocation> locate_instance(const http::Request& request, const DicomwebFace& face);
// "http://host/dicomweb/studies/{}/series/{}/instances/{}", percent-encoded.
std::string instance_url(std::string_view root, const model::InstanceLocation& location);

// Error NotAcceptable unless the client accepts DICOM JSON. `application/json` counts: many clients send it,
// and real viewers add multipart types to it.
Result<void> accept_json(const http::Request& request);

}  // namespace gateway::dicomweb
