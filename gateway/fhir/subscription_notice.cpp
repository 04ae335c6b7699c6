#include "gateway/fhir/subscription_notice.h"

#include <algorithm>

#include "gateway/base/clock.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/fhir/history.h"
#include "mappers/fhir/render.h"

namespace gateway::fhir {
namespace {

constexpr std::string_view kBackport = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";
constexpr std::int64_t kMaxTimeout = 60;

Error refused(std::string message, std::string where) {
  return fail(ErrorCode::Unprocessable, std::move(message), "Subscription." + std::move(where));
}

// The extension of the backport with this name, of an element or of "_element".
const Value* extension(const Value* element, std::string_view name) {
  const Value* list = element ? element->find("extension") : nullptr;
  if (!list || !list->as_list()) return nullptr;
  for (const Value& each : *list->as_list())
    if (each.text("url") == std::string(kBackport) + std::string(name)) return &each;
  return nullptr;
}

std::int64_t number_in(const Value* extension, std::int64_t otherwise) {
  if (!extension) return otherwise;
  for (const char* name : {"valueUnsignedInt", "valuePositiveInt"})
    if (const Value* value = extension->find(name); value && value->as_int()) return *value->as_int();
  return otherwise;
}

// "127.0.0.1:8080" of "http://127.0.0.1:8080/hook"
std::optional<std::string_view> authority_of(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (url.starts_with(scheme)) {
      url.remove_prefix(scheme.size());
      return url.substr(0, url.find_first_of("/?#"));
    }
  return std::nullopt;
}

// Choice: only hosts that whoever runs the gateway has named get messages, so that a subscription is no way
// into networks behind it.
Result<void> check_endpoint(std::string_view url, const std::vector<std::string>& hosts) {
  const auto authority = authority_of(url);
  if (!authority || authority->empty() || authority->find('@') != std::string_view::npos)
    return refused("the endpoint is no http or https URL", "channel.endpoint");
  std::string_view host = *authority;
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos)
    host = host.substr(0, colon);
  const bool named = std::any_of(hosts.begin(), hosts.end(), [&](const std::string& each) {
    return iequals(each, host) || iequals(each, *authority);
  });
  if (!named) return refused("this server does not send to " + std::string(host), "channel.endpoint");
  return {};
}

Result<void> read_headers(const Value& channel, Channel& into) {
  const Value* list = channel.find("header");
  if (!list || !list->as_list()) return {};
  for (const Value& each : *list->as_list()) {
    const std::string* line = each.as_string();
    const auto colon = line ? line->find(':') : std::string::npos;
    if (colon == std::string::npos || line->find_first_of("\r\n") != std::string::npos)
      return refused("a header is 'Name: value'", "channel.header");
    into.headers.emplace_back(trim(std::string_view(*line).substr(0, colon)),
                              trim(std::string_view(*line).substr(colon + 1)));
  }
  return {};
}

Result<void> read_filters(const Value& subscription, const Topic& topic, Channel& into) {
  const Value* extras = subscription.find("_criteria");
  const Value* list = extras ? extras->find("extension") : nullptr;
  if (!list || !list->as_list()) return {};
  for (const Value& each : *list->as_list()) {
    if (!each.text("url").ends_with("backport-filter-criteria")) continue;
    const std::string filter(each.text("valueString"));
    if (!filter.starts_with(std::string(topic.type) + "?"))
      return refused("a filter is a search over " + std::string(topic.type), "criteria");
    into.filters.push_back(filter);
  }
  return {};
}

Result<Content> read_content(const Value& channel) {
  const std::string_view payload = channel.text("payload");
  if (!payload.empty() && !payload.starts_with("application/fhir+json"))
    return refused("notifications are sent as application/fhir+json", "channel.payload");
  const Value* extra = extension(channel.find("_payload"), "backport-payload-content");
  const std::string_view code = extra ? extra->text("valueCode") : std::string_view("empty");
  if (code == "empty") return Content::Empty;
  if (code == "id-only") return Content::IdOnly;
  if (code == "full-resource") return Content::FullResource;
  return refused("the content is empty, id-only or full-resource", "channel.payload");
}

std::string_view name_of(NoticeKind kind) {
  constexpr std::string_view kNames[] = {"handshake", "heartbeat", "event-notification", "query-status",
                                         "query-event"};
  return kNames[static_cast<std::size_t>(kind)];
}

Value parameter(std::string_view name, std::string_view member, Value value) {
  return Value::map().set("name", name).set(member, std::move(value));
}

Value event_parameter(const Event& event, bool with_focus) {
  Value parts = Value::list();
  parts.push(parameter("event-number", "valueString", std::to_string(event.number)));
  parts.push(parameter("timestamp", "valueInstant", iso8601(event.time_us, true)));
  if (with_focus)
    parts.push(parameter("focus", "valueReference", Value::map().set("reference", event.focus)));
  return Value::map().set("name", "notification-event").set("part", std::move(parts));
}

Value entry_of(const Event& event, const std::string& base) {
  Value entry = Value::map().set("fullUrl", base + "/" + event.focus);
  const std::string type = event.focus.substr(0, event.focus.find('/'));
  entry.set("request", Value::map()
                           .set("method", event.created ? "POST" : "PUT")
                           .set("url", event.created ? type : event.focus));
  entry.set("response", Value::map().set("status", event.created ? "201" : "200"));
  return entry;
}

}  // namespace

const Topic* find_topic(std::string_view url) {
  const auto* found =
      std::find_if(kTopics.begin(), kTopics.end(), [&](const Topic& each) { return each.url == url; });
  return found == kTopics.end() ? nullptr : found;
}

Result<Channel> read_channel(const Value& subscription, const std::vector<std::string>& hosts) {
  Channel into;
  into.id = subscription.text("id");
  into.status = subscription.text("status");
  into.topic = subscription.text("criteria");
  const Topic* topic = find_topic(into.topic);
  if (!topic) return refused("this server has no topic " + into.topic, "criteria");
  const Value* channel = subscription.find("channel");
  if (!channel || channel->text("type") != "rest-hook")
    return refused("notifications go by rest-hook only", "channel.type");
  into.endpoint = channel->text("endpoint");
  TRY_VOID(check_endpoint(into.endpoint, hosts));
  TRY_VOID(read_headers(*channel, into));
  TRY_VOID(read_filters(subscription, *topic, into));
  into.content = TRY(read_content(*channel));
  into.heartbeat_s = std::max<std::int64_t>(0, number_in(extension(channel, "backport-heartbeat-period"), 0));
  into.timeout_s =
      std::clamp<std::int64_t>(number_in(extension(channel, "backport-timeout"), 10), 1, kMaxTimeout);
  if (const auto end = instant_us(subscription.text("end")); end && !subscription.text("end").empty())
    into.end_us = *end;
  return into;
}

Value subscription_status(const Channel& channel, NoticeKind kind, const std::vector<Event>& events,
                          std::int64_t total, const std::string& base, bool with_focus) {
  Value list = Value::list();
  list.push(parameter("subscription", "valueReference",
                      Value::map().set("reference", base + "/Subscription/" + channel.id)));
  list.push(parameter("topic", "valueCanonical", channel.topic));
  list.push(parameter("status", "valueCode", channel.status));
  list.push(parameter("type", "valueCode", name_of(kind)));
  list.push(parameter("events-since-subscription-start", "valueString", std::to_string(total)));
  for (const Event& event : events) list.push(event_parameter(event, with_focus));
  return Value::map()
      .set("resourceType", "Parameters")
      .set("meta", Value::map().set("profile", Value::list().push(std::string(kBackport) +
                                                                  "backport-subscription-status-r4")))
      .set("parameter", std::move(list));
}

std::string notification(const Channel& channel, NoticeKind kind, const std::vector<Event>& events,
                         const std::vector<std::string>& resources, std::int64_t total,
                         const std::string& base, std::int64_t now_us) {
  const bool focus = channel.content != Content::Empty;
  const std::string status = to_json(subscription_status(channel, kind, events, total, base, focus));
  std::string json = R"({"resourceType":"Bundle","meta":{"profile":[")" + std::string(kBackport) +
                     R"(backport-subscription-notification-r4"]},"type":"history","timestamp":")" +
                     iso8601(now_us, true) + R"(","entry":[{"fullUrl":")" +
                     mappers::fhir::urn_of("Parameters", channel.id + std::to_string(now_us)) +
                     R"(","resource":)" + status + R"(,"request":{"method":"GET","url":"Subscription/)" +
                     channel.id + R"(/$status"},"response":{"status":"200"}})";
  for (std::size_t i = 0; focus && i < events.size(); ++i) {
    std::string entry = to_json(entry_of(events[i], base));
    if (channel.content == Content::FullResource && i < resources.size() && !resources[i].empty())
      entry.insert(entry.size() - 1, ",\"resource\":" + resources[i]);
    json += "," + entry;
  }
  return json + "]}";
}

}  // namespace gateway::fhir
