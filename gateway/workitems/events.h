// Event reports about work items (PS3.4 table CC.2.4-1), as the text that goes to subscribers (PS3.18 section
// 11.13). Pure functions but for the numbering of messages; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "gateway/base/value.h"

namespace gateway::workitems {

enum class EventType : std::uint8_t {
  StateReport = 1,
  CancelRequested = 2,
  ProgressReport = 3,
  Assigned = 5
};

struct Event {
  EventType type = EventType::StateReport;
  Value information;
};

Event state_report(const Value& item);
// `request` is the body of a cancel request.
Event cancel_requested(const Value& request, const std::string& requesting_ae);
// What a change from `before` to `after` gives subscribers to know. `before` is null for a new item.
std::vector<Event> events_of_change(const Value& before, const Value& after);

std::string event_text(const Event& event, const std::string& uid);

}  // namespace gateway::workitems
