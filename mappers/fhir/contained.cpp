#include "mappers/fhir/contained.h"

namespace mappers::fhir {

std::string Contained::add(std::string_view name, std::string resource) {
  if (const auto known = ids_.find(resource); known != ids_.end()) return known->second;
  if (apart_) {
    const std::string urn = urn_of(name, resource);
    ids_.emplace(resource, urn);
    apart_->push_back({urn, std::move(resource)});
    return urn;
  }
  int& count = counts_.try_emplace(std::string(name), 0).first->second;
  const std::string id = std::string(name) + "-" + std::to_string(++count);
  ids_.emplace(resource, "#" + id);
  const auto behind_type = resource.find(',');  // {"resourceType":"X",...
  if (behind_type == std::string::npos)
    resource.insert(resource.size() - 1, ",\"id\":\"" + id + "\"");
  else
    resource.insert(behind_type, ",\"id\":\"" + id + "\"");
  resources_.emplace_back(id, std::move(resource));
  return "#" + id;
}

void Contained::write(JsonObject& resource) const {
  if (resources_.empty()) return;
  JsonArray list(resource.member("contained"));
  for (const auto& [id, json] : resources_) list.item() += json;
}

}  // namespace mappers::fhir
