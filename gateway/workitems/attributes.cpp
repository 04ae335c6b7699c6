#include "gateway/workitems/attributes.h"

#include <algorithm>

#include "mappers/dicom/dictionary.h"

namespace gateway::workitems {
namespace {

using mappers::dicom::make_tag;
using mappers::dicom::parse_tag;

std::string key_of(std::uint32_t tag) { return mappers::dicom::hex(make_tag(tag)); }

bool is_something(const Value& value) {
  if (value.is_null()) return false;
  if (const std::string* text = value.as_string()) return !text->empty();
  const Value::Map* map = value.as_map();
  return !map || !map->empty();
}

Value::Map& members(Value& data) {
  if (!data.as_map()) data = Value::map();
  return *data.as_map();
}

bool is_dropped(const std::string& key) {
  const auto tag = parse_tag(key);
  return tag && (tag->group == 0 || tag->group == 2 || tag->is_group_length());
}

}  // namespace

const Value* element(const Value& data, std::uint32_t tag) { return data.find(key_of(tag)); }

const Value::List& values(const Value& data, std::uint32_t tag) {
  static const Value::List none;
  const Value* found = element(data, tag);
  const Value* list = found ? found->find("Value") : nullptr;
  return list && list->as_list() ? *list->as_list() : none;
}

bool has_value(const Value& data, std::uint32_t tag) {
  const Value* found = element(data, tag);
  if (!found) return false;
  if (found->find("InlineBinary") || found->find("BulkDataURI")) return true;
  const Value::List& list = values(data, tag);
  return std::any_of(list.begin(), list.end(), is_something);
}

std::string text(const Value& data, std::uint32_t tag) {
  const Value::List& list = values(data, tag);
  const std::string* first = list.empty() ? nullptr : list.front().as_string();
  return first ? *first : std::string();
}

const Value* first_item(const Value& data, std::uint32_t tag) {
  const Value::List& list = values(data, tag);
  return list.empty() || !list.front().as_map() ? nullptr : &list.front();
}

void put_element(Value& data, std::uint32_t tag, Value element) {
  Value::Map& map = members(data);
  const std::string key = key_of(tag);
  const auto at = std::lower_bound(map.begin(), map.end(), key, [](const auto& member, const auto& wanted) {
    return member.first < wanted;
  });
  if (at != map.end() && at->first == key)
    at->second = std::move(element);
  else
    map.emplace(at, key, std::move(element));
}

void put(Value& data, std::uint32_t tag, Value::List list) {
  const auto* entry = mappers::dicom::find(make_tag(tag));
  Value made = Value::map();
  made.set("vr", name(entry ? entry->vr : mappers::dicom::VR::UN));
  if (!list.empty()) made.set("Value", std::move(list));
  put_element(data, tag, std::move(made));
}

void put_text(Value& data, std::uint32_t tag, std::string_view value) {
  put(data, tag, value.empty() ? Value::List{} : Value::List{Value(value)});
}

bool erase(Value& data, std::uint32_t tag) {
  const std::string key = key_of(tag);
  return std::erase_if(members(data), [&key](const auto& member) { return member.first == key; }) > 0;
}

Value& ensure_item(Value& data, std::uint32_t tag) {
  if (!first_item(data, tag)) put(data, tag, {Value::map()});
  for (auto& [key, found] : members(data)) {
    if (key != key_of(tag)) continue;
    for (auto& [name, list] : *found.as_map())
      if (name == "Value") return list.as_list()->front();
  }
  return data;  // not reached: put() has made it
}

void copy_present(Value& to, const Value& from, std::initializer_list<std::uint32_t> tags) {
  for (const std::uint32_t each : tags)
    if (const Value* found = element(from, each)) put_element(to, each, *found);
}

// Recursion is as deep as the reader let the tree be.
Value in_order(Value data) {
  Value::Map* map = data.as_map();
  if (!map) return data;
  std::erase_if(*map, [](const auto& member) { return is_dropped(member.first); });
  for (auto& [key, content] : *map) {
    if (const auto tag = parse_tag(key)) key = mappers::dicom::hex(*tag);
    if (!content.as_map()) continue;
    for (auto& [name, list] : *content.as_map()) {
      if (name != "Value" || !list.as_list()) continue;
      for (Value& item : *list.as_list())
        if (content.text("vr") == "SQ") item = in_order(std::move(item));
    }
  }
  std::stable_sort(map->begin(), map->end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return data;
}

Value code_item(std::string_view value, std::string_view scheme, std::string_view meaning) {
  Value item = Value::map();
  put_text(item, tag::kCodeValue, value);
  put_text(item, tag::kCodingScheme, scheme);
  put_text(item, tag::kCodeMeaning, meaning);
  return item;
}

std::string name_of(std::uint32_t tag) {
  const auto* entry = mappers::dicom::find(make_tag(tag));
  const std::string digits = key_of(tag);
  const std::string numbers = "(" + digits.substr(0, 4) + "," + digits.substr(4) + ")";
  return entry ? std::string(entry->keyword) + " " + numbers : numbers;
}

}  // namespace gateway::workitems
