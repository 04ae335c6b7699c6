// Color frames to RGB images. Internal to the renderer; see render.h. Pure functions.
#pragma once

#include "gateway/pixel/render.h"

namespace gateway::pixel {

// Three samples a pixel, or YBR_FULL_422 with two. Errors: NotSupported; DicomMalformed when the frame is
// too short.
Result<Image> render_color(const model::Frame& frame);

}  // namespace gateway::pixel
