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
};
using Piece = std::variant<std::string, SourceRange>;

struct Reencoded {
  std::string transfer_syntax;  // as the file meta information among the pieces says
  std::vector<Piece> pieces;
  std::uint64_t size = 0;
};

// Bytes that change their order together when a value of this element goes from big to little endian.
std::size_t swap_unit(const File& file, const Element& element);
// True when the file may be sent as it is: explicit, little endian, not deflated, with file meta information
// that says so.
bool is_web_ready(const File& file);
// Errors: NotSupported when more than 256 MiB would have to be swapped or inflated; DicomTruncated; Internal
// for I/O.
gateway::Result<Reencoded> to_explicit_little_endian(const File& file, const gateway::ByteSource& source);

}  // namespace mappers::dicom
