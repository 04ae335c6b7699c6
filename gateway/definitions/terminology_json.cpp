#include <array>
#include <set>

#include "gateway/definitions/codes.h"
#include "gateway/definitions/official_json.h"

namespace gateway::definitions {

namespace {

constexpr std::size_t kMaxConcepts = 500'000;
constexpr std::string_view kNotSelectable = "notSelectable";

Result<void> need_url(const Value& resource) {
  if (resource.text("url").empty())
    return fail(ErrorCode::ProfileInvalid, "A definition needs its url",
                std::string(resource.text("resourceType")));
  return {};
}

template <class Made>
void read_heading(const Value& resource, Made& made) {
  made.url = resource.text("url");
  made.version = resource.text("version");
  cut_version(made.url, made.version);
  made.name = resource.text("name");
}

// A concept that the system gives as not for use in data (FHIR R4 4.8.10.1, notSelectable).
bool is_abstract(const Value& concept_value) {
  for (const Value& property : list_of(concept_value, "property"))
    if (property.text("code") == kNotSelectable) return flag_of(property, "valueBoolean");
  return false;
}

// The parent that a flat list of concepts names: property "parent" or "subsumedBy".
std::string_view parent_code(const Value& concept_value) {
  for (const Value& property : list_of(concept_value, "property"))
    if (property.text("code") == "parent" || property.text("code") == "subsumedBy")
      return property.text("valueCode");
  return {};
}

Result<void> read_concepts(const Value::List& concepts, std::uint32_t parent, CodeSystem& system,
                           std::vector<std::string_view>& parents, unsigned depth) {
  for (const Value& source : concepts) {
    const std::string_view code = source.text("code");
    if (code.empty()) return fail(ErrorCode::ProfileInvalid, "A concept needs a code", system.url);
    if (depth == 0 || system.concepts.size() >= kMaxConcepts)
      return fail(ErrorCode::BodyTooLarge, "A code system has too many concepts or levels", system.url);
    const auto index = static_cast<std::uint32_t>(system.concepts.size());
    system.concepts.push_back(
        {std::string(code), std::string(source.text("display")), parent, is_abstract(source)});
    parents.push_back(parent == CodeConcept::kNoParent ? parent_code(source) : std::string_view());
    TRY_VOID(read_concepts(list_of(source, "concept"), index, system, parents, depth - 1));
  }
  return {};
}

Selection::Filter filter_from(const Value& filter) {
  return {std::string(filter.text("property")), std::string(filter.text("op")),
          std::string(filter.text("value"))};
}

Result<Selection> selection_from(const Value& part, std::string_view url) {
  Selection selection;
  selection.system = part.text("system");
  selection.version = part.text("version");
  selection.value_sets = texts_of(part, "valueSet");
  for (const Value& filter : list_of(part, "filter")) selection.filters.push_back(filter_from(filter));
  for (const Value& listed : list_of(part, "concept"))
    selection.concepts.push_back(
        {.code = std::string(listed.text("code")), .display = std::string(listed.text("display"))});
  if (selection.system.empty() && selection.value_sets.empty())
    return fail(ErrorCode::ProfileInvalid, "A part of a value set needs a system or a value set",
                std::string(url));
  return selection;
}

ConceptMap::Row row_from(const Value& element) {
  ConceptMap::Row row{std::string(element.text("code")), std::string(element.text("display")), {}};
  for (const Value& target : list_of(element, "target"))
    row.targets.push_back({std::string(target.text("code")), std::string(target.text("display")),
                           std::string(target.text("equivalence"))});
  return row;
}

// source[x] and target[x] may be a URI or a canonical.
std::string end_of(const Value& map, std::string_view end) {
  const std::string_view canonical = map.text(std::string(end) + "Canonical");
  return std::string(canonical.empty() ? map.text(std::string(end) + "Uri") : canonical);
}

// An expansion that a value set carries stands in for a compose that it lacks.
ValueSet& take_expansion(const Value& resource, ValueSet& set) {
  const Value* expansion = resource.find("expansion");
  if (!expansion || !set.includes.empty()) return set;
  for (const Value& listed : list_of(*expansion, "contains")) {
    if (set.includes.empty() || set.includes.back().system != listed.text("system"))
      set.includes.emplace_back().system = listed.text("system");
    set.includes.back().concepts.push_back(
        {.code = std::string(listed.text("code")), .display = std::string(listed.text("display"))});
  }
  return set;
}

}  // namespace

Result<CodeSystem> code_system_from(const Value& resource, const PackageLimits& limits) {
  TRY_VOID(need_url(resource));
  CodeSystem system;
  read_heading(resource, system);
  const auto content = content_of(resource.text("content"));
  if (!content) return fail(ErrorCode::ProfileInvalid, "A code system needs its content mode", system.url);
  system.content = *content;
  system.case_sensitive = flag_of(resource, "caseSensitive", true);
  std::vector<std::string_view> parents;
  TRY_VOID(
      read_concepts(list_of(resource, "concept"), CodeConcept::kNoParent, system, parents, limits.max_depth));
  system.index();
  for (std::size_t at = 0; at < parents.size(); ++at)
    if (!parents[at].empty()) system.concepts[at].parent = system.index_of(parents[at]);
  return system;
}

Result<ValueSet> value_set_from(const Value& resource) {
  TRY_VOID(need_url(resource));
  ValueSet set;
  read_heading(resource, set);
  if (const Value* compose = resource.find("compose")) {
    for (const Value& part : list_of(*compose, "include"))
      set.includes.push_back(TRY(selection_from(part, set.url)));
    for (const Value& part : list_of(*compose, "exclude"))
      set.excludes.push_back(TRY(selection_from(part, set.url)));
  }
  return std::move(take_expansion(resource, set));
}

Result<ConceptMap> concept_map_from(const Value& resource) {
  TRY_VOID(need_url(resource));
  ConceptMap map;
  read_heading(resource, map);
  map.source = end_of(resource, "source");
  map.target = end_of(resource, "target");
  for (const Value& group : list_of(resource, "group")) {
    ConceptMap::Group& made = map.groups.emplace_back();
    made.source_system = group.text("source");
    made.target_system = group.text("target");
    for (const Value& element : list_of(group, "element")) made.rows.push_back(row_from(element));
  }
  return map;
}

}  // namespace gateway::definitions
