// Cross-origin requests of browsers (Fetch standard, CORS protocol): which pages of other origins may use
// this gateway. Off without a list. Pure functions over constant data: thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"

namespace gateway::http {

struct CorsPolicy {
  std::vector<std::string> origins;  // "https://viewer.example"; "*" alone: any. Empty: none
  bool allows(std::string_view origin) const;
};

// Adds what a browser needs to let the page read the answer. Nothing without an Origin field.
void add_cors_fields(const CorsPolicy& policy, const Request& request, Response& response);
// Whether this is the question of a browser before the request proper.
bool is_preflight(const Request& request);
// Its answer: 204; `allow` lists the methods of the resource.
Response preflight_response(const CorsPolicy& policy, const Request& request, std::string_view allow);

}  // namespace gateway::http
