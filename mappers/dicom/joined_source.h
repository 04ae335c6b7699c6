// JoinedSource: texts and other sources one behind the other, read as one. Nothing is copied.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/base/bytes.h"

namespace mappers::dicom {

// Built once, then const and as thread-safe as its parts.
class JoinedSource final : public gateway::ByteSource {
 public:
  void add(std::string text);
  void add(std::shared_ptr<const gateway::ByteSource> part);
  std::uint64_t size() const override { return size_; }
  gateway::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

 private:
  std::vector<std::shared_ptr<const gateway::ByteSource>> parts_;
  std::vector<std::uint64_t> starts_;  // of each part
  std::uint64_t size_ = 0;
};

}  // namespace mappers::dicom
