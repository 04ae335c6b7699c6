// read_file: a DICOM Part 10 file, or a bare data set, up to and behind its pixel data (PS3.10 section 7,
// PS3.5 section 7).
//
// Streaming and tolerant: what many writers get wrong is read and noted as a Finding; what cannot be
// understood is an Error that names the byte and the tag. Pixel data are located, never loaded. Work, memory
// and depth are bounded by ReadLimits whatever the bytes claim. Thread-safe: no shared state. Ownership: a
// File read from a source with contiguous() views that memory; else it owns its buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"
#include "mappers/dicom/dataset.h"

namespace mappers::dicom {

struct ReadLimits {
  std::uint32_t max_depth = 32;                     // nested sequences
  std::uint32_t max_elements = 300'000;             // elements and items together
  std::uint64_t max_value_bytes = 64 << 10;         // larger values become references
  std::uint64_t max_header_bytes = 64 << 20;        // bytes held in memory for one file
  std::uint32_t max_fragments = 4'000'000;          // of encapsulated values
  std::uint64_t max_text_bytes = 1 << 20;           // of values that cannot be references, names and codes
  std::uint64_t max_inflated_bytes = 256ull << 20;  // of a deflated data set
  std::size_t max_findings = 64;
};

// Something irregular that did not stop the reading. `where` is a tag path or a byte offset.
struct Finding {
  std::string what;
  std::string where;
};

struct PixelData {
  Tag tag;
  VR vr = VR::OW;
  std::uint64_t offset = 0;  // of the value in the stream; encapsulated: of the first item
  std::uint64_t length = 0;  // encapsulated: including the sequence delimitation item
  bool encapsulated = false;
  bool truncated = false;
  std::uint32_t fragments = 0;  // encapsulated: items behind the basic offset table
};

struct File {
  DataSet meta;  // group 0002
  DataSet data;
  std::string transfer_syntax;  // as declared, or the one that was found when none was
  bool had_preamble = false;
  bool had_meta = false;
  bool truncated = false;
  bool implicit_vr = false;  // of the data set
  bool big_endian = false;
  bool deflated = false;          // offsets then count in the inflated data set: see inflate.h
  std::uint64_t data_offset = 0;  // first byte of the data set in the source
  std::uint64_t data_end = 0;     // one behind the last element, in the stream
  std::optional<PixelData> pixel_data;
  std::vector<Finding> findings;
  std::vector<std::unique_ptr<std::byte[]>> buffers;

  File() = default;
  File(File&&) = default;
  File& operator=(File&&) = default;
};

// The transfer syntax that the file meta information behind a preamble declares; empty without one of them.
// Reads no further. A file may go out as it is when this is the syntax that it was found to have
// (transfer_syntax.h). Errors: as read_file.
gateway::Result<std::string> declared_transfer_syntax(const gateway::ByteSource& source);
// Errors: NotDicom, DicomTruncated (nothing but a beginning is there), DicomMalformed, DicomLimit; Internal
// for I/O.
gateway::Result<File> read_file(const gateway::ByteSource& source, const ReadLimits& limits = {});

}  // namespace mappers::dicom
