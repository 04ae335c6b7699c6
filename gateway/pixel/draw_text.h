// Lines of text drawn into an image, for annotations (PS3.18 section 8.3.5.1.1). Pure functions.
#pragma once

#include <string>
#include <vector>

#include "gateway/pixel/image.h"

namespace gateway::pixel {

enum class Corner : std::uint8_t { TopLeft, BottomLeft };

// White letters with a black rim, as large as suits the image; what does not fit is cut off at the edge.
// UTF-8; letters outside of ASCII lose their accents, others become '?'.
void draw_lines(Image& image, const std::vector<std::string>& lines, Corner corner);

}  // namespace gateway::pixel
