// New pixels for an object: its header made to describe them (PS3.3 C.7.6.3, C.7.6.1.1.5), and what stands
// around them in the file.
//
// Used to answer in another transfer syntax than an object is stored in. The SOP Instance UID stays: the
// answer is the instance that was asked for, in the encoding that was asked for (PS3.18 section 8.7.3); what
// a lossy one lost is stated in (0028,2110) to (0028,2114). Thread-safe: no shared state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/model/image_format.h"
#include "mappers/dicom/explicit.h"
#include "mappers/dicom/reader.h"

namespace mappers::dicom {

struct NewPixels {
  std::string transfer_syntax;
  gateway::model::ImageFormat format;
  std::vector<std::uint64_t> frames;  // encapsulated: length of each code stream, all even
  std::uint64_t bytes = 0;            // of all frames together
  bool encapsulated = false;
  bool lossy = false;
};

// The file in pieces: `before`, the frames, `after`. The frames are one run of bytes when they are native; of
// encapsulated ones each follows its item_header(). Changes `file`. Errors: NotSupported when native pixels
// do not fit a length field; those of reencode().
struct Envelope {
  std::vector<Piece> before, after;
};
gateway::Result<Envelope> envelope_of(File& file, const gateway::ByteSource& stream, const NewPixels& pixels);
// In front of a fragment.
std::string item_header(std::uint64_t length);

}  // namespace mappers::dicom
