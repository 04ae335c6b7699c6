// Filling the slots of stored JSON (see model::JsonTemplates): the per-request part of every DICOMweb answer.
// Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "gateway/model/ports.h"

namespace gateway::dicomweb {

// What goes into the slots 0x01 to 0x04.
struct SlotValues {
  std::string_view service_root;    // 0x01: "http://host/dicomweb"; must not need JSON escapes
  std::string_view modalities;      // 0x02: inside of a JSON array: "\"CT\",\"PT\""
  std::string_view series_count;    // 0x03
  std::string_view instance_count;  // 0x04
};

// Appends `text` to `out` with its slots filled.
void append_filled(std::string& out, std::string_view text, const SlotValues& values);

// Appends the JSON of a search row with its slots filled. A study without any modality says OT, because
// viewers fail on an empty (0008,0061).
void append_row(std::string& out, std::string_view json, const model::SearchRow& row,
                std::string_view service_root);

}  // namespace gateway::dicomweb
