#include "gateway/dicomweb/slots.h"

#include <cstdint>
#include <cstring>

#include "gateway/base/json_text.h"

namespace gateway::dicomweb {
namespace {

constexpr char kLastSlot = model::slot::kNumberOfInstances;

// Position of the next byte below 0x08 at or after `from`; compact JSON holds none but slots.
// Looks at eight bytes at a time: answers are large and slots are few.
std::size_t next_slot(std::string_view text, std::size_t from) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ull;
  constexpr std::uint64_t kHigh = 0x8080808080808080ull;
  std::size_t at = from;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if ((word - kOnes * 8) & ~word & kHigh) break;
  }
  for (; at < text.size(); ++at)
    if (static_cast<unsigned char>(text[at]) <= kLastSlot) return at;
  return std::string_view::npos;
}

std::string_view value_of(char slot, const SlotValues& values) {
  switch (slot) {
    case model::slot::kServiceRoot:
      return values.service_root;
    case model::slot::kModalities:
      return values.modalities;
    case model::slot::kNumberOfSeries:
      return values.series_count;
    default:
      return values.instance_count;
  }
}

}  // namespace

void append_filled(std::string& out, std::string_view text, const SlotValues& values) {
  std::size_t start = 0;
  for (;;) {
    const std::size_t slot = next_slot(text, start);
    out.append(text, start, slot - start);
    if (slot == std::string_view::npos) return;
    out += value_of(text[slot], values);
    start = slot + 1;
  }
}

void append_row(std::string& out, std::string_view json, const model::SearchRow& row,
                std::string_view service_root) {
  std::string modalities;
  for (const std::string& modality : row.modalities) {
    if (modality.empty()) continue;
    if (!modalities.empty()) modalities += ',';
    append_json_string(modalities, modality);
  }
  if (modalities.empty()) modalities = "\"OT\"";
  append_filled(
      out, json,
      {service_root, modalities, std::to_string(row.series_count), std::to_string(row.instance_count)});
}

}  // namespace gateway::dicomweb
