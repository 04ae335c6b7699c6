// PixelService: decoding, encoding and transcoding of frames, wherever the codecs run.
//
// Handlers use this interface; codecs run in worker processes (worker_pool.h), or in this process in tests.
// Thread-safe; a call blocks until the frame is done or its deadline passes. Arguments are only read.
#pragma once

#include <string_view>

#include "gateway/pixel/codec.h"

namespace gateway::pixel {

class PixelService {
 public:
  virtual ~PixelService() = default;
  // Errors of codec.h; besides, of a pool: Unprocessable when the codec crashed on these bytes or took too
  // long, naming the transfer syntax; Overloaded when no worker became free in time.
  virtual Result<model::Frame> decode(std::string_view transfer_syntax, const model::ImageFormat& format,
                                      ByteSpan encoded) = 0;
  virtual Result<model::Frame> encode(std::string_view transfer_syntax, const model::Frame& frame,
                                      const EncodeOptions& options) = 0;
  // Decodes and encodes in one go. `from` and `to` may be native.
  virtual Result<model::Frame> transcode(std::string_view from, const model::ImageFormat& format,
                                         ByteSpan encoded, std::string_view to,
                                         const EncodeOptions& options) = 0;
};

// The codecs in this process: a crash of a library is a crash of the caller.
class InlinePixelService final : public PixelService {
 public:
  Result<model::Frame> decode(std::string_view transfer_syntax, const model::ImageFormat& format,
                              ByteSpan encoded) override;
  Result<model::Frame> encode(std::string_view transfer_syntax, const model::Frame& frame,
                              const EncodeOptions& options) override;
  Result<model::Frame> transcode(std::string_view from, const model::ImageFormat& format, ByteSpan encoded,
                                 std::string_view to, const EncodeOptions& options) override;
};

}  // namespace gateway::pixel
