// Re-encoding to Implicit VR Little Endian (PS3.5 annex A.1), the only syntax that every peer accepts.
//
// The answer joins new headers with ranges of the source; values are not copied. Thread-safe.
#pragma once

#include <memory>

#include "gateway/base/bytes.h"
#include "mappers/dicom/reader.h"

namespace gateway::dimse {

// The data set of `file`, which was read from `source` and is little endian, native and not deflated. Error:
// NotSupported when it is none of these.
Result<std::shared_ptr<const ByteSource>> implicit_data_set(const mappers::dicom::File& file,
                                                            const std::shared_ptr<const ByteSource>& source);

// A part of another source, which it keeps.
class RangeSource final : public ByteSource {
 public:
  RangeSource(std::shared_ptr<const ByteSource> whole, std::uint64_t offset, std::uint64_t length)
      : whole_(std::move(whole)), slice_(*whole_, offset, length) {}
  std::uint64_t size() const override { return slice_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return slice_.read_at(offset, into);
  }
  ByteSpan contiguous() const override { return slice_.contiguous(); }

 private:
  std::shared_ptr<const ByteSource> whole_;
  SliceSource slice_;
};

}  // namespace gateway::dimse
