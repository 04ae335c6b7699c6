#include "gateway/dicomweb/capabilities.h"

#include <array>
#include <set>

#include "gateway/http/negotiate.h"

namespace gateway::dicomweb {
namespace {

constexpr std::array<std::string_view, 4> kOffers = {"application/vnd.sun.wadl+xml", "application/xml",
                                                     "application/json", "application/dicom+json"};
constexpr std::size_t kFirstJson = 2;

Result<http::Response> describe(const http::Request& request, const http::Router& router,
                                const std::string& resource) {
  const std::size_t chosen = TRY(http::negotiate(request.headers.joined("Accept"), kOffers));
  std::string text = chosen < kFirstJson ? router.wadl(request.base_url, resource)
                                         : router.openapi("DICOMweb", "PS3.18", resource);
  http::Response response = http::Response::text(200, kOffers[chosen], std::move(text));
  response.headers.add("Allow", router.allow(request.path));
  return response;
}

}  // namespace

void add_capabilities_routes(http::Router& router, const std::string& root) {
  std::set<std::string> resources{root};
  for (const auto& route : router.routes())
    if (route->path_template.starts_with(root + "/")) resources.insert(route->path_template);
  const auto add = [&router](const std::string& path, const std::string& resource) {
    http::RouteInfo info;
    info.summary = "Capabilities of " + resource;
    info.tag = "DICOMweb";
    info.produces = {kOffers.begin(), kOffers.end()};
    router.add(
        http::Method::Options, path, std::move(info),
        [&router, resource](const http::Request& request) { return describe(request, router, resource); });
  };
  for (const std::string& resource : resources) add(resource, resource);
  add(root + "/", root);  // section 8.9.1.1: the target is "/", which clients append to the root or not
}

}  // namespace gateway::dicomweb
