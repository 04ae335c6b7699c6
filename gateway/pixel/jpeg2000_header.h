// read_jpeg2000_header: the size of a JPEG 2000 code stream (ITU-T T.800 annex A.5.1), read without a
// library, so that a library is only given streams of the expected size. Boxes around the code stream, which
// DICOM forbids and some writers leave, are passed over. Pure function.
#pragma once

#include <optional>

#include "gateway/base/bytes.h"
#include "gateway/pixel/samples.h"

namespace gateway::pixel {

struct Jpeg2000Header {
  StreamFacts facts;
  std::uint64_t tiles = 0;
  ByteSpan code_stream;  // without boxes
};

// Nothing when there is no code stream, or one whose components differ in depth or sign.
std::optional<Jpeg2000Header> read_jpeg2000_header(ByteSpan bytes);

}  // namespace gateway::pixel
