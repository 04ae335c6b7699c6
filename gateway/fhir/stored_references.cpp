#include "gateway/fhir/stored_references.h"

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "mappers/fhir/render.h"

namespace gateway::fhir {

StoredReferences::StoredReferences(const FhirFace& face, const Place& place,
                                   std::span<const model::ResourceWrite> writes)
    : face_(face), place_(place) {
  for (const model::ResourceWrite& write : writes) writes_[write.type + "/" + write.id] = &write;
}

Result<const Value*> StoredReferences::find(const std::string& name) const {
  if (const auto known = read_.find(name); known != read_.end()) return known->second.get();
  std::string json;
  if (const auto written = writes_.find(name); written != writes_.end()) {
    json = written->second->json;
  } else {
    const std::size_t slash = name.find('/');
    auto found = TRY(face_.resources()->read(name.substr(0, slash), name.substr(slash + 1), place_));
    if (found && !found->deleted) json = std::move(found->json);
  }
  std::unique_ptr<const Value> value;
  if (!json.empty()) value = std::make_unique<const Value>(TRY(codec::parse_json(json)));
  return read_.emplace(name, std::move(value)).first->second.get();
}

const Value* StoredReferences::resolve(std::string_view reference) const {
  if (!place_.base.empty() && reference.starts_with(place_.base + "/"))
    reference.remove_prefix(place_.base.size() + 1);
  const auto parts = split(reference, '/');
  if (parts.size() < 2 || !mappers::fhir::is_fhir_id(parts[1])) return nullptr;
  if (parts.size() != 2 && !(parts.size() == 4 && parts[2] == "_history")) return nullptr;
  const auto found = find(std::string(parts[0]) + "/" + std::string(parts[1]));
  return found ? *found : nullptr;
}

}  // namespace gateway::fhir
