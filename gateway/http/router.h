// Routes: method and path template to handler, with the description from which /openapi.json is made.
//
// Templates: "/dicomweb/studies/{study}/series". A {name} segment matches one non-empty decoded segment; the
// longest literal match wins. A last segment {name*} matches all that is left. HEAD is answered by GET
// without its body, OPTIONS with Allow. Build before serving; then const and thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"

namespace gateway::http {

struct Parameter {
  std::string name;
  std::string description;
};

struct RouteInfo {
  std::string summary = {};                // one line for people
  std::string tag = {};                    // the face: "DICOMweb", "FHIR", ...
  std::vector<Parameter> query = {};       // query parameters it understands
  std::vector<std::string> consumes = {};  // media types of the request body; empty: no body
  std::vector<std::string> produces = {};  // media types of the answer
  std::uint64_t body_limit = 0;            // largest body in bytes; 0: no body is accepted
  bool body_optional = false;              // a request without length is one without body, and not refused
  bool heavy = false;  // may run for seconds: only some workers do so at once, further requests wait
};

struct Route {
  Method method;
  std::string path_template;
  RouteInfo info;
  Handler handler;
  ErrorRenderer render_error;
};

// Whether a path template is `prefix` or lies below it; every one does for an empty prefix.
bool is_at_or_below(std::string_view path, std::string_view prefix);

class Router {
 public:
  Router();
  ~Router();
  // Fatal (assert) when the same method and template is there already. `render_error` defaults to
  // problem_response.
  void add(Method method, std::string path_template, RouteInfo info, Handler handler,
           ErrorRenderer render_error = {});
  // Errors of requests that no route matches, by path prefix: 404 and 405 below /fhir are OperationOutcomes.
  void set_error_renderer(std::string path_prefix, ErrorRenderer render_error);

  // Routes that are there by now and turn out to be heavy, for a reason that who added them does not know.
  void make_heavy(const std::function<bool(const Route&)>& which);

  // The route of a request, with request.params filled. Error: NotFound, or MethodNotAllowed with the allowed
  // methods as `where` ("GET, HEAD, OPTIONS").
  Result<const Route*> match(Request& request) const;
  // The methods of a path: "GET, HEAD, OPTIONS".
  std::string allow(std::string_view path) const;
  const ErrorRenderer& error_renderer(std::string_view path) const;
  const std::vector<std::unique_ptr<Route>>& routes() const;
  // OpenAPI 3.1 and WADL descriptions of the routes at and below `prefix`; OPTIONS is left out.
  std::string openapi(std::string_view title, std::string_view version, std::string_view prefix = {}) const;
  std::string wadl(std::string_view base_url, std::string_view prefix) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::http
