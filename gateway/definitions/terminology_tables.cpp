// Code systems, value sets and concept maps as tables: code-systems.tsv, value-sets.tsv, concept-maps.tsv.

#include <algorithm>
#include <functional>

#include "gateway/base/text.h"
#include "gateway/definitions/codes.h"
#include "gateway/definitions/tables.h"

namespace gateway::definitions {

namespace {

constexpr std::size_t kMaxConcepts = 500'000;

template <class Made>
void read_heading(const TableLines& lines, const TableLine& line, const std::string& pack, Made& made) {
  made.url = lines.url(line.at(1));
  made.version = line.named("version").value_or(lines.version());
  cut_version(made.url, made.version);
  made.name = line.named("name").value_or("");
  made.pack = pack;
}

// Calls `take` for each line below the current one.
Result<void> each_below(TableLines& lines, const std::function<Result<void>(const TableLine&)>& take) {
  while (const TableLine* line = TRY(lines.next())) {
    if (line->depth == 0) {
      lines.back();
      return {};
    }
    TRY_VOID(take(*line));
  }
  return {};
}

// Calls `take` for each line at depth 0, which must begin with `word` and a URL.
Result<void> each_heading(TableLines& lines, std::string_view word,
                          const std::function<Result<void>(const TableLine&)>& take) {
  while (const TableLine* line = TRY(lines.next())) {
    if (line->depth != 0 || line->at(0) != word || line->at(1).empty())
      return lines.fault("A line '" + std::string(word) + "' with its URL is expected");
    TRY_VOID(take(*line));
  }
  return {};
}

// A code below its parent: code, display, "abstract".
Result<void> read_concept(const TableLines& lines, const TableLine& line, std::vector<std::uint32_t>& parents,
                          CodeSystem& system) {
  const std::size_t depth = line.depth - 1;
  if (depth > parents.size()) return lines.fault("A code must be one deeper than its parent");
  if (system.concepts.size() >= kMaxConcepts)
    return fail(ErrorCode::BodyTooLarge, "A code system has too many codes", lines.place());
  parents.resize(depth);
  const auto index = static_cast<std::uint32_t>(system.concepts.size());
  system.concepts.push_back({std::string(line.at(0)), std::string(line.at(1)),
                             parents.empty() ? CodeConcept::kNoParent : parents.back(),
                             line.at(2) == "abstract"});
  parents.push_back(index);
  return {};
}

// "concept is-a 363679005"
Result<Selection::Filter> read_filter(const TableLines& lines, std::string_view text) {
  const std::size_t first = text.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos) return lines.fault("A filter is written 'property operator value'");
  return Selection::Filter{std::string(text.substr(0, first)),
                           std::string(text.substr(first + 1, second - first - 1)),
                           std::string(text.substr(second + 1))};
}

// include or exclude, the system, and what narrows it.
Result<void> read_selection(const TableLines& lines, const TableLine& line, ValueSet& set) {
  if (line.at(0) != "include" && line.at(0) != "exclude")
    return lines.fault("A value set has lines 'include' and 'exclude'");
  Selection& part = (line.at(0) == "include" ? set.includes : set.excludes).emplace_back();
  part.system = lines.url(line.at(1));
  part.version = line.named("version").value_or("");
  for (std::size_t at = 2; at < line.fields.size(); ++at) {
    const std::string_view field = line.at(at);
    if (field.starts_with("set=")) part.value_sets.push_back(lines.url(field.substr(4)));
    if (field.starts_with("filter=")) part.filters.push_back(TRY(read_filter(lines, field.substr(7))));
  }
  if (part.system.empty() && part.value_sets.empty())
    return lines.fault("A part of a value set needs a system or a value set");
  return {};
}

// The codes listed below an include or exclude.
Result<void> read_set_line(const TableLines& lines, const TableLine& line, Selection*& part, ValueSet& set) {
  if (line.depth == 1) {
    TRY_VOID(read_selection(lines, line, set));
    part = line.at(0) == "include" ? &set.includes.back() : &set.excludes.back();
    return {};
  }
  if (!part || line.depth != 2) return lines.fault("A code needs an include or exclude above it");
  part->concepts.push_back({.code = std::string(line.at(0)), .display = std::string(line.at(1))});
  return {};
}

// code, target, equivalence, display, target's display; lines of one code follow each other.
Result<void> read_map_line(const TableLines& lines, const TableLine& line, ConceptMap& map) {
  if (line.depth == 1 && line.at(0) == "group") {
    ConceptMap::Group& group = map.groups.emplace_back();
    group.source_system = lines.url(line.at(1));
    group.target_system = lines.url(line.at(2));
    return {};
  }
  if (line.depth != 2 || map.groups.empty()) return lines.fault("A code needs a group above it");
  std::vector<ConceptMap::Row>& rows = map.groups.back().rows;
  if (rows.empty() || rows.back().code != line.at(0))
    rows.push_back({std::string(line.at(0)), std::string(line.at(3)), {}});
  if (!line.at(1).empty() || !line.at(2).empty())
    rows.back().targets.push_back(
        {std::string(line.at(1)), std::string(line.at(4)), std::string(line.at(2))});
  return {};
}

}  // namespace

Result<void> read_code_systems(TableLines& lines, const std::string& pack, Definitions& into) {
  return each_heading(lines, "system", [&](const TableLine& line) -> Result<void> {
    CodeSystem system;
    read_heading(lines, line, pack, system);
    const auto content = content_of(line.at(2));
    if (!content) return lines.fault("A code system is complete, fragment, example or not-present");
    system.content = *content;
    system.case_sensitive = std::ranges::count(line.fields, "insensitive") == 0;
    std::vector<std::uint32_t> parents;
    TRY_VOID(each_below(lines,
                        [&](const TableLine& below) { return read_concept(lines, below, parents, system); }));
    into.add(std::move(system));
    return {};
  });
}

Result<void> read_value_sets(TableLines& lines, const std::string& pack, Definitions& into) {
  return each_heading(lines, "set", [&](const TableLine& line) -> Result<void> {
    ValueSet set;
    read_heading(lines, line, pack, set);
    Selection* part = nullptr;
    TRY_VOID(
        each_below(lines, [&](const TableLine& below) { return read_set_line(lines, below, part, set); }));
    into.add(std::move(set));
    return {};
  });
}

Result<void> read_concept_maps(TableLines& lines, const std::string& pack, Definitions& into) {
  return each_heading(lines, "map", [&](const TableLine& line) -> Result<void> {
    ConceptMap map;
    read_heading(lines, line, pack, map);
    map.source = lines.url(line.at(2));
    map.target = lines.url(line.at(3));
    TRY_VOID(each_below(lines, [&](const TableLine& below) { return read_map_line(lines, below, map); }));
    into.add(std::move(map));
    return {};
  });
}

}  // namespace gateway::definitions
