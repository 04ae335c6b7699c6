// The annotations of rendered images (PS3.18 section 8.3.5.1.1): text about the patient at the top, about the
// procedure at the bottom.
#pragma once

#include <cstdint>

#include "gateway/dicomweb/render_request.h"
#include "gateway/pixel/image.h"
#include "mappers/dicom/dataset.h"

namespace gateway::dicomweb {

// `frame` counts from 0.
void annotate(const RenderRequest& request, const mappers::dicom::DataSet& data, std::uint32_t frame,
              std::uint32_t frames, pixel::Image& image);

}  // namespace gateway::dicomweb
