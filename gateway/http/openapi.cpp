// Router::openapi: the description of all routes (OpenAPI Specification 3.1.0).

#include <algorithm>
#include <cctype>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/http/router.h"

namespace gateway::http {
namespace {

// "getDicomwebStudiesByStudy" from GET /dicomweb/studies/{study}: stable, unique, an identifier in every
// language.
std::string operation_id(const Route& route) {
  std::string id = lower(name_of(route.method));
  bool upper = true;
  for (const char c : route.path_template) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '{') id += "By";
    if (!std::isalnum(byte)) {
      upper = true;
      continue;
    }
    id.push_back(upper ? static_cast<char>(std::toupper(byte)) : c);
    upper = false;
  }
  return id;
}

Value parameter(std::string_view name, std::string_view in, std::string_view description) {
  Value item = Value::map();
  item.set("name", name).set("in", in);
  if (!description.empty()) item.set("description", description);
  if (in == "path") item.set("required", true);
  Value schema = Value::map();
  schema.set("type", "string");
  item.set("schema", std::move(schema));
  return item;
}

Value parameters_of(const Route& route) {
  Value all = Value::list();
  for (const auto segment : split(route.path_template, '/'))
    if (segment.size() > 2 && segment.front() == '{')
      all.push(parameter(segment.substr(1, segment.size() - 2), "path", {}));
  for (const auto& query : route.info.query) all.push(parameter(query.name, "query", query.description));
  return all;
}

Value content(const std::vector<std::string>& types) {
  Value content = Value::map();
  for (const auto& type : types) content.set(type, Value::map());
  return content;
}

Value responses_of(const Route& route) {
  Value success = Value::map();
  success.set("description", "Success");
  if (!route.info.produces.empty()) success.set("content", content(route.info.produces));
  Value fault = Value::map();
  fault.set("description", "The request was refused; the body says why");
  Value responses = Value::map();
  responses.set("2XX", std::move(success)).set("default", std::move(fault));
  return responses;
}

Value operation(const Route& route) {
  Value operation = Value::map();
  operation.set("operationId", operation_id(route)).set("summary", route.info.summary);
  if (!route.info.tag.empty()) operation.set("tags", Value::List{Value(route.info.tag)});
  if (Value parameters = parameters_of(route); !parameters.as_list()->empty())
    operation.set("parameters", std::move(parameters));
  if (!route.info.consumes.empty()) {
    Value body = Value::map();
    body.set("required", true).set("content", content(route.info.consumes));
    operation.set("requestBody", std::move(body));
  }
  operation.set("responses", responses_of(route)).set("security", Value::list());
  return operation;
}

}  // namespace

bool is_at_or_below(std::string_view path, std::string_view prefix) {
  return prefix.empty() ||
         (path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/'));
}

std::string Router::openapi(std::string_view title, std::string_view version, std::string_view prefix) const {
  std::vector<std::pair<std::string, Value>> paths;  // in order of first registration
  for (const auto& route : routes()) {
    if (route->method == Method::Options || !is_at_or_below(route->path_template, prefix)) continue;
    auto at = std::find_if(paths.begin(), paths.end(),
                           [&](const auto& p) { return p.first == route->path_template; });
    if (at == paths.end()) at = paths.insert(paths.end(), {route->path_template, Value::map()});
    at->second.set(lower(name_of(route->method)), operation(*route));
  }
  Value info = Value::map();
  info.set("title", title).set("version", version);
  Value document = Value::map();
  document.set("openapi", "3.1.0")
      .set("info", std::move(info))
      .set("paths", Value(Value::Map(std::move(paths))));
  return to_json(document, true);
}

}  // namespace gateway::http
