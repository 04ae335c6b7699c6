#include "mappers/dicom/dictionary.h"

#include <algorithm>
#include <iterator>

namespace mappers::dicom {
namespace {

constexpr DictionaryEntry kExact[] = {
#define DICTIONARY_EXACT
#include "mappers/dicom/dictionary_table.inc"
#undef DICTIONARY_EXACT
};

// A repeating group or element range (PS3.6 chapter 6, "xx"): the bits that count, and their entry.
struct Range {
  std::uint32_t bits;
  DictionaryEntry entry;
};

constexpr Range kRanges[] = {
#define DICTIONARY_RANGES
#include "mappers/dicom/dictionary_table.inc"
#undef DICTIONARY_RANGES
};

constexpr std::uint16_t kByKeyword[] = {
#define DICTIONARY_BY_KEYWORD
#include "mappers/dicom/dictionary_table.inc"
#undef DICTIONARY_BY_KEYWORD
};

bool may_repeat(Tag tag) {
  const unsigned high = tag.group >> 8;
  return tag.group == 0x0020 || tag.group == 0x0028 || high == 0x10 || high == 0x50 || high == 0x60 ||
         high == 0x7F;
}

}  // namespace

const DictionaryEntry* find(Tag tag) {
  const auto* entry = std::lower_bound(std::begin(kExact), std::end(kExact), tag,
                                       [](const DictionaryEntry& e, Tag t) { return e.tag < t; });
  if (entry != std::end(kExact) && entry->tag == tag) return entry;
  if (tag.is_private() || !may_repeat(tag)) return nullptr;
  for (const Range& range : kRanges) {
    if ((tag.value() & range.bits) == range.entry.tag.value()) return &range.entry;
  }
  return nullptr;
}

const DictionaryEntry* find_keyword(std::string_view keyword) {
  const auto* index =
      std::lower_bound(std::begin(kByKeyword), std::end(kByKeyword), keyword,
                       [](std::uint16_t i, std::string_view k) { return kExact[i].keyword < k; });
  if (index != std::end(kByKeyword) && kExact[*index].keyword == keyword) return &kExact[*index];
  for (const Range& range : kRanges) {
    if (range.entry.keyword == keyword) return &range.entry;
  }
  return nullptr;
}

VR implicit_vr(Tag tag) {
  if (tag.is_group_length()) return VR::UL;
  if (tag.is_private()) return tag.is_private_creator() ? VR::LO : VR::UN;
  const DictionaryEntry* entry = find(tag);
  return entry ? entry->vr : VR::UN;
}

}  // namespace mappers::dicom
