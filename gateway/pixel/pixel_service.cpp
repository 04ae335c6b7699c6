#include "gateway/pixel/pixel_service.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

Result<Frame> InlinePixelService::decode(std::string_view transfer_syntax, const ImageFormat& format,
                                         ByteSpan encoded) {
  return pixel::decode(transfer_syntax, format, encoded);
}

Result<Frame> InlinePixelService::encode(std::string_view transfer_syntax, const Frame& frame,
                                         const EncodeOptions& options) {
  return pixel::encode(transfer_syntax, frame, options);
}

Result<Frame> InlinePixelService::transcode(std::string_view from, const ImageFormat& format,
                                            ByteSpan encoded, std::string_view to,
                                            const EncodeOptions& options) {
  const Frame native = TRY(pixel::decode(from, format, encoded));
  return pixel::encode(to, native, options);
}

}  // namespace gateway::pixel
