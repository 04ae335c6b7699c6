// What subscriptions keep with the resources, and where they look for events (subscriptions.h).
//
// Kept as Parameters, which clients cannot write: one for the cursors, one for each subscription with its
// last events and how far they were delivered.
#include <algorithm>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/history.h"
#include "gateway/fhir/subscriptions.h"
#include "gateway/fhir/write_set.h"

namespace gateway::fhir {
namespace {

constexpr const char* kType = "Parameters";
constexpr const char* kCursor = "subscription-cursor";
constexpr std::int64_t kOverlapUs = 10'000'000;  // commits may come later than their time says
constexpr std::uint32_t kPage = 1000;
constexpr std::size_t kMaxSeen = 100'000;

Value parameter(std::string_view name, std::int64_t number) {
  return Value::map().set("name", name).set("valueString", std::to_string(number));
}

Value event_parameter(const Event& event) {
  Value parts = Value::list();
  parts.push(parameter("number", event.number));
  parts.push(parameter("time", event.time_us));
  parts.push(parameter("created", event.created ? 1 : 0));
  parts.push(Value::map().set("name", "focus").set("valueString", event.focus));
  return Value::map().set("name", "event").set("part", std::move(parts));
}

std::string_view text_in(const Value* list, std::string_view name) {
  if (list && list->as_list())
    for (const Value& each : *list->as_list())
      if (each.text("name") == name) return each.text("valueString");
  return {};
}

std::int64_t number_in(const Value* list, std::string_view name) {
  return parse_number<std::int64_t>(text_in(list, name)).value_or(0);
}

}  // namespace

Result<void> Subscriptions::load_feed(const std::string& id, Feed& feed) {
  const auto stored = TRY(face_.resources()->store()->read(kType, id));
  if (!stored) return {};
  feed.version = stored->version;
  if (stored->deleted) return {};
  const Value value = TRY(codec::parse_json(stored->json));
  const Value* list = value.find("parameter");
  feed.log.total = number_in(list, "total");
  feed.delivered = number_in(list, "delivered");
  if (!list || !list->as_list()) return {};
  for (const Value& each : *list->as_list()) {
    if (each.text("name") != "event") continue;
    const Value* parts = each.find("part");
    Event event{number_in(parts, "number"), number_in(parts, "time"), std::string(text_in(parts, "focus")),
                number_in(parts, "created") == 1};
    feed.log.events.push_back(std::move(event));
  }
  return {};
}

// Without a cursor the story begins now.
Result<void> Subscriptions::load_cursor() {
  if (cursor_version_ >= 0) return {};
  const auto stored = TRY(face_.resources()->store()->read(kType, kCursor));
  if (stored && !stored->deleted) {
    const Value value = TRY(codec::parse_json(stored->json));
    const Value* list = value.find("parameter");
    last_study_ = number_in(list, "study");
    studies_us_ = number_in(list, "studies");
    resources_us_ = number_in(list, "resources");
    place_.base = text_in(list, "base");
  } else {
    studies_us_ = resources_us_ = face_.now_us();
    model::Query query;
    query.limit = kPage;
    query.by_id = true;
    const std::uint64_t count = TRY(face_.index().count(query));
    query.offset = count > 0 ? count - 1 : 0;
    for (const auto& row : TRY(face_.index().studies(query, model::Depth::Study)))
      last_study_ = std::max(last_study_, row.id);
  }
  cursor_version_ = stored ? stored->version : 0;
  return {};
}

Result<std::vector<Subscriptions::Fresh>> Subscriptions::fresh() {
  std::vector<Fresh> events;
  TRY_VOID(fresh_studies(events));
  for (const char* type : {"ImagingStudy", "DiagnosticReport"}) TRY_VOID(fresh_resources(type, events));
  std::stable_sort(events.begin(), events.end(),
                   [](const Fresh& a, const Fresh& b) { return a.event.time_us < b.event.time_us; });
  const std::int64_t until = face_.now_us() - kOverlapUs;
  if (resources_us_ < until && !events.empty()) cursor_changed_ = true;
  resources_us_ = std::max(resources_us_, until);
  return events;
}

// Studies that changed since the last look, and were left alone for a moment since.
Result<void> Subscriptions::fresh_studies(std::vector<Fresh>& into) {
  const std::int64_t until = face_.now_us() - kSettleUs;
  if (until < studies_us_) return {};
  model::Query query;
  query.by_id = true;
  query.limit = kPage;
  query.matches.push_back({"study.updated",
                           model::Match::Kind::Range,
                           {},
                           std::to_string(studies_us_ + 1),
                           std::to_string(until)});
  std::int64_t newest = last_study_;
  while (true) {
    const auto rows = TRY(face_.index().studies(query, model::Depth::Study));
    for (const auto& row : rows) {
      const bool created = row.id > last_study_;
      newest = std::max(newest, row.id);
      into.push_back(
          {&kTopics[created ? 0 : 1],
           {0, row.updated_us, "ImagingStudy/" + mappers::fhir::imaging_study_id(row.study.uid), created}});
    }
    query.offset += rows.size();
    if (rows.size() < kPage) break;
  }
  if (query.offset > 0) cursor_changed_ = true;
  last_study_ = newest;
  studies_us_ = until;
  return {};
}

// Versions that clients wrote since the last look. Reports count when they are final or amended.
Result<void> Subscriptions::fresh_resources(const std::string& type, std::vector<Fresh>& into) {
  model::HistoryQuery query;
  query.type = type;
  query.since_us = resources_us_;
  query.limit = kPage;
  while (true) {
    const auto page = TRY(face_.resources()->store()->history(query));
    for (const auto& version : page.versions) TRY_VOID(take_version(version, into));
    query.offset += page.versions.size();
    query.up_to = page.state;
    if (page.versions.size() < kPage) break;
  }
  if (query.offset == 0 && seen_.size() > kMaxSeen) seen_.clear();
  return {};
}

Result<void> Subscriptions::take_version(const model::StoredResource& version, std::vector<Fresh>& into) {
  const std::string focus = version.type + "/" + version.id;
  if (version.deleted || !seen_.insert(focus + "/" + std::to_string(version.version)).second) return {};
  const Event event{0, version.updated_us, focus, version.version == 1};
  if (version.type == "ImagingStudy") {
    into.push_back({&kTopics[version.version == 1 ? 0 : 1], event});
    return {};
  }
  const Value report = TRY(codec::parse_json(version.json));
  const std::string_view status = report.text("status");
  if (status == "final" || status == "amended" || status == "corrected" || status == "appended")
    into.push_back({&kTopics[2], event});
  return {};
}

// One commit for all that changed. The oldest events go, but never one that is still to be delivered.
Result<void> Subscriptions::keep() {
  std::vector<model::ResourceWrite> writes;
  const std::int64_t now = face_.now_us() / 1000 * 1000;
  const auto add = [&](const std::string& id, std::int64_t version, Value list) -> Result<void> {
    Value value = Value::map().set("resourceType", kType).set("parameter", std::move(list));
    value = stamped(value, id, version + 1, now);
    writes.push_back(TRY(face_.resources()->make_write(kType, id, version, now, "PUT", to_json(value), value,
                                                       place_, "subscriptions")));
    return {};
  };
  for (auto& [id, feed] : feeds_) {
    if (!feed.changed) continue;
    auto& events = feed.log.events;
    while (events.size() > kKeptEvents && events.front().number <= feed.delivered)
      events.erase(events.begin());
    Value list = Value::list();
    list.push(parameter("total", feed.log.total)).push(parameter("delivered", feed.delivered));
    for (const Event& event : events) list.push(event_parameter(event));
    TRY_VOID(add(id, feed.version, std::move(list)));
  }
  if (cursor_changed_ || cursor_version_ == 0) {
    Value list = Value::list();
    list.push(parameter("study", last_study_)).push(parameter("studies", studies_us_));
    list.push(parameter("resources", resources_us_));
    if (!place_.base.empty()) list.push(Value::map().set("name", "base").set("valueString", place_.base));
    TRY_VOID(add(kCursor, cursor_version_, std::move(list)));
  }
  if (writes.empty()) return {};
  TRY(face_.resources()->store()->commit(writes));
  for (auto& [id, feed] : feeds_)
    if (std::exchange(feed.changed, false)) ++feed.version;
  if (writes.back().id == kCursor) ++cursor_version_;
  cursor_changed_ = false;
  return {};
}

Result<void> Subscriptions::set_status(const std::string& id, std::string_view status,
                                       const std::string& error) {
  const auto stored = TRY(face_.resources()->store()->read("Subscription", id));
  if (!stored || stored->deleted) return {};
  Value value = TRY(codec::parse_json(stored->json));
  value.set("status", status);
  if (!error.empty()) value.set("error", error);
  const std::int64_t now = face_.now_us() / 1000 * 1000;
  value = stamped(value, id, stored->version + 1, now);
  const std::vector<model::ResourceWrite> writes = {TRY(face_.resources()->make_write(
      "Subscription", id, stored->version, now, "PUT", to_json(value), value, place_))};
  const auto done = face_.resources()->store()->commit(writes);
  if (!done && done.error().code != ErrorCode::Conflict) return done.error();
  return {};
}

}  // namespace gateway::fhir
