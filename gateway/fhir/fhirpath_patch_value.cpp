#include "gateway/fhir/fhirpath_patch_value.h"

#include <algorithm>

namespace gateway::fhir {
namespace {

using definitions::Definitions;
using definitions::Element;
using definitions::MemberKind;
using definitions::Place;
using Form = MemberKind::Form;

Error refuse(std::string what) { return fail(ErrorCode::Unprocessable, std::move(what)); }
Error malformed(std::string what) { return fail(ErrorCode::InvalidBody, std::move(what)); }

auto find_member(const Value::Map& map, std::string_view name) {
  return std::find_if(map.begin(), map.end(), [&](const auto& member) { return member.first == name; });
}

void set_or_erase(Value::Map& map, const std::string& name, Value value) {
  const auto at = map.begin() + (find_member(map, name) - map.cbegin());
  if (value.is_null()) {
    if (at != map.end()) map.erase(at);
  } else if (at != map.end()) {
    at->second = std::move(value);
  } else {
    map.emplace_back(name, std::move(value));
  }
}

// The value[x] of a part: which type it says, and the value.
struct Typed {
  std::string_view type;  // "HumanName", "DateTime": as it ends the name of the member
  PatchSlot slot;
};

Result<std::optional<Typed>> typed_value(const Value& part) {
  constexpr std::string_view kValue = "value";
  std::optional<Typed> found;
  for (const auto& [key, value] : *part.as_map()) {
    const bool beside = key.starts_with("_");
    const std::string_view name = std::string_view(key).substr(beside ? 1 : 0);
    if (!name.starts_with(kValue) || name.size() == kValue.size()) continue;
    const std::string_view type = name.substr(kValue.size());
    if (found && found->type != type) return malformed("a part has one value only");
    if (!found) found.emplace().type = type;
    (beside ? found->slot.beside : found->slot.value) = value;
  }
  return found;
}

Result<Value> object_of_parts(const Definitions& definitions, const Place& place, const Value& part) {
  Value::Map object;
  for (const Value& inner : *part.find("part")->as_list()) {
    const Element* child = TRY(patch_child(definitions, place, inner.text("name")));
    PatchContent content = TRY(patch_content(definitions, place, *child, inner));
    auto slots = slots_of(object, content.key);
    if (!slots.empty() && !child->list) return refuse(content.key + " comes once only");
    slots.push_back(std::move(content.slot));
    put_slots(object, content.key, child->list, std::move(slots));
  }
  return Value(std::move(object));
}

Result<PatchContent> content_of_parts(const Definitions& definitions, const Place& place,
                                      const Element& child, const Value& part) {
  const auto kind = definitions::member_kind(definitions, child, child.name);
  if (!kind || kind->form != Form::Complex) return refuse(child.path + " is not made of parts");
  const auto inside = definitions::place_of_member(definitions, place, *kind);
  if (!inside) return refuse("the definitions have no type for " + child.path);
  return PatchContent{child.name, {TRY(object_of_parts(definitions, *inside, part)), {}}};
}

}  // namespace

std::vector<PatchSlot> slots_of(const Value::Map& parent, std::string_view key) {
  const auto value = find_member(parent, key), beside = find_member(parent, "_" + std::string(key));
  std::vector<PatchSlot> slots;
  const auto take = [&](auto at, Value PatchSlot::*side) {
    if (at == parent.end()) return;
    const Value::List* list = at->second.as_list();
    const std::size_t count = list ? list->size() : 1;
    if (slots.size() < count) slots.resize(count);
    for (std::size_t i = 0; i < count; ++i) slots[i].*side = list ? (*list)[i] : at->second;
  };
  take(value, &PatchSlot::value);
  take(beside, &PatchSlot::beside);
  return slots;
}

void put_slots(Value::Map& parent, const std::string& key, bool list, std::vector<PatchSlot> slots) {
  const auto side_of = [&](Value PatchSlot::*side) {
    if (std::all_of(slots.begin(), slots.end(),
                    [&](const PatchSlot& slot) { return (slot.*side).is_null(); }))
      return Value();
    if (!list) return std::move(slots.front().*side);
    Value::List items;
    for (PatchSlot& slot : slots) items.push_back(std::move(slot.*side));
    return Value(std::move(items));
  };
  set_or_erase(parent, key, side_of(&PatchSlot::value));
  set_or_erase(parent, "_" + key, side_of(&PatchSlot::beside));
}

Result<const Element*> patch_child(const Definitions& definitions, const Place& place,
                                   std::string_view name) {
  for (const Element* child : place.element->children)
    if (definitions::stem_of(*child) == name || child->name == name ||
        definitions::member_kind(definitions, *child, name))
      return child;
  return refuse("there is no element " + std::string(name) + " in " + place.element->path);
}

Result<PatchContent> patch_content(const Definitions& definitions, const Place& place, const Element& child,
                                   const Value& part) {
  if (!part.as_map()) return malformed("a part is an object");
  if (const Value* resource = part.find("resource")) return PatchContent{child.name, {*resource, {}}};
  if (const Value* parts = part.find("part"); parts && parts->as_list())
    return content_of_parts(definitions, place, child, part);
  const auto typed = TRY(typed_value(part));
  if (!typed) return malformed("the value is missing");
  const bool choice = child.name.ends_with("[x]");
  std::string key = choice ? std::string(definitions::stem_of(child)) + std::string(typed->type) : child.name;
  const auto kind = definitions::member_kind(definitions, child, key);
  if (!kind) return refuse(child.path + " cannot be of the type " + std::string(typed->type));
  const bool is_object = typed->slot.value.as_map();
  const bool is_complex = kind->form == Form::Complex;
  if (is_object != is_complex)
    return refuse(child.path + " cannot be of the type " + std::string(typed->type));
  return PatchContent{std::move(key), typed->slot};
}

}  // namespace gateway::fhir
