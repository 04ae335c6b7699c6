// FrameTable: where each frame of an object lies (PS3.5 sections 8.2 and A.4), so that one frame can be read
// without its neighbours.
//
// make_frame_table() finds the frames once and writes them down as a compact string, to be stored beside the
// object. FrameTable looks a frame up in such a string: records have a fixed width, so a look-up reads a few
// dozen bytes of it whatever the number of frames. Offset tables of the object are used only where they agree
// with its items. All const members are thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"
#include "mappers/dicom/explicit.h"
#include "mappers/dicom/frame_record.h"
#include "mappers/dicom/reader.h"

namespace mappers::dicom {

// How one frame is got. The ranges, one behind the other, are the code stream of an encapsulated frame, or
// native bytes that is_plain() says to be the frame; else read_frame() makes it out of them.
struct FrameLocation {
  std::vector<SourceRange> ranges;  // of the source; when `deflated`, of the inflated data set
  std::uint64_t bits = 0;           // native: of the frame; 0: all of the ranges
  std::uint8_t first_bit = 0;       // native: bits before the frame, after swapping
  std::uint8_t swap_unit = 1;       // native: bytes that change their order together
  bool encapsulated = false;
  bool deflated = false;
  std::uint64_t deflated_at = 0;  // where the deflated data set begins in the source

  std::uint64_t range_bytes() const;
  std::uint64_t frame_bytes() const { return bits == 0 ? range_bytes() : (bits + 7) / 8; }
  bool is_plain() const { return !deflated && swap_unit == 1 && first_bit == 0 && bits % 8 == 0; }
};

// The encoded table of a file that has pixel data. Reads item headers, and the ends of fragments where only
// they tell the frames apart. Errors: NotFound without pixel data; those of image_format.h; DicomMalformed
// for items that cannot be followed; NotSupported when frames are not separate (video); Internal for I/O.
gateway::Result<std::string> make_frame_table(const File& file, const gateway::ByteSource& source);

class FrameTable {
 public:
  // Reads the head of an encoded table, which must outlive this. Error: Internal when it is none.
  static gateway::Result<FrameTable> open(const gateway::ByteSource& encoded);
  std::uint64_t size() const { return head_.frames; }  // as (0028,0008) declares
  bool encapsulated() const { return head_.encapsulated != 0; }
  // Counted from 0. Errors: NotFound beyond size(); DicomTruncated for a frame that is not there.
  gateway::Result<FrameLocation> frame(std::uint64_t index) const;

 private:
  explicit FrameTable(const gateway::ByteSource& encoded) : encoded_(&encoded) {}
  gateway::Result<FrameLocation> native_frame(std::uint64_t index) const;
  gateway::Result<FrameLocation> encapsulated_frame(std::uint64_t index) const;
  // `count` numbers of `width` bytes, from the number `from` of the list at `at`.
  gateway::Result<std::vector<std::uint64_t>> numbers(std::uint64_t at, std::uint64_t from,
                                                      std::uint64_t count, std::uint8_t width) const;

  const gateway::ByteSource* encoded_;
  FrameTableHead head_;
};

// The bytes of one frame: the joined code stream, or native samples in little-endian order that begin at a
// byte boundary; unused bits of the last byte are zero. Errors: DicomLimit above `max_bytes`; DicomTruncated;
// Internal for I/O.
gateway::Result<std::string> read_frame(const gateway::ByteSource& source, const FrameLocation& location,
                                        std::uint64_t max_bytes);

}  // namespace mappers::dicom
