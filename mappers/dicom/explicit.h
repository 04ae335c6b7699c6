// Re-encoding to Explicit VR Little Endian (PS3.18 section 8.7.3: the web never sees implicit VR or big
// endian).
//
// The answer is a list of pieces that make up a whole Part 10 file; pixel data and large values in little
// endian order stay ranges of the source. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"
#include "mappers/dicom/reader.h"

namespace mappers::dicom {

struct SourceRange {
  std::uint64_t offset = 0, length = 0;  // of the source that was given
  std::uint8_t swap_unit = 1;            // bytes that have to change their order together
};
using Piece = std::variant<std::string, SourceRange>;

struct Reencoded {
  std::string transfer_syntax;  // as the file meta information among the pieces says
  std::vector<Piece> pieces;
  std::uint64_t size = 0;
  std::size_t pixel_data = 0;  // without pixel data: how many pieces come before the element
};

struct ReencodeOptions {
  bool large_in_place = false;       // values in big endian order stay ranges, too
  bool without_pixel_data = false;   // leaves (7FE0,0010) and its kin out, for another to be put there
  std::string transfer_syntax = {};  // what the file meta information says; empty: what the pieces are
};

// Bytes that change their order together when a value of this element goes from big to little endian.
std::size_t swap_unit(const File& file, const Element& element);
// Errors: NotSupported when more than 256 MiB would have to be swapped or inflated; DicomTruncated; Internal
// for I/O.
gateway::Result<Reencoded> to_explicit_little_endian(const File& file, const gateway::ByteSource& source);
// The same in constant memory. `stream` is what the offsets of the file count in, and the ranges of the
// answer: the source, or the inflated data set of a deflated file.
gateway::Result<Reencoded> reencode(const File& file, const gateway::ByteSource& stream,
                                    const ReencodeOptions& options);

}  // namespace mappers::dicom
