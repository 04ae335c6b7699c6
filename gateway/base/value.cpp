#include "gateway/base/value.h"

namespace gateway {

const Value* Value::find(std::string_view key) const {
  const Map* map = as_map();
  if (!map) return nullptr;
  for (const auto& [name, value] : *map)
    if (name == key) return &value;
  return nullptr;
}

std::string_view Value::text(std::string_view key, std::string_view otherwise) const {
  const Value* member = find(key);
  const std::string* text = member ? member->as_string() : nullptr;
  return text ? std::string_view(*text) : otherwise;
}

Value& Value::set(std::string_view key, Value value) {
  if (is_null()) data_ = Map{};
  Map& map = std::get<Map>(data_);
  for (auto& [name, existing] : map) {
    if (name != key) continue;
    existing = std::move(value);
    return *this;
  }
  map.emplace_back(std::string(key), std::move(value));
  return *this;
}

Value& Value::push(Value value) {
  if (is_null()) data_ = List{};
  std::get<List>(data_).push_back(std::move(value));
  return *this;
}

}  // namespace gateway
