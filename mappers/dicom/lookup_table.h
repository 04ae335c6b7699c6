// Lookup tables of a data set: LUT Descriptor with LUT Data, and palettes, plain or segmented (PS3.3 C.11.1,
// C.11.2, C.7.6.3.1.5, C.7.9.2). Tables have at most 65536 entries whatever the bytes claim. Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/model/presentation.h"
#include "mappers/dicom/dataset.h"

namespace mappers::dicom {

// `bytes` is the value of `data`, which may lie outside of the element. Nothing when the descriptor is not
// one or there are no entries. `signed_input`: the values that are looked up may be negative.
std::optional<gateway::model::LookupTable> lookup_table(const Element* descriptor, const Element* data,
                                                        std::string_view bytes, bool signed_input);
// The same for Segmented Palette Color Lookup Table Data (0028,122x). Nothing for segments that do not fit.
std::optional<gateway::model::LookupTable> segmented_table(const Element* descriptor, const Element* data,
                                                           std::string_view bytes, bool signed_input);

}  // namespace mappers::dicom
