// Composition/[id]/$document (FHIR R4 3.3.1; documents: bundle of type document, composition first).
#include <deque>
#include <set>

#include "gateway/base/ids.h"
#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/everything.h"
#include "gateway/fhir/interactions.h"
#include "gateway/fhir/write_set.h"

namespace gateway::fhir {
namespace {

constexpr std::size_t kMaxResources = 1000;
constexpr std::size_t kMaxBytes = 32 << 20;  // of their texts

// "Patient/1" of a reference to a resource of this server; empty for contained, external and logical ones.
std::string local_place(std::string_view reference, const std::string& base) {
  if (reference.starts_with(base + "/")) reference.remove_prefix(base.size() + 1);
  if (reference.empty() || reference.starts_with('#') || reference.find(':') != std::string_view::npos)
    return {};
  if (const auto version = reference.find("/_history/"); version != std::string_view::npos)
    reference = reference.substr(0, version);
  return std::string(reference);
}

void collect(const Value& value, const std::string& base, std::vector<std::string>& places) {
  if (const Value::List* list = value.as_list())
    for (const Value& item : *list) collect(item, base, places);
  if (const Value::Map* map = value.as_map())
    for (const auto& [name, member] : *map) {
      const std::string* text = name == "reference" ? member.as_string() : nullptr;
      if (!text) {
        collect(member, base, places);  // no deeper than JSON was read
      } else if (std::string place = local_place(*text, base); !place.empty()) {
        places.push_back(std::move(place));
      }
    }
}

Result<std::string> resource_at(const FhirFace& face, const std::string& place, const Place& here) {
  const auto slash = place.find('/');
  auto found = TRY(face.resources()->read(place.substr(0, slash),
                                          slash == std::string::npos ? "" : place.substr(slash + 1), here));
  if (!found || found->deleted)
    return fail(ErrorCode::Unprocessable, "the document refers to " + place + ", which is not here",
                "Composition");
  return std::move(found->json);
}

Result<Value> document_of(const FhirFace& face, const std::string& id, const Place& here) {
  Value entries = Value::list();
  std::deque<std::string> next = {"Composition/" + id};
  std::set<std::string> seen(next.begin(), next.end());
  std::size_t bytes = 0;
  while (!next.empty()) {
    const std::string place = std::move(next.front());
    next.pop_front();
    const std::string json = TRY(resource_at(face, place, here));
    bytes += json.size();
    if (bytes > kMaxBytes)
      return fail(ErrorCode::Unprocessable, "the document has more than 32 MiB", "Composition");
    Value resource = TRY(codec::parse_json(json));
    std::vector<std::string> places;
    collect(resource, here.base, places);
    for (std::string& each : places)
      if (seen.insert(each).second) next.push_back(std::move(each));
    if (seen.size() > kMaxResources)
      return fail(ErrorCode::Unprocessable, "the document has more than 1000 resources", "Composition");
    entries.push(Value::map().set("fullUrl", here.base + "/" + place).set("resource", std::move(resource)));
  }
  return Value::map()
      .set("resourceType", "Bundle")
      .set("identifier", Value::map()
                             .set("system", "urn:ietf:rfc:3986")
                             .set("value", "urn:uuid:" + make_uuid7(face.now_us())))
      .set("type", "document")
      .set("timestamp", iso8601(face.now_us(), true))
      .set("entry", std::move(entries));
}

Result<http::Response> document(const FhirFace& face, const http::Request& request) {
  const std::string id(request.param("id"));
  const auto composition = TRY(face.resources()->read("Composition", id, face.place(request)));
  if (!composition || composition->deleted)
    return fail(composition ? ErrorCode::Gone : ErrorCode::NotFound, "there is no such Composition",
                "Composition.id");
  Value bundle = TRY(document_of(face, id, face.place(request)));
  const std::string* persist = request.query_value("persist");
  if (!persist || *persist != "true") return json_response(to_json(bundle));
  Call call;
  call.method = http::Method::Post;
  call.type = "Bundle";
  call.place = face.place(request);
  call.resource = std::move(bundle);
  return response_of(TRY(write(face, call)), request, face);
}

}  // namespace

void add_document_routes(http::Router& router, const FhirFace& face) {
  const auto handler = [&face](const http::Request& request) { return document(face, request); };
  http::RouteInfo info = route_info("$document of a Composition");
  info.query.push_back({"persist", "true: the Bundle is kept"});
  add_route(router, face, http::Method::Get, "/Composition/{id}/$document", info, handler);
}

}  // namespace gateway::fhir
