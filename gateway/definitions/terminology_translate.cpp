#include <algorithm>
#include <array>

#include "gateway/base/bytes.h"
#include "gateway/codec/csv.h"
#include "gateway/definitions/terminology.h"
#include "gateway/definitions/terminology_parts.h"

namespace gateway::definitions {
namespace {

constexpr std::string_view kTableUrl = "urn:x-local:concept-map:";
constexpr std::array<std::string_view, 6> kEquivalences = {"relatedto", "equivalent", "equal",
                                                           "wider",     "subsumes",   "narrower"};

// The same statement read from the other side (FHIR R4 ConceptMapEquivalence).
std::string_view reversed(std::string_view equivalence) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kSides = {
      {{"wider", "narrower"},
       {"narrower", "wider"},
       {"subsumes", "specializes"},
       {"specializes", "subsumes"}}};
  for (const auto& [from, to] : kSides)
    if (from == equivalence) return to;
  return equivalence;
}

bool is_match(std::string_view equivalence) {
  return equivalence != "unmatched" && equivalence != "disjoint";
}

struct Match {
  std::string_view equivalence, system, code, display, map;
};

// What one group says of a coding.
void collect(const ConceptMap& map, const ConceptMap::Group& group, const Coding& coding, bool reverse,
             std::vector<Match>& into) {
  const std::string& from = reverse ? group.target_system : group.source_system;
  if (!coding.system.empty() && coding.system != from) return;
  if (!reverse) {
    if (const ConceptMap::Row* row = group.find(coding.code))
      for (const ConceptMap::Target& target : row->targets)
        into.push_back({target.equivalence, group.target_system, target.code, target.display, map.url});
    return;
  }
  for (const ConceptMap::Row& row : group.rows)
    for (const ConceptMap::Target& target : row.targets)
      if (target.code == coding.code && !target.code.empty())
        into.push_back({reversed(target.equivalence), group.source_system, row.code, row.display, map.url});
}

Value match_of(const Match& match) {
  Value part = Value::map().set("name", "match").set("part", Value::list());
  add_part(part, "part", Value::map().set("name", "equivalence").set("valueCode", match.equivalence));
  if (!match.code.empty()) {
    Value coding;
    if (!match.system.empty()) coding.set("system", match.system);
    coding.set("code", match.code);
    if (!match.display.empty()) coding.set("display", match.display);
    add_part(part, "part", Value::map().set("name", "concept").set("valueCoding", std::move(coding)));
  }
  add_part(part, "part", Value::map().set("name", "source").set("valueUri", match.map));
  return part;
}

Value result_of(const std::vector<Match>& matches) {
  const bool result = std::any_of(matches.begin(), matches.end(),
                                  [](const Match& match) { return is_match(match.equivalence); });
  Value parameters = parameters_resource();
  add_parameter(parameters, "result", "valueBoolean", result);
  if (!result)
    add_parameter(parameters, "message", "valueString", "no map that is held here has this concept");
  for (const Match& match : matches) add_part(parameters, "parameter", match_of(match));
  return parameters;
}

bool fits(const ConceptMap& map, const TranslateRequest& request) {
  return (request.source.empty() || map.source == request.source) &&
         (request.target.empty() || map.target == request.target);
}

Error faulty(const codec::CsvTable& csv, const codec::CsvRow& row, std::string what) {
  return fail(ErrorCode::ProfileInvalid, std::move(what), csv.where(row));
}

}  // namespace

// FHIR R4 4.10.18.1
Result<Value> Terminology::translate(const TranslateRequest& request) const {
  if (request.codings.empty())
    return fail(ErrorCode::InvalidParameter, "a code, coding or codeableConcept is needed", "code");
  std::vector<const ConceptMap*> maps;
  if (request.url.empty()) {
    maps = concept_maps();
    for (const Coding& coding : request.codings)
      if (coding.system.empty())
        return fail(ErrorCode::InvalidParameter, "a code needs its system unless a map is named", "system");
  } else if (const ConceptMap* map = concept_map(request.url)) {
    maps.push_back(map);
  } else {
    return fail(ErrorCode::NotFound, "this server has no concept map " + request.url, "url");
  }
  std::vector<Match> matches;
  for (const ConceptMap* map : maps) {
    if (!fits(*map, request)) continue;
    for (const ConceptMap::Group& group : map->groups) {
      const std::string& to = request.reverse ? group.source_system : group.target_system;
      if (!request.target_system.empty() && to != request.target_system) continue;
      for (const Coding& coding : request.codings) collect(*map, group, coding, request.reverse, matches);
    }
  }
  return result_of(matches);
}

std::vector<const ConceptMap*> Terminology::concept_maps() const {
  std::vector<const ConceptMap*> all;
  for (const ConceptMap& map : tables_.all()) all.push_back(&map);
  for (const ConceptMap& map : definitions_.concept_maps().all()) all.push_back(&map);
  return all;
}

const ConceptMap* Terminology::concept_map(std::string_view canonical) const {
  const ConceptMap* table = tables_.find(canonical);
  return table ? table : definitions_.concept_maps().find(canonical);
}

Result<void> Terminology::add_table(const std::string& folder, const ConceptMap& named,
                                    std::string_view table, const std::string& equivalence) {
  const std::string name = std::string(table) + ".concepts.csv";
  const std::string text = TRY(read_file(folder + name));
  const codec::CsvTable csv = TRY(codec::parse_csv(text, name));
  const auto source = csv.column("source"), target = csv.column("target"), display = csv.column("display");
  if (!source || !target || !display)
    return fail(ErrorCode::ProfileInvalid, "a concept table has the columns source, target, display",
                name + ":1");
  ConceptMap map = named;
  ConceptMap::Group& group = map.groups.front();
  for (const codec::CsvRow& row : csv.rows) {
    const std::string &from = row.cells[*source], &to = row.cells[*target];
    if (from.empty() || to.empty()) return faulty(csv, row, "an empty cell in a concept table");
    const auto [at, added] = group.by_code.emplace(from, group.rows.size());
    if (added) group.rows.push_back({from, "", {}});
    const bool same = from == to && group.source_system == group.target_system;
    group.rows[at->second].targets.push_back({to, row.cells[*display], same ? "equal" : equivalence});
  }
  group.by_code.clear();  // its keys are of `csv`
  tables_.add(std::move(map));
  return {};
}

Result<std::shared_ptr<const Terminology>> Terminology::load(const std::string& profiles_folder,
                                                             const Definitions& definitions) {
  const std::string folder = profiles_folder + "/terminology/", name = "concept-maps.csv";
  const std::string text = TRY(read_file(folder + name));
  const codec::CsvTable csv = TRY(codec::parse_csv(text, name));
  const auto table = csv.column("table"), source = csv.column("source_system"),
             target = csv.column("target_system"), equivalence = csv.column("equivalence"),
             title = csv.column("name"), target_set = csv.column("target_set");
  if (!table || !source || !target || !equivalence || !title || !target_set)
    return fail(ErrorCode::ProfileInvalid,
                "the columns are table, name, source_system, target_system, equivalence, target_set",
                name + ":1");
  std::shared_ptr<Terminology> all(new Terminology(definitions));
  for (const codec::CsvRow& row : csv.rows) {
    const std::string& kind = row.cells[*equivalence];
    if (std::find(kEquivalences.begin(), kEquivalences.end(), kind) == kEquivalences.end())
      return faulty(csv, row, "there is no equivalence " + kind);
    ConceptMap map;
    map.url = std::string(kTableUrl) + row.cells[*table];
    map.name = row.cells[*title];
    map.target = row.cells[*target_set];
    map.pack = "terminology";
    map.groups.emplace_back().source_system = row.cells[*source];
    map.groups.front().target_system = row.cells[*target];
    TRY_VOID(all->add_table(folder, map, row.cells[*table], kind));
  }
  return std::shared_ptr<const Terminology>(std::move(all));
}

}  // namespace gateway::definitions
