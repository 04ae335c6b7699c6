// Frames that are not compressed: native little endian, and Encapsulated Uncompressed (PS3.5 section A.4.11).
#include "gateway/pixel/codecs.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;

Result<Frame> decode_native(const ImageFormat& format, ByteSpan encoded) {
  if (encoded.size() < format.frame_bytes())
    return fail(ErrorCode::DicomTruncated,
                "the frame has " + std::to_string(encoded.size()) + " bytes, not " +
                    std::to_string(format.frame_bytes()),
                "7FE00010");
  return Frame{format, std::string(as_text(encoded.first(format.frame_bytes())))};
}

Result<Frame> encode_native(const EncodeJob& job) {
  Frame made{job.frame.format, job.frame.bytes};
  if (job.transfer_syntax == syntax::kEncapsulated) pad_even(made.bytes);
  return made;
}

}  // namespace gateway::pixel
