// The two libraries behind the JPEG syntaxes. Internal: decode_jpeg() chooses by the frame header.
#pragma once

#include "gateway/pixel/codecs.h"
#include "gateway/pixel/jpeg_header.h"

namespace gateway::pixel {

// libjpeg-turbo: DCT processes of 8 bits.
Result<model::Frame> decode_jpeg_dct8(const model::ImageFormat& format, const JpegHeader& header,
                                      ByteSpan encoded);
// DCMTK: DCT processes of 12 bits, and lossless ones.
Result<model::Frame> decode_jpeg_dcmtk(const model::ImageFormat& format, const JpegHeader& header,
                                       ByteSpan encoded);

}  // namespace gateway::pixel
