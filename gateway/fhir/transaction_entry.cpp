#include "gateway/fhir/transaction_entry.h"

#include <array>
#include <optional>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/uri.h"
#include "gateway/definitions/primitive_rules.h"
#include "gateway/fhir/conditional.h"
#include "gateway/fhir/patch.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::JsonObject;

std::optional<http::Method> method_of(std::string_view name) {
  constexpr std::array kMethods = {http::Method::Get, http::Method::Head,  http::Method::Post,
                                   http::Method::Put, http::Method::Patch, http::Method::Delete};
  for (const http::Method method : kMethods)
    if (http::name_of(method) == name) return method;
  return std::nullopt;
}

Error bad_entry(std::size_t number, std::string message, std::string_view member = {}) {
  return fail(ErrorCode::InvalidBody, std::move(message), entry_where(number) + std::string(member));
}

// "Patient/1?x=y" of an absolute URL of this server, or of a relative one.
Result<void> read_url(BundleEntry& entry, const std::string& base) {
  std::string_view url = entry.url;
  if (url.starts_with(base + "/")) url.remove_prefix(base.size() + 1);
  if (url.starts_with('/')) url.remove_prefix(1);
  if (url.find("://") != std::string_view::npos)
    return bad_entry(entry.number, "the URL is not one of this server", ".request.url");
  const auto mark = url.find('?');
  auto path = codec::decode_path("/" + std::string(url.substr(0, mark)));
  if (!path) return bad_entry(entry.number, path.error().message, ".request.url");
  entry.path = path->substr(1);
  if (mark == std::string_view::npos) return {};
  auto query = codec::parse_query(url.substr(mark + 1));
  if (!query) return bad_entry(entry.number, query.error().message, ".request.url");
  entry.query = std::move(*query);
  return {};
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Payload Too Large";
    case 422:
      return "Unprocessable Entity";
    case 503:
      return "Service Unavailable";
    default:
      return status < 400 ? "OK" : status < 500 ? "Bad Request" : "Server Error";
  }
}

// A patch is a Binary with the JSON Patch, or Parameters (FHIR R4 http 3.1.0.11.2, fhirpatch).
Result<void> read_patch(const BundleEntry& entry, Call& call) {
  const std::string_view type = entry.resource ? entry.resource->text("resourceType") : std::string_view();
  if (type == "Parameters") {
    call.patch_type = kFhirJson;
    call.patch = to_json(*entry.resource);
    return {};
  }
  if (type != "Binary")
    return fail(ErrorCode::UnsupportedMediaType, "a patch is in Parameters, or in a Binary",
                entry_where(entry.number) + ".resource");
  auto bytes = definitions::decode_base64(entry.resource->text("data"));
  if (!bytes) return bad_entry(entry.number, "the data are not base64", ".resource.data");
  call.patch_type = entry.resource->text("contentType");
  call.patch = std::move(*bytes);
  return {};
}

}  // namespace

std::string entry_where(std::size_t number) { return "Bundle.entry[" + std::to_string(number) + "]"; }

Result<BundleEntry> read_entry(const Value& value, std::size_t number, const std::string& base) {
  const Value* request = value.find("request");
  if (!request) return bad_entry(number, "the entry has no request");
  const auto method = method_of(request->text("method"));
  if (!method) return bad_entry(number, "the entry has no HTTP method", ".request.method");
  BundleEntry entry;
  entry.number = number;
  entry.method = *method;
  entry.full_url = value.text("fullUrl");
  entry.url = request->text("url");
  entry.if_match = request->text("ifMatch");
  entry.if_none_match = request->text("ifNoneMatch");
  entry.if_none_exist = request->text("ifNoneExist");
  entry.if_modified_since = request->text("ifModifiedSince");
  entry.resource = value.find("resource");
  if (entry.url.empty()) return bad_entry(number, "the request has no URL", ".request.url");
  TRY_VOID(read_url(entry, base));
  if ((entry.method == http::Method::Post || entry.method == http::Method::Put) && !entry.resource &&
      entry.path.find('$') == std::string::npos)
    return bad_entry(number, "the entry has no resource");
  return entry;
}

Result<Call> call_of(const BundleEntry& entry, const Place& place) {
  Call call;
  call.method = entry.method;
  call.where = entry_where(entry.number) + ".resource";
  call.place = place;
  const auto parts = split(entry.path, '/');
  const bool by_id = parts.size() == 2 && !parts[1].empty();
  if (parts.empty() || parts.size() > 2 || (parts.size() == 2 && !by_id) ||
      (call.method == http::Method::Post && by_id))
    return bad_entry(entry.number, "the URL is none of a write: " + entry.url, ".request.url");
  call.type = parts[0];
  if (by_id) call.id = parts[1];
  if (by_id && !entry.query.empty())
    return bad_entry(entry.number, "an id and criteria exclude each other", ".request.url");
  call.criteria = entry.query;
  call.if_match = TRY(version_of(entry.if_match));
  call.if_none_match_any = entry.if_none_match == "*";
  if (!entry.if_none_exist.empty())
    call.if_none_exist = TRY(criteria_of(entry.if_none_exist, entry_where(entry.number)));
  if (call.method == http::Method::Patch) TRY_VOID(read_patch(entry, call));
  if (call.method == http::Method::Post || call.method == http::Method::Put) call.resource = *entry.resource;
  return call;
}

void append_answer(std::string& out, const EntryAnswer& answer) {
  JsonObject entry(out);
  entry.text("fullUrl", answer.full_url);
  const bool failed = answer.status >= 400;
  if (!answer.json.empty() && !failed) entry.member("resource") += answer.json;
  JsonObject response(entry.member("response"));
  response.text("status", std::to_string(answer.status) + " " + std::string(reason_of(answer.status)));
  response.text("location", answer.location);
  response.text("etag", answer.etag);
  if (answer.updated_us != 0) response.plain("lastModified", iso8601(answer.updated_us, true));
  if (!answer.outcome.empty() && !failed) response.member("outcome") += answer.outcome;
  if (!answer.json.empty() && failed) response.member("outcome") += answer.json;
}

}  // namespace gateway::fhir
