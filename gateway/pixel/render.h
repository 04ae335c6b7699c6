// Rendering: one frame of stored values to an 8-bit image (PS3.3 C.7.6.3.1.2, C.11.1, C.11.2; PS3.4 N.2).
//
//   stored values -> modality LUT -> VOI LUT or window -> polarity -> grey; palette; color space -> RGB
//
// Without a window in the request the first window of the object is used, else its first VOI LUT, else the
// smallest and largest value of the frame. Integers of up to 16 bits go through one table, so a pixel costs
// one look-up. Pixels of the padding range are black. Pure functions.
#pragma once

#include <optional>

#include "gateway/base/result.h"
#include "gateway/model/image_format.h"
#include "gateway/model/presentation.h"
#include "gateway/pixel/image.h"

namespace gateway::pixel {

struct RenderOptions {
  std::optional<model::Window> window;  // instead of what the object says; does not apply to color
  bool overlays = false;                // burn the overlay planes in, in white
};

// Whether a window applies to frames of this format: PS3.3 C.11.2 is about grey values.
bool is_grey(const model::ImageFormat& format);

// Errors: NotSupported for a photometric interpretation or bit depth that is not rendered; DicomMalformed
// when the frame is shorter than its format says or a palette is missing; DicomLimit for a frame of more than
// 2^28 pixels.
Result<Image> render(const model::Frame& frame, const model::Presentation& presentation,
                     const RenderOptions& options = {});

}  // namespace gateway::pixel
