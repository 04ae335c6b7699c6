// read_jpeg_header: what the markers before the first scan of a JPEG or JPEG-LS code stream say (ITU-T T.81
// annex B), read without a library, so that a library is only given streams of the expected size. Pure
// function.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "gateway/base/bytes.h"
#include "gateway/pixel/samples.h"

namespace gateway::pixel {

struct JpegHeader {
  StreamFacts facts;
  std::uint8_t process = 0;           // n of the SOFn marker: 0, 1 baseline, 2 progressive, 3 lossless, ...
  std::array<std::uint8_t, 3> ids{};  // of the first components
  bool odd_scan = false;  // the first scan of a sequential stream has parameters of a progressive one
  bool jfif = false;      // an APP0 "JFIF" marker
  std::optional<std::uint8_t> transform;  // of an APP14 "Adobe" marker
};

// Nothing when the bytes are no such stream.
std::optional<JpegHeader> read_jpeg_header(ByteSpan bytes);

// Whether three components of a lossy stream are YCbCr: what the stream says, else what the data set says.
bool is_ycbcr(const JpegHeader& header, std::string_view photometric);

}  // namespace gateway::pixel
