#include "gateway/fhir/subscription_notice.h"

#include <algorithm>
#include <cstring>

#include "gateway/base/clock.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/media_type.h"
#include "gateway/fhir/history.h"
#include "mappers/fhir/render.h"

namespace gateway::fhir {
namespace {

constexpr std::string_view kBackport = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";
constexpr std::int64_t kMaxTimeout = 10;
constexpr std::size_t kMaxHeaders = 50;
constexpr std::size_t kMaxFilters = 20;
constexpr std::string_view kMask = "***";
// Header fields that frame a message or say where it goes, and what this server sets itself.
constexpr std::array<std::string_view, 12> kOwnHeaders = {
    "host",    "connection", "content-length", "transfer-encoding", "content-type",       "te", "trailer",
    "upgrade", "keep-alive", "expect",         "proxy-connection",  "proxy-authorization"};

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

struct Authority {
  std::string_view host;   // "[::1]" with its brackets
  std::uint16_t port = 0;  // 0: none is named
};

// RFC 3986 section 3.2, without user. Nothing for what could be read in more than one way.
std::optional<Authority> read_authority(std::string_view text) {
  const auto bracket = text.find(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  Authority into{text.substr(0, colon), 0};
  const bool plain = std::all_of(into.host.begin(), into.host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
  if (into.host.empty() || !plain) return std::nullopt;
  if (colon == std::string_view::npos) return into;
  into.port = parse_number<std::uint16_t>(text.substr(colon + 1)).value_or(0);
  if (into.port == 0) return std::nullopt;
  return into;
}

// "127.0.0.1:8080" of "http://127.0.0.1:8080/hook", with the port of the scheme where none is named.
std::optional<Authority> authority_of(std::string_view url) {
  if (url.find_first_of(" #\\") != std::string_view::npos) return std::nullopt;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    auto authority = read_authority(url.substr(0, url.find_first_of("/?")));
    if (authority && authority->port == 0) authority->port = scheme == "https://" ? 443 : 80;
    return authority;
  }
  return std::nullopt;
}

// Choice: only hosts that whoever runs the gateway has named get messages, so that a subscription is no way
// into networks behind it; on other ports than those of the web only when the port is named, too.
Result<void> check_endpoint(std::string_view url, const std::vector<std::string>& hosts) {
  const auto endpoint = authority_of(url);
  if (!endpoint) return refused("the endpoint is no http or https URL", "channel.endpoint");
  const bool named = std::any_of(hosts.begin(), hosts.end(), [&](const std::string& each) {
    const auto host = read_authority(each);
    if (!host || !iequals(host->host, endpoint->host)) return false;
    return host->port == 0 ? endpoint->port == 80 || endpoint->port == 443 : host->port == endpoint->port;
  });
  if (named) return {};
  return refused("this server does not send to " + std::string(endpoint->host) + ", port " +
                     std::to_string(endpoint->port) + ": it is not in fhir.notify_hosts of the configuration",
                 "channel.endpoint");
}

// Name and value of "Name: value".
std::optional<std::pair<std::string, std::string>> header_of(const Value& line) {
  const std::string* text = line.as_string();
  const auto colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  const std::string_view all = *text;
  return std::pair(std::string(trim(all.substr(0, colon))), std::string(trim(all.substr(colon + 1))));
}

Result<void> read_headers(const Value& channel, Channel& into) {
  const Value* list = channel.find("header");
  if (!list || !list->as_list()) return {};
  if (list->as_list()->size() > kMaxHeaders) return refused("too many headers", "channel.header");
  for (const Value& each : *list->as_list()) {
    auto header = header_of(each);
    const bool sendable = header && codec::is_token(header->first) &&
                          std::none_of(header->second.begin(), header->second.end(),
                                       [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    if (!sendable) return refused("a header is 'Name: value'", "channel.header");
    if (std::find(kOwnHeaders.begin(), kOwnHeaders.end(), lower(header->first)) != kOwnHeaders.end())
      return refused("the header is not a client's to set: " + header->first, "channel.header");
    into.headers.push_back(std::move(*header));
  }
  return {};
}

// The lines of channel.header, to change them; nullptr when there are none.
Value::List* header_lines(Value& subscription) {
  const auto member = [](Value* of, std::string_view name) -> Value* {
    if (of && of->as_map())
      for (auto& [key, value] : *of->as_map())
        if (key == name) return &value;
    return nullptr;
  };
  Value* lines = member(member(&subscription, "channel"), "header");
  return lines ? lines->as_list() : nullptr;
}

// As deep as the parser lets a text be. True when there was something to mask.
bool mask_headers(Value& value) {
  bool masked = false;
  if (auto* map = value.as_map())
    for (auto& member : *map) masked = mask_headers(member.second) || masked;
  if (auto* list = value.as_list())
    for (Value& each : *list) masked = mask_headers(each) || masked;
  if (value.text("resourceType") != "Subscription") return masked;
  auto* lines = header_lines(value);
  if (!lines) return masked;
  for (Value& line : *lines) {
    const auto header = header_of(line);
    line = Value((header ? header->first + ": " : std::string()) + std::string(kMask));
  }
  return true;
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
    if (into.filters.size() >= kMaxFilters) return refused("too many filters", "criteria");
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

// Answers are long, and most letters of the word are rare in them: memmem() skips where find() would not.
bool has(std::string_view text, std::string_view word) {
  return !text.empty() && ::memmem(text.data(), text.size(), word.data(), word.size()) != nullptr;
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

Result<std::optional<std::string>> with_masked_headers(std::string_view json) {
  if (!has(json, "Subscription\"") || !has(json, "header\"")) return std::optional<std::string>();
  auto value = codec::parse_json(json, {json.size() + 1, 200});
  if (!value) return fail(ErrorCode::Internal, "an answer cannot be given without secrets");
  if (!mask_headers(*value)) return std::optional<std::string>();
  return std::optional(to_json(*value));
}

Result<void> unmask_headers(Value& subscription, const Value& stored) {
  auto* lines = header_lines(subscription);
  if (!lines) return {};
  const Value* before = stored.find("channel");
  const Value* known = before ? before->find("header") : nullptr;
  const bool same = before && before->text("endpoint") == subscription.find("channel")->text("endpoint");
  for (Value& line : *lines) {
    const auto header = header_of(line);
    if (!header || header->second != kMask) continue;
    const Value* value = nullptr;
    if (same && known && known->as_list())
      for (const Value& each : *known->as_list())
        if (const auto other = header_of(each); other && iequals(other->first, header->first)) value = &each;
    if (!value) return refused("the value of the header is missing: " + header->first, "channel.header");
    line = *value;
  }
  return {};
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
