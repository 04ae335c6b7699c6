// Re-encoding to Implicit VR Little Endian (PS3.5 annex A.1), the only syntax that every peer accepts.
//
// The answer joins new headers with ranges of the source; values are not copied. Thread-safe.
#pragma once

#include <memory>

#include "gateway/base/bytes.h"
#include "mappers/dicom/reader.h"

namespace gateway::dimse {

// The data set of `file`, which was read from `source` and is little endian, native and not deflated. Error:
// NotSupported when it is none of these.
Result<std::shared_ptr<const ByteSource>> implicit_data_set(const mappers::dicom::File& file,
                                                            const std::shared_ptr<const ByteSource>& source);

}  // namespace gateway::dimse
