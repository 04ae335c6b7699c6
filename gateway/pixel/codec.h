// Codecs: one frame between its compressed form (PS3.5 annexes A.4 and 8.2) and native samples.
//
// Decoding gives little-endian samples, color by pixel, with the format that they have: the code stream wins
// over the data set (depth, sign, color model); JPEG in YCbCr comes out as RGB, a multi-component transform
// of JPEG 2000 is undone. Encoding gives the code stream (even length) and the format that the data set has
// to state (photometric "YBR_FULL_422", "YBR_RCT", ...). Memory is bounded by the format, never by what the
// code stream claims. Functions are pure and thread-safe; foreign libraries run below them, so input from
// outside belongs into a worker process: see pixel_service.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"
#include "gateway/model/image_format.h"

namespace gateway::pixel {

inline constexpr std::uint64_t kMaxFrameBytes = 1ull << 30;

struct EncodeOptions {
  int quality = 90;       // lossy syntaxes: 1 to 100, as the rendered resources count it
  int near_lossless = 2;  // JPEG-LS .81: greatest difference of a sample
};

// Native little-endian syntaxes count as known: their frames pass through.
bool can_decode(std::string_view transfer_syntax);
bool can_encode(std::string_view transfer_syntax);
// Whether frames of this very format can be: e.g. JPEG Baseline has 8 bits, no palette survives loss.
bool can_encode(std::string_view transfer_syntax, const model::ImageFormat& format);
bool is_lossy(std::string_view transfer_syntax);  // what encode() makes of it

// `format` is that of the data set; frames is not looked at. Errors: NotSupported for a syntax without codec;
// DicomMalformed for bytes that cannot be decoded; DicomLimit for frames above kMaxFrameBytes.
Result<model::Frame> decode(std::string_view transfer_syntax, const model::ImageFormat& format,
                            ByteSpan encoded);
// Errors: NotSupported for a syntax without encoder; Unprocessable for a format that it cannot hold.
Result<model::Frame> encode(std::string_view transfer_syntax, const model::Frame& frame,
                            const EncodeOptions& options = {});

}  // namespace gateway::pixel
