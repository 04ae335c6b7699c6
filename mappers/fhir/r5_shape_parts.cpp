#include "mappers/fhir/r5_shape_parts.h"

#include <algorithm>

namespace mappers::fhir {
namespace {

using gateway::Value;

std::string extension_url(std::string_view release, std::string_view element) {
  return "http://hl7.org/fhir/" + std::string(release) + "/StructureDefinition/extension-" +
         std::string(element);
}

// "interpreter" of "ImagingStudy.interpreter"
std::string_view last_of(std::string_view element) { return element.substr(element.rfind('.') + 1); }

// The value[x] of an extension; of a complex one, its parts as an object: {"concept": ...}.
Value extension_value(const Value& extension) {
  const Value::Map* map = extension.as_map();
  if (!map) return {};
  for (const auto& [key, value] : *map)
    if (key.starts_with("value")) return value;
  const Value* parts = extension.find("extension");
  if (!parts || !parts->as_list()) return {};
  Value object;
  for (const Value& part : *parts->as_list())
    if (const std::string_view url = part.text("url"); !url.empty()) object.set(url, extension_value(part));
  return object;
}

// A CodeableReference or the like, whose members are extensions in R4.
Value complex_extension(std::string url, const Value& value) {
  Value parts = Value::list();
  for (const auto& [key, member] : *value.as_map()) {
    const bool reference = key == "reference" || key == "link";
    const char* type = reference          ? "valueReference"
                       : key == "concept" ? "valueCodeableConcept"
                                          : "valueString";
    parts.push(Value::map().set("url", key).set(type, member));
  }
  return Value::map().set("url", std::move(url)).set("extension", std::move(parts));
}

}  // namespace

void Shaping::lose(const std::string& member, std::string reason) {
  losses_.push_back({path_ + "." + member, std::move(reason)});
}

Value Shaping::take(std::string_view name) {
  const auto found =
      std::find_if(map_.begin(), map_.end(), [&](const auto& member) { return member.first == name; });
  if (found == map_.end()) return {};
  Value value = std::move(found->second);
  map_.erase(found);
  return value;
}

Value::List Shaping::take_list(std::string_view name) {
  Value value = take(name);
  if (value.is_null()) return {};
  if (Value::List* list = value.as_list()) return std::move(*list);
  return {std::move(value)};
}

void Shaping::put(std::string_view name, Value value) {
  if (value.is_null()) return;
  const auto found =
      std::find_if(map_.begin(), map_.end(), [&](const auto& member) { return member.first == name; });
  if (found == map_.end())
    map_.emplace_back(name, std::move(value));
  else
    found->second = std::move(value);
}

void Shaping::put_list(std::string_view name, Value::List items) {
  if (!items.empty()) put(name, Value(std::move(items)));
}

void Shaping::rename(std::string_view from, std::string_view to) {
  for (auto& member : map_) {
    if (member.first == from) member.first = to;
    if (member.first == "_" + std::string(from)) member.first = "_" + std::string(to);
  }
}

Value::List Shaping::take_extensions(std::string_view release, std::string_view element) {
  Value::List all = take_list("extension"), taken, left;
  const std::string url = extension_url(release, element);
  for (Value& extension : all) {
    const bool is_it = extension.text("url") == url;
    (is_it ? taken : left).push_back(is_it ? extension_value(extension) : std::move(extension));
  }
  put_list("extension", std::move(left));
  return taken;
}

void Shaping::keep(std::string_view release, std::string_view element, std::string_view type, Value value) {
  Value::List all = take_list("extension");
  std::string url = extension_url(release, element);
  if (type.empty() && value.as_map())
    all.push_back(complex_extension(std::move(url), value));
  else
    all.push_back(Value::map().set("url", std::move(url)).set("value" + std::string(type), std::move(value)));
  put_list("extension", std::move(all));
}

void Shaping::keep_member(std::string_view release, std::string_view element, std::string_view type) {
  const std::string name(last_of(element));
  Value::List items = take_list(name);
  if (items.empty()) return;
  lose(name, "the other release has no place for it; kept as an extension of " + std::string(release));
  for (Value& item : items) keep(release, element, type, std::move(item));
}

void Shaping::restore_member(std::string_view release, std::string_view element, bool list) {
  Value::List items = take_extensions(release, element);
  if (items.empty()) return;
  if (list)
    put_list(last_of(element), std::move(items));
  else
    put(last_of(element), std::move(items.front()));
}

Value concept_of(Value coding) {
  if (coding.is_null()) return {};
  return Value::map().set("coding", Value::list().push(std::move(coding)));
}

Value coding_of(Shaping& shaping, const std::string& member, Value given) {
  if (given.is_null()) return {};
  const Value* codings = given.find("coding");
  const Value::List* list = codings ? codings->as_list() : nullptr;
  if (!list || list->empty()) {
    shaping.lose(member, "R4 has only a coding here, and there is none");
    return {};
  }
  if (list->size() > 1) shaping.lose(member + ".coding", "R4 has one coding here; the others are left out");
  if (given.find("text")) shaping.lose(member + ".text", "R4 has only a coding here");
  return list->front();
}

Value by_concept(Value concept_value) { return Value::map().set("concept", std::move(concept_value)); }
Value by_reference(Value reference) { return Value::map().set("reference", std::move(reference)); }

}  // namespace mappers::fhir
