#include "gateway/fhir/respond.h"

#include <algorithm>
#include <array>

#include "gateway/base/clock.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/media_type.h"
#include "gateway/definitions/xml_form.h"
#include "gateway/fhir/conditional.h"
#include "gateway/http/negotiate.h"
#include "mappers/fhir/json_writer.h"
#include "mappers/fhir/r5_shape.h"

namespace gateway::fhir {
namespace {

constexpr std::size_t kMaxWarnings = 100;  // of one outcome

using mappers::fhir::JsonArray;
using mappers::fhir::JsonObject;

// In order of preference, the JSON names first; those of DSTU2 and before are still sent by old clients.
constexpr std::array<std::string_view, 8> kOffers = {
    kFhirJson, "application/json", "text/json", "application/json+fhir",
    kFhirXml,  "application/xml",  "text/xml",  "application/xml+fhir"};
constexpr std::size_t kJsonOffers = 4;
constexpr std::string_view kJsonType = "application/fhir+json; charset=utf-8";
constexpr codec::JsonLimits kAnswerLimits = {256u << 20, 128};  // our own text
constexpr std::string_view kXmlType = "application/fhir+xml; charset=utf-8";

const std::string* value_of(const QueryPairs& query, std::string_view name) {
  const auto found =
      std::find_if(query.begin(), query.end(), [&](const auto& pair) { return pair.first == name; });
  return found == query.end() ? nullptr : &found->second;
}

std::optional<Format> format_of(std::string_view type) {
  if (type == "json") return Format::Json;
  if (type == "xml") return Format::Xml;
  const auto found = std::find(kOffers.begin(), kOffers.end(), type);
  if (found == kOffers.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kOffers.begin()) < kJsonOffers ? Format::Json : Format::Xml;
}

// The parameter fhirVersion of a media type (FHIR R4 versioning, 2.1.0.6).
Result<bool> is_r5(std::string_view version) {
  if (version.empty() || version == "4.0" || version == "4.0.1") return false;
  if (version == "5.0" || version == "5.0.0") return true;
  return fail(ErrorCode::NotAcceptable, "this server speaks fhirVersion 4.0, and 5.0 on request",
              "fhirVersion");
}

Result<Wish> wish_of_format(std::string text) {
  std::replace(text.begin(), text.end(), ' ', '+');  // an unescaped '+' of a form
  const std::size_t end = text.find(';');
  const std::string type = lower(trim(std::string_view(text).substr(0, end)));
  const auto format = format_of(type);
  if (!format)
    return fail(ErrorCode::NotAcceptable, "this server writes JSON and XML: _format=json", "_format");
  Wish wish{*format};
  if (end == std::string::npos) return wish;
  if (type.find('/') == std::string::npos) return wish;
  auto media = codec::parse_media_type(text);
  if (media) wish.r5 = TRY(is_r5(media->parameter("fhirversion")));
  return wish;
}

Result<Wish> wish_of_accept(const std::string& accept) {
  const std::size_t offer = TRY(http::negotiate(accept, kOffers));
  Wish wish{offer < kJsonOffers ? Format::Json : Format::Xml};
  for (const auto& range : TRY(http::parse_accept(accept)))
    if (range.type == kOffers[offer]) wish.r5 = TRY(is_r5(range.parameter("fhirversion")));
  return wish;
}

void new_line(std::string& out, std::size_t depth) {
  out += '\n';
  out.append(depth * 2, ' ');
}

// A path such as "_lastUpdated" or "Patient.name[0]", which OperationOutcome.issue.expression can carry.
bool is_expression(std::string_view where) {
  return !where.empty() && where.size() < 200 && where.find_first_of(" /\"") == std::string_view::npos;
}

void append_note(std::string& out, std::string_view severity, std::string_view code, std::string_view text) {
  JsonObject issue(out);
  issue.plain("severity", severity);
  issue.plain("code", code);
  JsonObject details(issue.member("details"));
  details.text("text", text);
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

std::string text_of(const http::Response& response) {
  std::string text;
  for (const auto& piece : response.body)
    if (const auto* part = std::get_if<std::string>(&piece)) text += *part;
  return text;
}

// The shape of R5 (r5_shape.h); what it has no place for is told in Warning fields.
Result<void> reshape(http::Response& response, const Wish& wish) {
  constexpr std::size_t kMaxWarnings = 20;
  const Value resource = TRY(codec::parse_json(text_of(response), kAnswerLimits));
  const mappers::fhir::Shaped shaped = TRY(mappers::fhir::to_r5(resource));
  std::string text = to_json(shaped.resource);
  response.body.clear();
  response.body.emplace_back(wish.pretty ? indented(text) : std::move(text));
  response.headers.set("Content-Type", "application/fhir+json; fhirVersion=5.0; charset=utf-8");
  for (std::size_t i = 0; i < shaped.losses.size() && i < kMaxWarnings; ++i)
    response.headers.add("Warning", "299 - \"left out: " + shaped.losses[i].path + "\"");
  if (shaped.losses.size() > kMaxWarnings)
    response.headers.add("Warning",
                         "299 - \"left out: " + std::to_string(shaped.losses.size()) + " elements in all\"");
  return {};
}

}  // namespace

Result<Wish> wish_of(const http::Request& request, const QueryPairs& query) {
  const std::string* format = value_of(query, "_format");
  Wish wish = TRY(format ? wish_of_format(*format) : wish_of_accept(request.headers.joined("Accept")));
  if (wish.r5 && wish.format == Format::Xml)  // said before anything is done: a write would be made by then
    return fail(ErrorCode::NotAcceptable, "fhirVersion 5.0 is written as JSON only", "fhirVersion");
  wish.pretty = wants_pretty(query);
  return wish;
}

bool prefers(const http::Request& request, std::string_view token) {
  std::string text = request.headers.joined("Prefer");
  std::replace(text.begin(), text.end(), ';', ',');
  for (const auto part : split(text, ','))
    if (iequals(trim(part), token)) return true;
  return false;
}

Return return_of(const http::Request& request) {
  if (prefers(request, "return=minimal")) return Return::Minimal;
  return prefers(request, "return=OperationOutcome") ? Return::Outcome : Return::Representation;
}

bool wants_pretty(const QueryPairs& query) {
  const std::string* pretty = value_of(query, "_pretty");
  return pretty && *pretty == "true";
}

Result<Format> body_format(std::string_view content_type, std::string_view text) {
  if (trim(content_type).empty()) {
    const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    return first != std::string_view::npos && text[first] == '<' ? Format::Xml : Format::Json;
  }
  const auto media = codec::parse_media_type(content_type);
  const auto format = media ? format_of(media->type) : std::nullopt;
  if (!format || media->type.find('/') == std::string::npos)
    return fail(ErrorCode::UnsupportedMediaType, "a resource is sent as application/fhir+json or fhir+xml",
                "Content-Type");
  const std::string_view charset = media->parameter("charset");
  if (!charset.empty() && !iequals(charset, "utf-8") && !iequals(charset, "us-ascii"))
    return fail(ErrorCode::UnsupportedMediaType, "a resource is sent in UTF-8", "Content-Type");
  if (const auto version = is_r5(media->parameter("fhirversion")); !version || *version)
    return fail(ErrorCode::UnsupportedMediaType, "a resource is sent in the form of FHIR R4", "Content-Type");
  return *format;
}

http::Response json_response(std::string json, bool pretty) {
  return http::Response::text(200, kJsonType, pretty ? indented(json) : std::move(json));
}

http::Response resource_response(const http::Request& request, std::string json, std::string_view version,
                                 std::int64_t updated_us) {
  http::Response response;
  if (is_not_modified(request, version, updated_us))
    response.status = 304;
  else
    response = json_response(std::move(json));
  response.headers.add("ETag", etag_of(version));
  response.headers.add("Last-Modified", http_date(updated_us));
  return response;
}

Result<http::Response> answer_as(http::Response response, const Wish& wish,
                                 const definitions::Definitions* definitions) {
  if (response.headers.get("Content-Type") != kJsonType || response.body.empty()) return response;
  if (wish.r5) {
    TRY_VOID(reshape(response, wish));
    return response;
  }
  if (wish.format == Format::Json && !wish.pretty) return response;
  std::string text = text_of(response);
  if (wish.format == Format::Json) {
    text = indented(text);
  } else {
    if (!definitions) return fail(ErrorCode::NotAcceptable, "this server writes JSON only", "Accept");
    const Value resource = TRY(codec::parse_json(text, kAnswerLimits));
    text = TRY(definitions::to_xml(resource, *definitions, wish.pretty));
    response.headers.set("Content-Type", kXmlType);
  }
  response.body.clear();
  response.body.emplace_back(std::move(text));
  return response;
}

std::string outcome_json(const Error& error) {
  std::string json;
  {
    JsonObject outcome(json);
    outcome.plain("resourceType", "OperationOutcome");
    JsonArray issues(outcome.member("issue"));
    append_issue(issues.item(), error);
  }
  return json;
}

std::string information_json(std::string_view text) { return notes_json(text, {}); }

std::string notes_json(std::string_view text, std::span<const std::string> warnings) {
  std::string json = R"({"resourceType":"OperationOutcome","issue":)";
  {
    JsonArray issues(json);
    append_note(issues.item(), "information", "informational", text);
    const std::size_t told = std::min(warnings.size(), kMaxWarnings);
    for (const std::string& warning : warnings.first(told))
      append_note(issues.item(), "warning", "incomplete", warning);
    if (told < warnings.size())
      append_note(issues.item(), "warning", "incomplete",
                  std::to_string(warnings.size() - told) + " more of this kind");
  }
  return json + "}";
}

http::Response outcome_response(const Error& error, const http::Request&) {
  http::Response response = json_response(outcome_json(error));
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
