#include "mappers/dicom/attribute_set.h"

#include "gateway/base/ids.h"

namespace mappers::dicom {

AttributeSet attribute_set(const DataSet& data) {
  AttributeSet set;
  set.attributes.reserve(data.elements().size());
  // Hashed as numbers of a fixed width, so that the hash does not depend on the layout of a pair.
  std::vector<std::uint64_t> words;
  words.reserve(data.elements().size());
  for (const Element& element : data.elements()) {
    if (element.tag.is_private() || element.tag.is_group_length()) continue;
    set.attributes.push_back({element.tag, element.vr, element.empty()});
    const auto letters = name(element.vr);
    words.push_back(std::uint64_t{element.empty()} << 48 | std::uint64_t{element.tag.value()} << 16 |
                    static_cast<std::uint64_t>(letters[0]) << 8 | static_cast<std::uint64_t>(letters[1]));
  }
  set.hash = gateway::stable_hash(std::as_bytes(std::span(words)));
  return set;
}

}  // namespace mappers::dicom
