// InflatedSource: the data set of a Deflated Explicit VR Little Endian file as plain bytes (PS3.5 annex A.5).
//
// Offset 0 is the first inflated byte. Nothing is kept: bytes are inflated as they are asked for, forwards;
// going back starts anew. All reading together may inflate the data three times, then it is refused: a small
// file must not cost hours. It keeps its place, so it
// is not thread-safe: one object per reader. The source must outlive it.
#pragma once

#include <cstdint>
#include <memory>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"

namespace mappers::dicom {

class InflatedSource final : public gateway::ByteSource {
 public:
  // `start`: where the deflated bytes begin. Runs through the data once to learn their size.
  // Errors: DicomLimit above `max_bytes`; DicomMalformed when the first bytes are no deflate stream.
  static gateway::Result<std::unique_ptr<InflatedSource>> open(const gateway::ByteSource& source,
                                                               std::uint64_t start, std::uint64_t max_bytes);
  ~InflatedSource() override;
  std::uint64_t size() const override { return size_; }
  gateway::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;
  bool complete() const { return complete_; }  // the stream had its end mark

 private:
  struct State;
  InflatedSource(const gateway::ByteSource& source, std::uint64_t start);
  bool restart() const;

  const gateway::ByteSource& source_;
  std::uint64_t start_;
  std::uint64_t size_ = 0;
  bool complete_ = false;
  std::unique_ptr<State> state_;
};

}  // namespace mappers::dicom
