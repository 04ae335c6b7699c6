// AttributeSet: which standard attributes an instance has, with their VRs. The variable dictionary of a
// dataset is computed from these; instances of one protocol share one set, so the store counts by `hash`. A
// plain value.
#pragma once

#include <cstdint>
#include <vector>

#include "mappers/dicom/dataset.h"

namespace mappers::dicom {

struct HeldAttribute {
  Tag tag;
  VR vr = VR::UN;
  bool empty = false;  // without a value
};
struct AttributeSet {
  std::vector<HeldAttribute> attributes;  // top level, ascending; no private ones, no group lengths
  std::uint64_t hash = 0;                 // stable over runs and machines
};

AttributeSet attribute_set(const DataSet& data);

}  // namespace mappers::dicom
