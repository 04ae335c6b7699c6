// $status and $events of topic subscriptions (Subscriptions R5 Backport 1.1.0).
#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/fhir/interactions.h"
#include "gateway/fhir/subscriptions.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

using http::Method;

Result<Subscriptions::Log> known(const FhirFace& face, const std::string& id) {
  auto log = face.subscriptions()->log(id);
  if (!log) return fail(ErrorCode::NotFound, "there is no such Subscription", "Subscription.id");
  return std::move(*log);
}

std::string status_bundle(const std::vector<Subscriptions::Log>& logs, const std::string& base) {
  std::string json;
  {
    mappers::fhir::JsonObject bundle(json);
    bundle.plain("resourceType", "Bundle");
    bundle.plain("type", "searchset");
    bundle.number("total", logs.size());
    if (!logs.empty()) {
      mappers::fhir::JsonArray entries(bundle.member("entry"));
      for (const auto& log : logs) {
        mappers::fhir::JsonObject entry(entries.item());
        entry.text("fullUrl", mappers::fhir::urn_of("Parameters", log.channel.id));
        entry.member("resource") +=
            to_json(subscription_status(log.channel, NoticeKind::QueryStatus, {}, log.total, base, false));
        entry.member("search") += R"({"mode":"match"})";
      }
    }
  }
  return json;
}

Result<http::Response> status(const FhirFace& face, const http::Request& request) {
  std::vector<Subscriptions::Log> logs;
  const std::string id(request.param("id"));
  if (!id.empty()) logs.push_back(TRY(known(face, id)));
  for (const auto& [name, value] : request.query)
    if (name == "id" && id.empty())
      for (const auto part : split(value, ',')) logs.push_back(TRY(known(face, std::string(part))));
  return json_response(status_bundle(logs, face.base(request)));
}

Result<std::int64_t> number_of(const http::Request& request, std::string_view name, std::int64_t otherwise) {
  const std::string* text = request.query_value(name);
  if (!text) return otherwise;
  const auto number = parse_number<std::int64_t>(*text);
  if (!number) return fail(ErrorCode::InvalidParameter, "not a number: " + *text, std::string(name));
  return *number;
}

Result<http::Response> events(const FhirFace& face, const http::Request& request) {
  auto log = TRY(known(face, std::string(request.param("id"))));
  const std::int64_t since = TRY(number_of(request, "eventsSinceNumber", 0));
  const std::int64_t until = TRY(number_of(request, "eventsUntilNumber", log.total));
  if (const std::string* content = request.query_value("content")) {
    if (*content != "empty" && *content != "id-only" && *content != "full-resource")
      return fail(ErrorCode::InvalidParameter, "the content is empty, id-only or full-resource", "content");
    log.channel.content = *content == "empty"     ? Content::Empty
                          : *content == "id-only" ? Content::IdOnly
                                                  : Content::FullResource;
  }
  std::erase_if(log.events, [&](const Event& event) { return event.number < since || event.number > until; });
  std::vector<std::string> resources;
  if (log.channel.content == Content::FullResource)
    for (const Event& event : log.events)
      resources.push_back(face.subscriptions()->focus_json(event, face.place(request)));
  return json_response(notification(log.channel, NoticeKind::QueryEvent, log.events, resources, log.total,
                                    face.base(request), face.now_us()));
}

}  // namespace

void add_subscription_routes(http::Router& router, const FhirFace& face) {
  if (!face.subscriptions()) return;
  const auto ask = [&face](const http::Request& request) { return status(face, request); };
  http::RouteInfo info = route_info("$status of subscriptions");
  info.query.push_back({"id", "ids of subscriptions"});
  add_route(router, face, Method::Get, "/Subscription/$status", info, ask);
  add_route(router, face, Method::Get, "/Subscription/{id}/$status", route_info("$status of a subscription"),
            ask);
  http::RouteInfo past = route_info("$events of a subscription");
  past.query.push_back({"eventsSinceNumber", "first number"});
  past.query.push_back({"eventsUntilNumber", "last number"});
  past.query.push_back({"content", "empty, id-only or full-resource"});
  add_route(router, face, Method::Get, "/Subscription/{id}/$events", past,
            [&face](const http::Request& request) { return events(face, request); });
}

}  // namespace gateway::fhir
