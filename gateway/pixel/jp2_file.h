// The JP2 file format around a JPEG 2000 code stream (ISO/IEC 15444-1 annex I), for the rendered media type
// image/jp2. Pure function.
#pragma once

#include <string>
#include <string_view>

#include "gateway/pixel/image.h"

namespace gateway::pixel {

// `image` is what `code_stream` was made of. Without a profile colors are sRGB or its grey.
std::string jp2_file(std::string_view code_stream, const Image& image, std::string_view icc_profile = {});

}  // namespace gateway::pixel
