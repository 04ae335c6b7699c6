#include "mappers/dcat/record.h"

#include <algorithm>

namespace mappers::dcat {

using gateway::codec::Term;

std::span<const Field> fields_of(std::string_view type) {
  const auto all = fields();
  const auto of_type = [&](const Field& field) { return field.type == type; };
  const auto first = std::find_if(all.begin(), all.end(), of_type);
  const auto last = std::find_if_not(first, all.end(), of_type);
  return {first, last};
}

const Field* find_field(std::string_view type, std::string_view name) {
  for (const Field& field : fields_of(type))
    if (field.name == name) return &field;
  return nullptr;
}

const Values& Record::of(std::string_view name) const {
  static const Values none;
  const auto at = values.find(name);
  return at == values.end() ? none : at->second;
}

void Record::add(std::string_view name, const Term& value) {
  Values& list = values[std::string(name)];
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

bool Record::remove(std::string_view name, const Term& value) {
  const auto at = values.find(name);
  if (at == values.end()) return false;
  const bool removed = std::erase(at->second, value) > 0;
  if (at->second.empty()) values.erase(at);
  return removed;
}

const Record* RecordSet::find(const Term& id) const {
  const auto at = records.find(id);
  return at == records.end() ? nullptr : &at->second;
}

std::vector<const Record*> RecordSet::all(std::string_view type) const {
  std::vector<const Record*> found;
  for (const auto& [id, record] : records)
    if (record.type == type) found.push_back(&record);
  return found;
}

Record& RecordSet::make(const Term& id, std::string_view type) {
  Record& record = records[id];
  if (record.type.empty()) record = {.id = id, .type = std::string(type), .values = {}, .more = {}};
  return record;
}

}  // namespace mappers::dcat
