// Conversion of runs of one coded character set to UTF-8: the table and iconv side of charset.h. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "mappers/dicom/charset.h"

namespace mappers::dicom {

// How many bytes of the G0 code area (below 80) one character takes: 2 for the Kanji sets, else 1.
bool is_double_byte_g0(Coding coding);
// The set fills the right half of the code table (bytes from 80 on) and is switched by ISO 2022.
bool has_right_half(Coding coding);

// Appends a run that is wholly in `coding`; both halves of the code table may occur. Undefined bytes become
// U+FFFD.
void convert_run(std::string& out, std::string_view run, Coding coding);
// Bytes of no known set: UTF-8 when they are that, else Latin-1.
void convert_unknown(std::string& out, std::string_view run);

}  // namespace mappers::dicom
