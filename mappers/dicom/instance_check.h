// check_storable: may this object be stored as a composite instance (PS3.4 annex B)? Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "mappers/dicom/reader.h"

namespace mappers::dicom {

// Errors: DicomNotAnInstance (a DICOMDIR), DicomMissingAttribute (a UID that is absent, empty or cannot be
// part of a URL; `where` is its tag), DicomTruncated (the pixel data or the data set end early).
gateway::Result<void> check_storable(const File& file);
// Identifying UIDs that are accepted although they break PS3.5 section 9.
std::vector<Finding> odd_uids(const File& file);

}  // namespace mappers::dicom
