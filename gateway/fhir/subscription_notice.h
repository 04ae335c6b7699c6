// What a topic subscription is and what is sent for it (Subscriptions R5 Backport 1.1.0 on FHIR R4): channel,
// SubscriptionStatus as Parameters, notification Bundles. Pure functions; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/base/value.h"

namespace gateway::fhir {

struct Topic {
  std::string_view url;
  std::string_view type;  // of the focus
  std::string_view title;
};
inline constexpr std::array<Topic, 3> kTopics = {
    {{"urn:ehds-gateway:topic:study-available", "ImagingStudy", "an imaging study has become available"},
     {"urn:ehds-gateway:topic:study-updated", "ImagingStudy", "an imaging study has changed"},
     {"urn:ehds-gateway:topic:report-final", "DiagnosticReport", "an imaging report is final or amended"}}};
const Topic* find_topic(std::string_view url);

enum class Content : std::uint8_t { Empty, IdOnly, FullResource };

// A Subscription as far as this server works with it.
struct Channel {
  std::string id, status, topic, endpoint;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> filters;  // "ImagingStudy?modality=CT"; all must hold
  Content content = Content::Empty;
  std::int64_t heartbeat_s = 0;  // 0: none
  std::int64_t timeout_s = 10;   // no more than that
  std::int64_t end_us = 0;       // 0: none
};
// `hosts`: "host", for the ports 80 and 443, or "host:port". Errors: Unprocessable with the element in
// `where` for what cannot be served: no known topic, no rest-hook, an endpoint outside of `hosts`, a header
// that is ours to set, a filter of another type, another payload.
Result<Channel> read_channel(const Value& subscription, const std::vector<std::string>& hosts);

// Values of channel.header may be credentials: nobody gets them back. `json` (a resource or a Bundle) with
// "Name: ***" instead, in each Subscription of it; nothing when there is none. Error: Internal.
Result<std::optional<std::string>> with_masked_headers(std::string_view json);
// Gives a Subscription that was sent back as it was read the values of `stored`. Error: Unprocessable when
// the endpoint is another one, or there is no such header.
Result<void> unmask_headers(Value& subscription, const Value& stored);

struct Event {
  std::int64_t number = 0;
  std::int64_t time_us = 0;
  std::string focus;     // "ImagingStudy/1.2.3"
  bool created = false;  // else changed
  bool operator==(const Event&) const = default;
};

enum class NoticeKind : std::uint8_t { Handshake, Heartbeat, Event, QueryStatus, QueryEvent };

// The SubscriptionStatus, and the Bundle of a notification. `resources`: JSON of the focus of each event, for
// full-resource; empty where there is none any more.
Value subscription_status(const Channel& channel, NoticeKind kind, const std::vector<Event>& events,
                          std::int64_t total, const std::string& base, bool with_focus);
std::string notification(const Channel& channel, NoticeKind kind, const std::vector<Event>& events,
                         const std::vector<std::string>& resources, std::int64_t total,
                         const std::string& base, std::int64_t now_us);

}  // namespace gateway::fhir
