#include "gateway/definitions/concept_map.h"

#include <utility>

namespace gateway::definitions {

const ConceptMap::Row* ConceptMap::Group::find(std::string_view code) const {
  const auto found = by_code.find(code);
  return found == by_code.end() ? nullptr : &rows[found->second];
}

const ConceptMap* ConceptMaps::find(std::string_view canonical) const {
  const std::size_t bar = canonical.find('|');
  const auto found = by_url_.find(canonical.substr(0, bar));
  if (found == by_url_.end()) return nullptr;
  if (bar == std::string_view::npos || found->second->version == canonical.substr(bar + 1))
    return found->second;
  return nullptr;
}

void ConceptMaps::add(ConceptMap map) {
  maps_.push_back(std::move(map));
  ConceptMap& added = maps_.back();
  for (ConceptMap::Group& group : added.groups)
    for (std::size_t row = 0; row < group.rows.size(); ++row)
      group.by_code.emplace(group.rows[row].code, row);
  by_url_.insert_or_assign(added.url, &added);
}

}  // namespace gateway::definitions
