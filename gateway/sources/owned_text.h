// OwnedText: a text as a ByteSource that keeps it. Const and thread-safe. Inside of this folder only.
#pragma once

#include <string>

#include "gateway/base/bytes.h"

namespace gateway::sources {

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

}  // namespace gateway::sources
