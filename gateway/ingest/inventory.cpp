#include "gateway/ingest/inventory.h"

#include "mappers/dicom/attribute_set.h"

namespace gateway::ingest {

model::AttributeInventory inventory_of(const mappers::dicom::File& file) {
  const mappers::dicom::AttributeSet set = mappers::dicom::attribute_set(file.data);
  model::AttributeInventory inventory;
  inventory.hash = set.hash;
  inventory.attributes.reserve(set.attributes.size());
  for (const auto& [tag, vr, empty] : set.attributes) {
    const std::string name(mappers::dicom::name(vr));
    inventory.attributes.emplace_back(tag.value(), empty ? model::with_empty_mark(name) : name);
  }
  return inventory;
}

}  // namespace gateway::ingest
