// presentation_of: what a data set says about showing one of its frames (PS3.3 C.7.6.3, C.7.6.16, C.9.2,
// C.11.1, C.11.2): functional groups of the frame first, then the shared ones, then the data set itself.
//
// Tolerant: what cannot be understood is left out, so that the image still shows. Only values of this frame
// are read. Thread-safe: no state.
#pragma once

#include <cstdint>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"
#include "gateway/model/presentation.h"
#include "mappers/dicom/reader.h"

namespace mappers::dicom {

// `source` is what `file` was read from; `frame` counts from 0. Error: Internal for I/O.
gateway::Result<gateway::model::Presentation> presentation_of(const File& file,
                                                              const gateway::ByteSource& source,
                                                              std::uint32_t frame);

// The frame that stands for the whole: Representative Frame Number (0028,6010) when it is one of `frames`,
// else the middle one, because the first ones of a volume or a cine loop show least. Counts from 0.
std::uint32_t representative_frame(const DataSet& data, std::uint32_t frames);

// How long each frame of a cine loop is shown, in milliseconds: Frame Time, Frame Time Vector, Cine Rate or
// Recommended Display Frame Rate (PS3.3 C.7.6.5); 100 without any.
double frame_duration_ms(const DataSet& data, std::uint32_t frame);

}  // namespace mappers::dicom
