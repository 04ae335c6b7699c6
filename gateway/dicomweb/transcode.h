// An object in another transfer syntax than it is stored in (PS3.18 section 8.7.3): its frames one by one
// through the codecs into a spool file, its header made to describe them.
//
// Lossy syntaxes are used only when a client names them; the SOP Instance UID stays, see
// mappers/dicom/new_pixels.h. Thread-safe; memory is that of one frame.
#pragma once

#include <array>
#include <string_view>

#include "gateway/dicomweb/open_object.h"
#include "gateway/dicomweb/spool_file.h"
#include "gateway/pixel/pixel_service.h"

namespace gateway::dicomweb {

// Three ranges of a spool file, one behind the other.
struct SpooledObject {
  std::array<http::FileRange, 3> parts;
  std::uint64_t size() const { return parts[0].length + parts[1].length + parts[2].length; }
};

// Whether there is a way from one syntax to the other; a very object may still not fit.
bool can_transcode(std::string_view from, std::string_view to);

// Errors: NotAcceptable when these pixels cannot be given in that syntax; those of the codecs and the reader.
Result<SpooledObject> transcode(OpenObject& object, std::string_view to, pixel::PixelService& pixels,
                                SpoolFile& spool);

}  // namespace gateway::dicomweb
