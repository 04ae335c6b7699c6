#include "gateway/dicomweb/face.h"

#include <array>

#include "gateway/dicomweb/handlers.h"
#include "gateway/http/negotiate.h"

namespace gateway::dicomweb {
namespace {

constexpr int kMaxBulkDepth = 8;  // sequences on the way to a bulk data value

http::RouteInfo info(std::string summary, std::vector<std::string> produces,
                     std::vector<http::Parameter> query = {}) {
  http::RouteInfo route;
  route.summary = std::move(summary);
  route.tag = "DICOMweb";
  route.query = std::move(query);
  route.produces = std::move(produces);
  return route;
}

std::vector<http::Parameter> search_parameters() {
  return {{"{attribute}", "a matching key by tag or keyword, e.g. PatientID=X or 00100020=X"},
          {"includefield", "further attributes by tag or keyword, comma-separated, or 'all'"},
          {"limit", "at most this many results"},
          {"offset", "skip this many results"},
          {"fuzzymatching", "not supported: answered with Warning 299"}};
}

struct SearchPath {
  const char* path;
  model::Level level;
};

constexpr std::array kSearchPaths = {
    SearchPath{"/studies", model::Level::Study},
    SearchPath{"/series", model::Level::Series},
    SearchPath{"/instances", model::Level::Instance},
    SearchPath{"/studies/{study}/series", model::Level::Series},
    SearchPath{"/studies/{study}/instances", model::Level::Instance},
    SearchPath{"/studies/{study}/series/{series}/instances", model::Level::Instance},
};

constexpr std::array kResources = {"/studies/{study}", "/studies/{study}/series/{series}",
                                   "/studies/{study}/series/{series}/instances/{instance}"};

void add_search_routes(http::Router& router, const DicomwebFace& face) {
  for (const auto& [path, level] : kSearchPaths)
    router.add(http::Method::Get, face.config().root + path,
               info("QIDO-RS: search " + std::string(path), {std::string(kDicomJson)}, search_parameters()),
               search_handler(level, face));
}

void add_metadata_route(http::Router& router, const std::string& resource, const DicomwebFace& face) {
  http::RouteInfo route = info("WADO-RS: metadata of " + resource, {std::string(kDicomJson)});
  route.heavy = resource != kResources.back();  // a study may have thousands of instances
  router.add(http::Method::Get, face.config().root + resource + "/metadata", std::move(route),
             metadata_handler(face));
}

void add_retrieve_routes(http::Router& router, const DicomwebFace& face) {
  const std::string& root = face.config().root;
  for (const std::string resource : kResources) add_metadata_route(router, resource, face);
  const std::string instance = root + kResources.back();
  router.add(http::Method::Get, instance,
             info("WADO-RS: retrieve an instance", {"multipart/related", std::string(kDicom)}),
             instance_handler(face));
  std::string path = instance + "/bulkdata/{tag0}";
  for (int depth = 0; depth < kMaxBulkDepth; ++depth) {
    router.add(http::Method::Get, path,
               info("WADO-RS: one bulk data value", {"multipart/related", "application/octet-stream"}),
               bulkdata_handler(face));
    path += "/{item" + std::to_string(depth) + "}/{tag" + std::to_string(depth + 1) + "}";
  }
}

void add_store_routes(http::Router& router, const DicomwebFace& face) {
  for (const std::string path : {"/studies", "/studies/{study}"}) {
    http::RouteInfo route = info("STOW-RS: store instances", {std::string(kDicomJson)});
    route.consumes = {"multipart/related", std::string(kDicom)};
    route.body_limit = face.config().max_store_bytes;
    route.heavy = true;
    router.add(http::Method::Post, face.config().root + path, std::move(route), store_handler(face));
  }
}

}  // namespace

Result<void> accept_json(const http::Request& request) {
  constexpr std::array<std::string_view, 2> kOffers = {kDicomJson, "application/json"};
  const std::string accept = request.headers.joined("Accept");
  auto chosen = http::negotiate(accept, kOffers);
  if (!chosen) return std::move(chosen).error();
  return {};
}

void add_routes(http::Router& router, const DicomwebFace& face) {
  add_search_routes(router, face);
  add_retrieve_routes(router, face);
  add_store_routes(router, face);
}

}  // namespace gateway::dicomweb
