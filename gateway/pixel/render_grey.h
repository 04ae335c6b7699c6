// Grey and palette frames to images. Internal to the renderer; see render.h. Pure functions.
#pragma once

#include "gateway/pixel/render.h"

namespace gateway::pixel {

// One sample a pixel; the frame is as long as its format says.
Result<Image> render_grey(const model::Frame& frame, const model::Presentation& presentation,
                          const std::optional<model::Window>& window);
Result<Image> render_palette(const model::Frame& frame, const model::Presentation& presentation);

}  // namespace gateway::pixel
