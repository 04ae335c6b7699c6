#include "mappers/dicom/joined_source.h"

#include <algorithm>

namespace mappers::dicom {
namespace {

class Text final : public gateway::ByteSource {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  gateway::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return gateway::MemorySource(text_).read_at(offset, into);
  }
  gateway::ByteSpan contiguous() const override { return gateway::as_bytes(text_); }

 private:
  std::string text_;
};

}  // namespace

void JoinedSource::add(std::string text) {
  if (!text.empty()) add(std::make_shared<Text>(std::move(text)));
}

void JoinedSource::add(std::shared_ptr<const gateway::ByteSource> part) {
  starts_.push_back(size_);
  size_ += part->size();
  parts_.push_back(std::move(part));
}

gateway::Result<std::size_t> JoinedSource::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return std::size_t{0};
  auto at =
      static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin()) -
      1;
  std::size_t done = 0;
  for (; at < parts_.size() && done < into.size(); ++at) {
    const std::uint64_t skipped = offset + done - starts_[at];
    const auto left = parts_[at]->size() - skipped;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size() - done));
    if (wanted == 0) continue;
    const std::size_t got = TRY(parts_[at]->read_at(skipped, into.subspan(done, wanted)));
    done += got;
    if (got < wanted) break;
  }
  return done;
}

}  // namespace mappers::dicom
