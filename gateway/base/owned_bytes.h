// Byte sources that own what they read: a text, or a part of a source that they share. Const and thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "gateway/base/bytes.h"

namespace gateway {

class OwnedText final : public ByteSource {
 public:
  explicit OwnedText(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return MemorySource(text_).read_at(offset, into);
  }
  ByteSpan contiguous() const override { return as_bytes(text_); }

 private:
  const std::string text_;
};

class OwnedPart final : public ByteSource {
 public:
  OwnedPart(std::shared_ptr<const ByteSource> whole, std::uint64_t offset, std::uint64_t length)
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

}  // namespace gateway
