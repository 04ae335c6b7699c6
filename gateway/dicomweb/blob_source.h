// An opened blob as a ByteSource, for readers that need its bytes.
#pragma once

#include "gateway/base/bytes.h"
#include "gateway/model/ports.h"

namespace gateway::dicomweb {

class BlobSource final : public ByteSource {
 public:
  explicit BlobSource(const model::BlobView& view)
      : file_(view.file, view.offset + view.length), slice_(file_, view.offset, view.length) {}
  BlobSource(const BlobSource&) = delete;
  BlobSource& operator=(const BlobSource&) = delete;
  std::uint64_t size() const override { return slice_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return slice_.read_at(offset, into);
  }

 private:
  FileSource file_;
  SliceSource slice_;
};

}  // namespace gateway::dicomweb
