// Window: the reader's view of a ByteSource. Memory is viewed in place; a file is read in blocks that are
// kept, so that values can stay spans. One object per reading, not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"

namespace mappers::dicom {

class Window {
 public:
  using Buffers = std::vector<std::unique_ptr<std::byte[]>>;

  static constexpr std::uint64_t kFirstBlock = 32 << 10;  // one read gets the whole of a typical small file

  // Blocks are added to `buffers`; no more than `max_bytes` of them.
  Window(const gateway::ByteSource& source, Buffers& buffers, std::uint64_t max_bytes,
         std::uint64_t first_block = kFirstBlock);
  std::uint64_t size() const { return size_; }
  // `count` bytes at `offset`, valid as long as the buffers; nullptr when they are not there or fault() is
  // set.
  const std::byte* view(std::uint64_t offset, std::uint64_t count) {
    if (offset >= start_ && offset <= end_ && count <= end_ - offset) return block_ + (offset - start_);
    return load(offset, count);
  }
  // Eight bytes without keeping a block: for item headers between large fragments.
  const std::byte* peek8(std::uint64_t offset);
  const std::optional<gateway::Error>& fault() const { return fault_; }

 private:
  const std::byte* load(std::uint64_t offset, std::uint64_t count);

  const gateway::ByteSource& source_;
  Buffers& buffers_;
  const std::uint64_t size_;
  std::uint64_t bytes_left_;
  std::uint64_t next_block_;
  const std::byte* block_ = nullptr;  // holds [start_, end_)
  std::uint64_t start_ = 0, end_ = 0;
  std::array<std::byte, 8> scratch_{};
  std::optional<gateway::Error> fault_;
};

}  // namespace mappers::dicom
