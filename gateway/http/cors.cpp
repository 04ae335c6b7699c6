#include "gateway/http/cors.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"

namespace gateway::http {
namespace {

// What pages may read beside the few fields that the Fetch standard always shows.
constexpr std::string_view kExposed =
    "Content-Location, Location, ETag, Last-Modified, Warning, Retry-After, X-Request-Id, Content-Length, "
    "Content-Range, Accept-Ranges";

bool allows_any(const CorsPolicy& policy) {
  return std::find(policy.origins.begin(), policy.origins.end(), "*") != policy.origins.end();
}

// The names asked for, as far as they are names: nothing else is ever sent back.
std::string field_names(std::string_view asked) {
  std::string names;
  for (const auto part : split(asked, ',')) {
    const auto name = trim(part);
    if (name.empty() || !codec::is_token(name)) continue;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

}  // namespace

bool CorsPolicy::allows(std::string_view origin) const {
  return !origin.empty() &&
         (allows_any(*this) || std::find(origins.begin(), origins.end(), origin) != origins.end());
}

void add_cors_fields(const CorsPolicy& policy, const Request& request, Response& response) {
  if (policy.origins.empty()) return;
  if (!allows_any(policy)) response.headers.add("Vary", "Origin");
  const std::string_view origin = request.headers.get("Origin");
  if (!policy.allows(origin)) return;
  response.headers.set("Access-Control-Allow-Origin", allows_any(policy) ? "*" : origin);
  response.headers.set("Access-Control-Expose-Headers", kExposed);
}

bool is_preflight(const Request& request) {
  return request.method == Method::Options && request.headers.has("Origin") &&
         request.headers.has("Access-Control-Request-Method");
}

Response preflight_response(const CorsPolicy& policy, const Request& request, std::string_view allow) {
  Response response;
  response.status = 204;
  response.headers.add("Allow", allow);
  if (!policy.allows(request.headers.get("Origin"))) return response;
  response.headers.add("Access-Control-Allow-Methods", allow);
  const std::string names = field_names(request.headers.joined("Access-Control-Request-Headers"));
  if (!names.empty()) response.headers.add("Access-Control-Allow-Headers", names);
  response.headers.add("Access-Control-Max-Age", "600");
  return response;
}

}  // namespace gateway::http
