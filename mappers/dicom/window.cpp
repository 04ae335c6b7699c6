#include "mappers/dicom/window.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace mappers::dicom {
namespace {

constexpr std::uint64_t kSmallBlock = 4 << 10;  // behind a skipped value little is expected
constexpr std::uint64_t kLargeBlock = 64 << 10;

}  // namespace

Window::Window(const gateway::ByteSource& source, Buffers& buffers, std::uint64_t max_bytes,
               std::uint64_t first_block)
    : source_(source),
      buffers_(buffers),
      size_(source.size()),
      bytes_left_(max_bytes),
      next_block_(first_block) {
  const gateway::ByteSpan whole = source.contiguous();
  if (whole.size() != size_) return;
  block_ = whole.data();
  end_ = size_;
}

const std::byte* Window::load(std::uint64_t offset, std::uint64_t count) {
  if (fault_ || offset > size_ || count > size_ - offset) return nullptr;
  const bool sequential = offset <= end_;
  if (!sequential && end_ != 0) next_block_ = kSmallBlock;
  const std::uint64_t length = std::min(std::max(count, next_block_), size_ - offset);
  if (length > bytes_left_) {
    fault_ = gateway::fail(gateway::ErrorCode::DicomLimit, "the header needs more memory than allowed",
                           "byte " + std::to_string(offset));
    return nullptr;
  }
  auto buffer = std::make_unique_for_overwrite<std::byte[]>(length);
  // What the block before has of this one is not read again: an inflating source cannot go back cheaply.
  const std::uint64_t known = offset >= start_ && offset < end_ ? std::min(end_ - offset, length) : 0;
  if (known != 0) std::memcpy(buffer.get(), block_ + (offset - start_), known);
  const auto got =
      source_.read_at(offset + known, {buffer.get() + known, static_cast<std::size_t>(length - known)});
  if (!got.ok()) {
    fault_ = got.error();
    return nullptr;
  }
  if (known + *got < count) return nullptr;  // the file became shorter meanwhile
  bytes_left_ -= length;
  next_block_ = std::min(next_block_ * 2, kLargeBlock);
  block_ = buffer.get();
  start_ = offset;
  end_ = offset + known + *got;
  buffers_.push_back(std::move(buffer));
  return block_;
}

const std::byte* Window::peek8(std::uint64_t offset) {
  if (offset >= start_ && offset <= end_) return view(offset, 8);
  if (fault_ || offset > size_ || size_ - offset < 8) return nullptr;
  const auto got = source_.read_at(offset, scratch_);
  if (!got.ok()) fault_ = got.error();
  return got.ok() && *got == 8 ? scratch_.data() : nullptr;
}

}  // namespace mappers::dicom
