// HarvestState: how far the harvest of one source has come, and how it went: what /sources shows and what the
// store keeps. A plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/value.h"

namespace gateway::sources {

struct HarvestState {
  enum class Phase : std::uint8_t { Never, Running, Done, Failed, Stopped };
  Phase phase = Phase::Never;
  std::string cursor;  // the date up to which studies are still to be listed, going back; empty: all
  std::uint64_t runs = 0;
  // Of the run that is under way, or was the last one.
  std::uint64_t studies_seen = 0;
  std::uint64_t studies_unchanged = 0;  // looked as they did when they were taken
  std::uint64_t studies_taken = 0;
  std::uint64_t studies_failed = 0;  // to be tried again by the next run
  std::uint64_t instances_new = 0;
  std::uint64_t instances_known = 0;
  std::uint64_t conflicts = 0;  // another object with that UID is here
  std::uint64_t refused = 0;    // not acceptable as an instance
  std::int64_t started_us = 0, updated_us = 0, finished_us = 0;
  std::string last_problem;  // of an object or study; the run went on
  std::string last_error;    // that ended a run
  bool operator==(const HarvestState&) const = default;
};

std::string_view name_of(HarvestState::Phase phase);  // "never", "running", ...
Value to_value(const HarvestState& state);
std::string to_text(const HarvestState& state);
// What to_text() wrote; anything else is a harvest that never was.
HarvestState parse_state(std::string_view text);

}  // namespace gateway::sources
