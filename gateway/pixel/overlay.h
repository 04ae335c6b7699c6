// Burning overlay planes into an image, in white (PS3.3 C.9.2). Internal to the renderer.
#pragma once

#include "gateway/model/image_format.h"
#include "gateway/model/presentation.h"
#include "gateway/pixel/image.h"

namespace gateway::pixel {

// `frame` holds the planes that lie in unused bits of the pixel cells.
void burn_overlays(const model::Frame& frame, const model::Presentation& presentation, Image& image);

}  // namespace gateway::pixel
