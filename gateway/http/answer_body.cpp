#include "gateway/http/answer_body.h"

#include "gateway/base/nameless_file.h"
#include "gateway/base/owned_bytes.h"
#include "gateway/http/body_store.h"

namespace gateway::http {
namespace {

constexpr std::uint64_t kRoomStep = 64 << 20;  // bytes between looks at the disk

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
    file_ = TRY(make_nameless_file(folder_));
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
  TRY_VOID(write_at(*file_, size_, as_bytes(bytes)));
  size_ += bytes.size();
  return {};
}

std::shared_ptr<const ByteSource> AnswerBody::take() {
  if (file_) return std::make_shared<FileSource>(std::move(file_), size_);
  return std::make_shared<OwnedText>(std::move(memory_));
}

}  // namespace gateway::http
