#include "gateway/definitions/terminology_resources.h"

#include <algorithm>

#include "gateway/base/ids.h"
#include "gateway/base/text.h"

namespace gateway::definitions {
namespace {

void set_if(Value& value, std::string_view name, const std::string& text) {
  if (!text.empty()) value.set(name, text);
}

Value headed(const char* type, const std::string& url, const std::string& version, const std::string& name) {
  Value resource;
  resource.set("resourceType", type).set("url", url);
  set_if(resource, "version", version);
  set_if(resource, "name", name);
  return resource.set("status", "unknown");
}

Value texts(const std::vector<std::string>& all) {
  Value list = Value::list();
  for (const std::string& text : all) list.push(text);
  return list;
}

Value listed(const CodeConcept& entry) {
  Value value;
  value.set("code", entry.code);
  set_if(value, "display", entry.display);
  return value;
}

Value part_of(const Selection& selection) {
  Value part;
  set_if(part, "system", selection.system);
  set_if(part, "version", selection.version);
  Value concepts = Value::list(), filters = Value::list();
  for (const CodeConcept& entry : selection.concepts) concepts.push(listed(entry));
  for (const Selection::Filter& filter : selection.filters)
    filters.push(
        Value::map().set("property", filter.property).set("op", filter.op).set("value", filter.value));
  if (!concepts.as_list()->empty()) part.set("concept", std::move(concepts));
  if (!filters.as_list()->empty()) part.set("filter", std::move(filters));
  if (!selection.value_sets.empty()) part.set("valueSet", texts(selection.value_sets));
  return part;
}

Value resource_of(const ValueSet& set) {
  Value resource = headed("ValueSet", set.url, set.version, set.name);
  Value compose;
  for (const auto& [name, parts] :
       {std::pair("include", &set.includes), std::pair("exclude", &set.excludes)}) {
    Value list = Value::list();
    for (const Selection& selection : *parts) list.push(part_of(selection));
    if (!list.as_list()->empty()) compose.set(name, std::move(list));
  }
  if (!compose.is_null()) resource.set("compose", std::move(compose));
  return resource;
}

const char* content_of(CodeSystem::Content content) {
  if (content == CodeSystem::Content::Complete) return "complete";
  return content == CodeSystem::Content::Partial ? "fragment" : "not-present";
}

// Concepts in each other; a child follows its parent, so the innermost are done first.
Value concepts_of(const CodeSystem& system) {
  std::vector<Value> made;
  std::vector<std::vector<std::size_t>> children(system.concepts.size());
  std::vector<std::size_t> tops;
  for (std::size_t i = 0; i < system.concepts.size(); ++i) {
    const std::uint32_t parent = system.concepts[i].parent;
    (parent < i ? children[parent] : tops).push_back(i);
    made.push_back(listed(system.concepts[i]));
  }
  for (std::size_t i = system.concepts.size(); i-- > 0;) {
    if (children[i].empty()) continue;
    Value inner = Value::list();
    for (const std::size_t child : children[i]) inner.push(std::move(made[child]));
    made[i].set("concept", std::move(inner));
  }
  Value list = Value::list();
  for (const std::size_t top : tops) list.push(std::move(made[top]));
  return list;
}

Value resource_of(const CodeSystem& system) {
  Value resource = headed("CodeSystem", system.url, system.version, system.name);
  resource.set("caseSensitive", system.case_sensitive).set("content", content_of(system.content));
  if (system.concepts.empty()) return resource;
  return resource.set("count", system.concepts.size()).set("concept", concepts_of(system));
}

Value resource_of(const ConceptMap& map) {
  Value resource = headed("ConceptMap", map.url, map.version, map.name);
  set_if(resource, "sourceCanonical", map.source);
  set_if(resource, "targetCanonical", map.target);
  Value groups = Value::list();
  for (const ConceptMap::Group& group : map.groups) {
    Value elements = Value::list();
    for (const ConceptMap::Row& row : group.rows) {
      Value targets = Value::list();
      for (const ConceptMap::Target& target : row.targets) {
        Value entry;
        set_if(entry, "code", target.code);
        set_if(entry, "display", target.display);
        targets.push(entry.set("equivalence", target.equivalence));
      }
      Value element = Value::map().set("code", row.code);
      set_if(element, "display", row.display);
      elements.push(element.set("target", std::move(targets)));
    }
    Value entry;
    set_if(entry, "source", group.source_system);
    set_if(entry, "target", group.target_system);
    groups.push(entry.set("element", std::move(elements)));
  }
  return resource.set("group", std::move(groups));
}

const char* kind_of(Structure::Kind kind) {
  switch (kind) {
    case Structure::Kind::Primitive:
      return "primitive-type";
    case Structure::Kind::Complex:
      return "complex-type";
    case Structure::Kind::Resource:
      return "resource";
    case Structure::Kind::Logical:
      break;
  }
  return "logical";
}

Value resource_of(const Structure& structure) {
  Value resource = headed("StructureDefinition", structure.url, structure.version, structure.name);
  resource.set("kind", kind_of(structure.kind))
      .set("abstract", structure.abstract)
      .set("type", structure.type);
  set_if(resource, "baseDefinition", structure.base);
  if (!structure.base.empty())
    resource.set("derivation", structure.constraint ? "constraint" : "specialization");
  return resource;
}

Value resource_of(const SearchParameter& parameter) {
  Value resource = headed("SearchParameter", parameter.url, "", parameter.code);
  resource.set("code", parameter.code).set("base", texts(parameter.bases));
  resource.set("type", name_of(parameter.type));
  std::string expression;
  for (const auto& [base, part] : parameter.expressions)
    if (expression.find(part) == std::string::npos) expression += (expression.empty() ? "" : " | ") + part;
  set_if(resource, "expression", expression);
  if (!parameter.targets.empty()) resource.set("target", texts(parameter.targets));
  Value components = Value::list();
  for (const SearchParameter::Component& component : parameter.components)
    components.push(
        Value::map().set("definition", component.definition).set("expression", component.expression));
  if (!components.as_list()->empty()) resource.set("component", std::move(components));
  return resource;
}

// The last step of the URL when it is a FHIR id, else a digest of it.
std::string id_of(const std::string& url) {
  std::string last = url.substr(url.find_last_of("/:") + 1);
  const bool is_id = !last.empty() && last.size() <= 64 && std::all_of(last.begin(), last.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
  });
  return is_id ? last : "h" + sha256_hex(url).substr(0, 32);
}

Value subsetted() {
  Value tag;
  tag.set("system", "http://terminology.hl7.org/CodeSystem/v3-ObservationValue").set("code", "SUBSETTED");
  return Value::map().set("tag", Value::list().push(std::move(tag)));
}

}  // namespace

DefinitionResources::DefinitionResources(const Terminology& terminology) {
  const Definitions& all = terminology.definitions();
  for (const ValueSet& set : all.value_sets().all_value_sets())
    add("ValueSet", {set.url, set.version, [&set] { return resource_of(set); }});
  for (const CodeSystem& system : all.value_sets().all_code_systems())
    add("CodeSystem", {system.url, system.version, [&system] { return resource_of(system); }});
  for (const ConceptMap* map : terminology.concept_maps())
    add("ConceptMap", {map->url, map->version, [map] { return resource_of(*map); }});
  for (const Structure* structure : all.structures())
    add("StructureDefinition",
        {structure->url, structure->version, [structure] { return resource_of(*structure); }});
  for (const SearchParameter& parameter : all.search_parameters().all())
    add("SearchParameter", {parameter.url, "", [&parameter] { return resource_of(parameter); }});
}

const std::vector<std::string>& DefinitionResources::types() {
  static const std::vector<std::string> kTypes = {"CodeSystem", "ConceptMap", "SearchParameter",
                                                  "StructureDefinition", "ValueSet"};
  return kTypes;
}

// Two URLs may end alike, and one URL may be held in two versions: the later ones get a digest as their id.
void DefinitionResources::add(const std::string& type, Held held) {
  ById& ids = by_type_[type];
  std::string id = id_of(held.url);
  if (ids.contains(id)) id = "h" + sha256_hex(held.url + "|" + held.version).substr(0, 32);
  ids.insert_or_assign(std::move(id), std::move(held));
}

Value DefinitionResources::resource(const ById::value_type& entry) const {
  const Value made = entry.second.make();
  Value resource;
  for (const auto& [name, value] : *made.as_map()) {
    resource.set(name, value);
    if (name == "resourceType") resource.set("id", entry.first).set("meta", subsetted());
  }
  return resource;
}

std::optional<Value> DefinitionResources::read(std::string_view type, std::string_view id) const {
  const auto ids = by_type_.find(type);
  if (ids == by_type_.end()) return std::nullopt;
  const auto found = ids->second.find(id);
  if (found == ids->second.end()) return std::nullopt;
  return resource(*found);
}

std::vector<Value> DefinitionResources::by_url(std::string_view type, std::string_view canonical) const {
  std::vector<Value> all;
  const auto ids = by_type_.find(type);
  if (ids == by_type_.end()) return all;
  const std::size_t bar = canonical.find('|');
  const std::string_view url = canonical.substr(0, bar);
  for (const auto& entry : ids->second) {
    const bool version_fits =
        bar == std::string_view::npos || entry.second.version == canonical.substr(bar + 1);
    if (entry.second.url == url && version_fits) all.push_back(resource(entry));
  }
  return all;
}

std::size_t DefinitionResources::count(std::string_view type) const {
  const auto ids = by_type_.find(type);
  return ids == by_type_.end() ? 0 : ids->second.size();
}

}  // namespace gateway::definitions
