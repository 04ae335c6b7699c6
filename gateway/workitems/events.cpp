#include "gateway/workitems/events.h"

#include <atomic>

#include "gateway/base/json_text.h"
#include "gateway/workitems/attributes.h"

namespace gateway::workitems {
namespace {

constexpr std::uint32_t kAffectedSopClass = 0x00000002;
constexpr std::uint32_t kMessageId = 0x00000110;
constexpr std::uint32_t kAffectedSopInstance = 0x00001000;
constexpr std::uint32_t kEventTypeId = 0x00001002;
constexpr std::string_view kEventClass = "1.2.840.10008.5.1.4.34.6.4";  // UPS Event

// Message ID is a US: it begins anew where it ends.
std::int64_t next_message_id() {
  static std::atomic<std::uint32_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) % 0xFFFF + 1;
}

bool differs(const Value& before, const Value& after, std::uint32_t tag) {
  const Value* was = element(before, tag);
  const Value* is = element(after, tag);
  if (!was || !is) return has_value(before, tag) || has_value(after, tag);
  return !(*was == *is);
}

// The performers and the station of the schedule; the organization and code of the first performer are the
// event's own attributes.
void add_assignments(std::vector<Event>& events, const Value& before, const Value& after) {
  const bool station = differs(before, after, tag::kScheduledStationName);
  const bool performers = differs(before, after, tag::kScheduledPerformers);
  if (!station && !performers) return;
  Event event{EventType::Assigned, Value::map()};
  if (has_value(after, tag::kScheduledStationName))
    copy_present(event.information, after, {tag::kScheduledStationName});
  if (values(after, tag::kScheduledPerformers).size() < 2) {
    if (const Value* first = first_item(after, tag::kScheduledPerformers))
      copy_present(event.information, *first, {tag::kHumanPerformerCode, tag::kPerformerOrganization});
    events.push_back(std::move(event));
    return;
  }
  for (const Value& performer : values(after, tag::kScheduledPerformers)) {
    Event each = event;
    copy_present(each.information, performer, {tag::kHumanPerformerCode, tag::kPerformerOrganization});
    events.push_back(std::move(each));
  }
}

}  // namespace

Event state_report(const Value& item) {
  Event event{EventType::StateReport, Value::map()};
  copy_present(event.information, item, {tag::kInputReadiness, tag::kState});
  if (const Value* progress = first_item(item, tag::kProgress))
    copy_present(event.information, *progress, {tag::kDiscontinuationReason, tag::kCancellationReason});
  return event;
}

Event cancel_requested(const Value& request, const std::string& requesting_ae) {
  Event event{EventType::CancelRequested, Value::map()};
  copy_present(event.information, request,
               {tag::kContactUri, tag::kContactName, tag::kDiscontinuationReason, tag::kCancellationReason});
  put_text(event.information, tag::kRequestingAe, requesting_ae);
  return event;
}

// PS3.4 CC.2.4.3
std::vector<Event> events_of_change(const Value& before, const Value& after) {
  std::vector<Event> events;
  if (differs(before, after, tag::kState) || differs(before, after, tag::kInputReadiness))
    events.push_back(state_report(after));
  if (differs(before, after, tag::kProgress) && !differs(before, after, tag::kState)) {
    events.push_back({EventType::ProgressReport, Value::map()});
    copy_present(events.back().information, after, {tag::kProgress});
  }
  add_assignments(events, before, after);
  return events;
}

std::string event_text(const Event& event, const std::string& uid) {
  Value report = event.information;
  put_text(report, kAffectedSopClass, kEventClass);
  put(report, kMessageId, {Value(next_message_id())});
  put_text(report, kAffectedSopInstance, uid);
  put(report, kEventTypeId, {Value(static_cast<std::int64_t>(event.type))});
  return to_json(report);
}

}  // namespace gateway::workitems
