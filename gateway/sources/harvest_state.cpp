#include "gateway/sources/harvest_state.h"

#include <array>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"

namespace gateway::sources {
namespace {

using Number = std::uint64_t HarvestState::*;
using Time = std::int64_t HarvestState::*;
using Text = std::string HarvestState::*;

constexpr std::array<std::string_view, 5> kPhases = {"never", "running", "done", "failed", "stopped"};

constexpr std::pair<std::string_view, Number> kNumbers[] = {
    {"runs", &HarvestState::runs},
    {"studiesSeen", &HarvestState::studies_seen},
    {"studiesUnchanged", &HarvestState::studies_unchanged},
    {"studiesTaken", &HarvestState::studies_taken},
    {"studiesFailed", &HarvestState::studies_failed},
    {"instancesNew", &HarvestState::instances_new},
    {"instancesKnown", &HarvestState::instances_known},
    {"conflicts", &HarvestState::conflicts},
    {"refused", &HarvestState::refused},
};
constexpr std::pair<std::string_view, Time> kTimes[] = {
    {"startedUs", &HarvestState::started_us},
    {"updatedUs", &HarvestState::updated_us},
    {"finishedUs", &HarvestState::finished_us},
};
constexpr std::pair<std::string_view, Text> kTexts[] = {
    {"cursor", &HarvestState::cursor},
    {"lastProblem", &HarvestState::last_problem},
    {"lastError", &HarvestState::last_error},
};

}  // namespace

std::string_view name_of(HarvestState::Phase phase) { return kPhases[static_cast<std::size_t>(phase)]; }

Value to_value(const HarvestState& state) {
  Value value = Value::map();
  value.set("phase", name_of(state.phase));
  for (const auto& [name, member] : kNumbers) value.set(name, static_cast<std::int64_t>(state.*member));
  for (const auto& [name, member] : kTimes) value.set(name, state.*member);
  for (const auto& [name, member] : kTexts) value.set(name, state.*member);
  return value;
}

std::string to_text(const HarvestState& state) { return to_json(to_value(state)); }

HarvestState parse_state(std::string_view text) {
  HarvestState state;
  const auto parsed = codec::parse_json(text);
  if (!parsed.ok()) return state;
  const auto number = [&](std::string_view name) {
    const Value* member = parsed->find(name);
    const std::int64_t* found = member ? member->as_int() : nullptr;
    return found ? *found : 0;
  };
  for (std::size_t i = 0; i < kPhases.size(); ++i)
    if (parsed->text("phase") == kPhases[i]) state.phase = static_cast<HarvestState::Phase>(i);
  for (const auto& [name, member] : kNumbers) state.*member = static_cast<std::uint64_t>(number(name));
  for (const auto& [name, member] : kTimes) state.*member = number(name);
  for (const auto& [name, member] : kTexts) state.*member = parsed->text(name);
  return state;
}

}  // namespace gateway::sources
