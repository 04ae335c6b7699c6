#include "gateway/http/answer_body.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "gateway/http/body_store.h"

namespace gateway::http {
namespace {

constexpr std::uint64_t kRoomStep = 64 << 20;  // bytes between looks at the disk

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

int open_unnamed(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  std::string name = folder + "/answer-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

Result<void> AnswerBody::append(std::string_view bytes) {
  if (bytes.size() > at_most_ - size_)
    return fail(ErrorCode::BodyTooLarge, "the answer is larger than allowed");
  if (!file_ && size_ + bytes.size() <= in_memory_) {
    memory_.append(bytes);
    size_ += bytes.size();
    return {};
  }
  if (!file_) {
    const int fd = open_unnamed(folder_);
    if (fd < 0) return spool_error(errno, folder_);
    file_ = std::make_shared<FileHandle>(fd);
    size_ = 0;
    const std::string earlier = std::exchange(memory_, {});
    TRY(to_file(earlier));
  }
  return to_file(bytes);
}

Result<void> AnswerBody::to_file(std::string_view bytes) {
  if (size_ / kRoomStep != (size_ + bytes.size()) / kRoomStep &&
      !leaves_reserve(disk_room(file_->fd()), kRoomStep))
    return fail(ErrorCode::Overloaded, "no room is left for a large answer");
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(file_->fd(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return spool_error(errno, folder_);
    size_ += static_cast<std::uint64_t>(done);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

std::shared_ptr<const ByteSource> AnswerBody::take() {
  if (file_) return std::make_shared<FileSource>(std::move(file_), size_);
  return std::make_shared<OwnedText>(std::move(memory_));
}

}  // namespace gateway::http
