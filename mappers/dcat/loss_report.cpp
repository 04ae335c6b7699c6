#include "mappers/dcat/loss_report.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace mappers::dcat {

std::string_view name_of(Fate fate) {
  static constexpr std::array<std::string_view, 8> kNames = {"kept",      "extra",    "renamed", "moved",
                                                             "rewritten", "narrowed", "derived", "lost"};
  return kNames[static_cast<std::size_t>(fate)];
}

std::size_t LossReport::count(Fate fate) const {
  if (fate == Fate::Kept) return kept;
  if (fate == Fate::Extra) return extra;
  return static_cast<std::size_t>(
      std::count_if(notes.begin(), notes.end(), [&](const LossNote& note) { return note.fate == fate; }));
}

std::vector<LossLine> LossReport::lines() const {
  // What is worst comes first.
  static constexpr std::array<int, 8> kOrder = {7, 6, 4, 3, 5, 1, 2, 0};
  std::map<std::tuple<int, std::string, std::string, std::string>, LossLine> grouped;
  for (const LossNote& note : notes) {
    const std::string to = note.fate == Fate::Rewritten ? std::string() : note.to;
    LossLine& line = grouped[{kOrder[static_cast<std::size_t>(note.fate)], note.property, to, note.reason}];
    line.fate = note.fate, line.property = note.property, line.to = to, line.reason = note.reason;
    ++line.values;
  }
  std::vector<LossLine> lines;
  for (auto& [key, line] : grouped) lines.push_back(std::move(line));
  return lines;
}

std::string LossReport::text() const {
  std::string text = (from.empty() ? "" : from + " to ") + to + ": " + std::to_string(statements) +
                     " statements, " + std::to_string(kept) + " kept, " + std::to_string(extra) +
                     " kept though the release does not know them";
  for (const Fate fate :
       {Fate::Renamed, Fate::Moved, Fate::Rewritten, Fate::Derived, Fate::Narrowed, Fate::Lost})
    text += ", " + std::to_string(count(fate)) + " " + std::string(name_of(fate));
  text += "\n";
  for (const LossLine& line : lines())
    text +=
        std::string(name_of(line.fate)) + ": " + line.property + (line.to.empty() ? "" : " to " + line.to) +
        (line.values > 1 ? " (" + std::to_string(line.values) + " times)" : "") + ": " + line.reason + "\n";
  return text;
}

gateway::Value LossReport::json() const {
  gateway::Value report = gateway::Value::map();
  report.set("from", from).set("to", to).set("statements", statements).set("lossless", lossless());
  gateway::Value counts = gateway::Value::map();
  for (int i = 0; i < 8; ++i) counts.set(name_of(static_cast<Fate>(i)), count(static_cast<Fate>(i)));
  report.set("counts", std::move(counts));
  gateway::Value list = gateway::Value::list();
  for (const LossNote& note : notes) {
    gateway::Value entry = gateway::Value::map();
    entry.set("fate", name_of(note.fate)).set("subject", note.subject).set("property", note.property);
    entry.set("value", note.value).set("to", note.to).set("reason", note.reason);
    list.push(std::move(entry));
  }
  report.set("notes", std::move(list));
  return report;
}

}  // namespace mappers::dcat
