// recode_frames: the frames of an object, one by one through a codec, laid out as its pixel data will be in
// another transfer syntax (PS3.5 section 8, A.4). What stands around them makes envelope_of().
//
// Thread-safe: no shared state. Memory is that of one frame.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "gateway/model/image_format.h"
#include "mappers/dicom/new_pixels.h"

namespace mappers::dicom {

struct Recoding {
  std::string transfer_syntax;  // the new one
  bool lossy = false;           // it loses something
  // A stored frame of this format in the new syntax.
  std::function<gateway::Result<gateway::model::Frame>(const gateway::model::ImageFormat& format,
                                                       gateway::ByteSpan stored)>
      codec;
  // Takes the pixel data in order.
  std::function<gateway::Result<void>(std::string_view bytes)> sink;
};

// `stream` is the object, as make_frame_table() wants it. Errors: of codec and sink; of the frame table;
// NotSupported when the frames differ in their format.
gateway::Result<NewPixels> recode_frames(const File& file, const gateway::ByteSource& stream,
                                         const Recoding& recoding);

}  // namespace mappers::dicom
