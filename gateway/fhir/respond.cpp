#include "gateway/fhir/respond.h"

#include <algorithm>
#include <array>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/http/conditional.h"
#include "gateway/http/negotiate.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::JsonArray;
using mappers::fhir::JsonObject;

constexpr std::array<std::string_view, 3> kOffers = {kFhirJson, "application/json", "text/json"};

const std::string* value_of(const QueryPairs& query, std::string_view name) {
  const auto found =
      std::find_if(query.begin(), query.end(), [&](const auto& pair) { return pair.first == name; });
  return found == query.end() ? nullptr : &found->second;
}

void new_line(std::string& out, std::size_t depth) {
  out += '\n';
  out.append(depth * 2, ' ');
}

// A path such as "_lastUpdated" or "Patient.name[0]", which OperationOutcome.issue.expression can carry.
bool is_expression(std::string_view where) {
  return !where.empty() && where.size() < 200 && where.find_first_of(" /\"") == std::string_view::npos;
}

void append_issue(std::string& out, const Error& error) {
  JsonObject issue(out);
  issue.plain("severity", "error");
  issue.plain("code", error.face().fhir_issue);
  {
    JsonObject details(issue.member("details"));
    details.text("text", error.message.empty() ? error.face().title : std::string_view(error.message));
  }
  if (is_expression(error.where)) {
    JsonArray expressions(issue.member("expression"));
    expressions.text(error.where);
  } else {
    issue.text("diagnostics", error.where);
  }
}

}  // namespace

// FHIR R4 http 3.1.0.1.11: _format overrides Accept; json stands for the media type.
Result<void> accept_json(const http::Request& request, const QueryPairs& query) {
  if (const std::string* format = value_of(query, "_format")) {
    std::string type = lower(trim(std::string_view(*format).substr(0, format->find(';'))));
    std::replace(type.begin(), type.end(), ' ', '+');  // an unescaped '+' of a form
    if (type == "json" || std::find(kOffers.begin(), kOffers.end(), type) != kOffers.end()) return {};
    return fail(ErrorCode::NotAcceptable, "this server writes JSON only: _format=json", "_format");
  }
  TRY(http::negotiate(request.headers.joined("Accept"), kOffers));
  return {};
}

bool wants_pretty(const QueryPairs& query) {
  const std::string* pretty = value_of(query, "_pretty");
  return pretty && *pretty == "true";
}

// RFC 7240; FHIR R4 search 3.1.1.3.1
bool wants_strict(const http::Request& request) {
  std::string text = request.headers.joined("Prefer");
  std::replace(text.begin(), text.end(), ';', ',');
  for (const auto part : split(text, ','))
    if (iequals(trim(part), "handling=strict")) return true;
  return false;
}

http::Response json_response(std::string json, bool pretty) {
  return http::Response::text(200, "application/fhir+json; charset=utf-8",
                              pretty ? indented(json) : std::move(json));
}

http::Response resource_response(const http::Request& request, std::string json, std::string_view version,
                                 std::int64_t updated_us) {
  http::Response response;
  if (http::not_modified(request, "\"" + std::string(version) + "\""))
    response.status = 304;
  else
    response = json_response(std::move(json), wants_pretty(request.query));
  response.headers.add("ETag", "W/\"" + std::string(version) + "\"");
  response.headers.add("Last-Modified", http_date(updated_us));
  return response;
}

http::Response outcome_response(const Error& error, const http::Request&) {
  std::string json;
  {
    JsonObject outcome(json);
    outcome.plain("resourceType", "OperationOutcome");
    JsonArray issues(outcome.member("issue"));
    append_issue(issues.item(), error);
  }
  http::Response response = json_response(std::move(json), false);
  response.status = error.face().http_status;
  if (error.code == ErrorCode::MethodNotAllowed && !error.where.empty())
    response.headers.set("Allow", error.where);
  return response;
}

std::string indented(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 2);
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text) {
      out += c;
      if (c == '\\' && i + 1 < json.size()) out += json[++i];
      in_text = c != '"';
      continue;
    }
    const bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    const bool empty = opens && i + 1 < json.size() && (json[i + 1] == '}' || json[i + 1] == ']');
    if (closes) new_line(out, --depth);
    out += c;
    if (empty) out += json[++i];
    if (opens && !empty) new_line(out, ++depth);
    if (c == ',') new_line(out, depth);
    if (c == ':') out += ' ';
    in_text = c == '"';
  }
  return out;
}

}  // namespace gateway::fhir
