// Defects as the index keeps them: series_defect.kind, and what an object says otherwise than the records
// that it belongs to. Free functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/quality.h"
#include "gateway/model/records.h"

namespace gateway::store {

// Defect and tag as one number, and back.
std::int64_t defect_kind(const model::ObjectDefect& defect);
model::ObjectDefect parse_defect_kind(std::int64_t kind);

// "512\512\0.7\0.7": rows, columns and pixel spacing; empty when the object is no image.
std::string matrix_text(const model::ImagingObject& object);

// `matrix`: of the first image of the series. A value that one side does not state is no disagreement.
std::vector<model::ObjectDefect> disagreements(const model::Subject& subject, const model::Series& series,
                                               std::string_view matrix, const model::ImagingObject& object);

}  // namespace gateway::store
