// The pieces of the DICOM JSON model that need care: numbers, base64. Internal to json.cpp. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "mappers/dicom/dataset.h"

namespace mappers::dicom {

// Appends an IS or DS value as a JSON number with its own digits ("+01." gives 1), or else as a string.
void append_number_text(std::string& out, std::string_view value);
// Appends one value of a binary number.
void append_unit(std::string& out, const Element& element, std::size_t index);
// Appends the value of `element` in little endian order as base64 (RFC 4648 section 4).
void append_base64(std::string& out, const Element& element);

}  // namespace mappers::dicom
