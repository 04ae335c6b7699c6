// image_format: what the Image Pixel module of a data set says about its samples (PS3.3 C.7.6.3), checked.
//
// Everything that computes sizes of frames relies on it: a format that comes out is plausible and its frame
// is no larger than kMaxFrameBytes, so that later arithmetic cannot overflow. Pure function, thread-safe.
#pragma once

#include <cstdint>

#include "gateway/base/result.h"
#include "gateway/model/image_format.h"
#include "mappers/dicom/dataset.h"

namespace mappers::dicom {

inline constexpr std::uint64_t kMaxFrameBytes = 1ull << 30;

// (0028,0008), or 1 when it is absent or empty. Error: DicomMalformed.
gateway::Result<std::uint32_t> number_of_frames(const DataSet& data);
// Errors name the tag: DicomMissingAttribute; DicomMalformed for what cannot be; DicomLimit for huge frames.
gateway::Result<gateway::model::ImageFormat> image_format(const DataSet& data);

}  // namespace mappers::dicom
