// pixel_key: a number by which two objects with the same stored pixels are found, whatever their headers say:
// copies that were given new UIDs. It is made of the length and of sixteen blocks spread over the value, so
// it costs little beside reading the object; it is no digest, and for counting only. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/base/bytes.h"
#include "mappers/dicom/reader.h"

namespace mappers::dicom {

// `source` is what `file` was read from. Nothing: no pixel data, a truncated or deflated object, or one whose
// source cannot be read.
std::optional<std::uint64_t> pixel_key(const File& file, const gateway::ByteSource& source);

}  // namespace mappers::dicom
