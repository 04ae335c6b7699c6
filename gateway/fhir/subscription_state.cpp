// What subscriptions keep with the resources, and where they look for events (subscriptions.h).
//
// Kept as Parameters, which clients cannot write: "cursor", and one for each subscription with its last
// events and how far they were delivered. The store keeps the current version only. New events are written at
// once, what was delivered every kProgressUs and at the end (else a message may come twice after a crash).
#include <algorithm>

#include "gateway/base/ids.h"
#include "gateway/base/json_text.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/fhir/history.h"
#include "gateway/fhir/subscriptions.h"
#include "gateway/fhir/write_set.h"

namespace gateway::fhir {
namespace {

constexpr const char* kType = "Parameters";
constexpr const char* kCursor = "cursor";
constexpr std::size_t kMaxFeedId = 59;  // so that an id stays one: 64 characters
constexpr std::int64_t kProgressUs = 30'000'000;
constexpr std::int64_t kOverlapUs = 10'000'000;  // commits may come later than their time says
constexpr std::uint32_t kPage = 1000;
constexpr std::size_t kMaxSeen = 100'000;

Value parameter(std::string_view name, std::int64_t number) {
  return Value::map().set("name", name).set("valueString", std::to_string(number));
}

// No two subscriptions have the same, whatever their ids are.
std::string feed_id(const std::string& id) {
  return id.size() <= kMaxFeedId ? "feed-" + id : "feed." + sha256_hex(id).substr(0, kMaxFeedId);
}

// "number time created focus"
Value event_parameter(const Event& event) {
  return Value::map()
      .set("name", "event")
      .set("valueString", std::to_string(event.number) + " " + std::to_string(event.time_us) +
                              (event.created ? " 1 " : " 0 ") + event.focus);
}

std::optional<Event> event_of(std::string_view text) {
  const auto parts = split(text, ' ');
  if (parts.size() != 4) return std::nullopt;
  const auto number = parse_number<std::int64_t>(parts[0]);
  const auto time = parse_number<std::int64_t>(parts[1]);
  if (!number || !time) return std::nullopt;
  return Event{*number, *time, std::string(parts[3]), parts[2] == "1"};
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
  const auto stored = TRY(face_.resources()->store()->read(kType, feed_id(id)));
  if (!stored) return {};
  feed.version = stored->version;
  if (stored->deleted) return {};
  const Value value = TRY(codec::parse_json(stored->json));
  const Value* list = value.find("parameter");
  feed.log.total = number_in(list, "total");
  feed.delivered = number_in(list, "delivered");
  if (!list || !list->as_list()) return {};
  for (const Value& each : *list->as_list())
    if (each.text("name") == "event")
      if (auto event = event_of(each.text("valueString"))) feed.log.events.push_back(std::move(*event));
  return {};
}

// Without a cursor the story begins now.
Result<void> Subscriptions::load_cursor() {
  if (cursor_version_ >= 0) return {};
  const auto stored = TRY(face_.resources()->store()->read(kType, kCursor));
  if (stored && !stored->deleted) {
    const Value value = TRY(codec::parse_json(stored->json));
    const Value* list = value.find("parameter");
    cursor_ = {number_in(list, "study"), number_in(list, "studies"), number_in(list, "resources")};
    place_.base = text_in(list, "base");
  } else {
    cursor_.studies_us = cursor_.resources_us = face_.now_us();
    model::Query query;
    query.limit = kPage;
    query.by_id = true;
    const std::uint64_t count = TRY(face_.index().count(query));
    query.offset = count > 0 ? count - 1 : 0;
    for (const auto& row : TRY(face_.index().studies(query, model::Depth::Study)))
      cursor_.study = std::max(cursor_.study, row.id);
  }
  cursor_version_ = stored ? stored->version : 0;
  return {};
}

Result<Subscriptions::Look> Subscriptions::fresh() const {
  Look look;
  look.cursor = cursor_;
  TRY_VOID(fresh_studies(look));
  for (const char* type : {"ImagingStudy", "DiagnosticReport"}) TRY_VOID(fresh_resources(type, look));
  std::stable_sort(look.events.begin(), look.events.end(),
                   [](const Fresh& a, const Fresh& b) { return a.event.time_us < b.event.time_us; });
  const std::int64_t until = face_.now_us() - kOverlapUs;
  if (cursor_.resources_us < until && !look.events.empty()) look.moved = true;
  look.cursor.resources_us = std::max(cursor_.resources_us, until);
  return look;
}

void Subscriptions::take(Look look) {
  cursor_ = look.cursor;
  cursor_changed_ = cursor_changed_ || look.moved;
  if (look.versions == 0 && seen_.size() > kMaxSeen) seen_.clear();  // none of them is near the cursor
  seen_.merge(look.seen);
}

// Studies that changed since the last look, and were left alone for a moment since.
Result<void> Subscriptions::fresh_studies(Look& into) const {
  const std::int64_t until = face_.now_us() - kSettleUs;
  if (until < cursor_.studies_us) return {};
  model::Query query;
  query.by_id = true;
  query.limit = kPage;
  query.matches.push_back({"study.updated",
                           model::Match::Kind::Range,
                           {},
                           std::to_string(cursor_.studies_us + 1),
                           std::to_string(until)});
  while (true) {
    const auto rows = TRY(face_.index().studies(query, model::Depth::Study));
    for (const auto& row : rows) {
      const bool created = row.id > cursor_.study;
      into.cursor.study = std::max(into.cursor.study, row.id);
      into.events.push_back(
          {&kTopics[created ? 0 : 1],
           {0, row.updated_us, "ImagingStudy/" + mappers::fhir::imaging_study_id(row.study.uid), created}});
    }
    query.offset += rows.size();
    if (rows.size() < kPage) break;
  }
  if (query.offset > 0) into.moved = true;
  into.cursor.studies_us = until;
  return {};
}

// Versions that clients wrote since the last look. Reports count when they are final or amended.
Result<void> Subscriptions::fresh_resources(const std::string& type, Look& into) const {
  model::HistoryQuery query;
  query.type = type;
  query.since_us = cursor_.resources_us;
  query.limit = kPage;
  while (true) {
    const auto page = TRY(face_.resources()->store()->history(query));
    for (const auto& version : page.versions) TRY_VOID(take_version(version, into));
    query.offset += page.versions.size();
    query.up_to = page.state;
    if (page.versions.empty() || query.offset >= page.total) break;
  }
  into.versions += query.offset;
  return {};
}

Result<void> Subscriptions::take_version(const model::StoredResource& version, Look& into) const {
  const std::string focus = version.type + "/" + version.id;
  const std::string key = focus + "/" + std::to_string(version.version);
  if (version.deleted || seen_.contains(key) || !into.seen.insert(key).second) return {};
  const Event event{0, version.updated_us, focus, version.version == 1};
  if (version.type == "ImagingStudy") {
    into.events.push_back({&kTopics[version.version == 1 ? 0 : 1], event});
    return {};
  }
  const Value report = TRY(codec::parse_json(version.json));
  const std::string_view status = report.text("status");
  if (status == "final" || status == "amended" || status == "corrected" || status == "appended")
    into.events.push_back({&kTopics[2], event});
  return {};
}

// The oldest events go, those that are still to be delivered only when there are very many.
void Subscriptions::trim(Feed& feed) {
  auto& events = feed.log.events;
  std::size_t spare = 0;
  while (events.size() - spare > kKeptEvents &&
         (events[spare].number <= feed.delivered || events.size() - spare > kMaxWaiting))
    ++spare;
  if (spare == 0) return;
  if (const std::int64_t last = events[spare - 1].number; last > feed.delivered)
    log::warning("events of a subscription are dropped",
                 {{"subscription", feed.log.channel.id}, {"up to", last}, {"delivered", feed.delivered}});
  const std::lock_guard lock(mutex_);
  events.erase(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(spare));
}

// One commit for all that is due. `all`: also what was delivered a moment ago.
Result<void> Subscriptions::keep(bool all) {
  std::vector<model::ResourceWrite> writes;
  std::vector<Feed*> kept;
  const std::int64_t now = face_.now_us() / 1000 * 1000;
  const auto add = [&](const std::string& id, std::int64_t version, Value list) -> Result<void> {
    Value value = Value::map().set("resourceType", kType).set("parameter", std::move(list));
    value = stamped(value, id, version + 1, now);
    writes.push_back(TRY(face_.resources()->make_write(kType, id, version, now, "PUT", to_json(value), value,
                                                       place_, model::kSubscriptionsOrigin)));
    return {};
  };
  for (auto& [id, feed] : feeds_) {
    if (!feed.changed && !(feed.moved && (all || feed.kept_us + kProgressUs <= now))) continue;
    trim(feed);
    Value list = Value::list();
    list.push(parameter("total", feed.log.total)).push(parameter("delivered", feed.delivered));
    for (const Event& event : feed.log.events) list.push(event_parameter(event));
    TRY_VOID(add(feed_id(id), feed.version, std::move(list)));
    kept.push_back(&feed);
  }
  // Without subscriptions the story begins later.
  const bool cursor = (cursor_changed_ || cursor_version_ == 0) && !feeds_.empty();
  if (cursor) {
    Value list = Value::list();
    list.push(parameter("study", cursor_.study)).push(parameter("studies", cursor_.studies_us));
    list.push(parameter("resources", cursor_.resources_us));
    if (!place_.base.empty()) list.push(Value::map().set("name", "base").set("valueString", place_.base));
    TRY_VOID(add(kCursor, cursor_version_, std::move(list)));
  }
  if (writes.empty()) return {};
  TRY(face_.resources()->store()->commit(writes));
  for (Feed* feed : kept) {
    feed->changed = feed->moved = false;
    feed->kept_us = now;
    ++feed->version;
  }
  if (cursor) ++cursor_version_;
  if (cursor) cursor_changed_ = false;
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
