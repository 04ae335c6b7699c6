#include "gateway/dimse/spool.h"

#include <cstdlib>

#include "gateway/base/nameless_file.h"
#include "gateway/base/owned_bytes.h"

namespace gateway::dimse {
namespace {

constexpr std::size_t kBlock = 256 << 10;
constexpr std::uint64_t kRoomStep = 8 << 20;  // bytes of a file between looks at the disk

std::string folder_of(const DimseLimits& limits) {
  const char* temporary = ::getenv("TMPDIR");
  return !limits.spool_folder.empty() ? limits.spool_folder : temporary && *temporary ? temporary : "/tmp";
}

}  // namespace

Result<void> Spool::append(ByteSpan piece) {
  const std::uint64_t size = written_ + memory_.size() + piece.size();
  if (size > limits_.max_object)
    return fail(ErrorCode::BodyTooLarge, "the object is larger than this gateway takes");
  memory_ += as_text(piece);
  if (size <= limits_.spool_above || memory_.size() < kBlock) return {};
  return write_out();
}

Result<void> Spool::write_out() {
  if (!file_) file_ = TRY(make_nameless_file(folder_of(limits_)));
  if (written_ + memory_.size() > room_known_for_) {
    if (!leaves_reserve(limits_.room(file_->fd()), kRoomStep))
      return fail(ErrorCode::StoreBusy, "no room is left for large objects");
    room_known_for_ = written_ + memory_.size() + kRoomStep;
  }
  TRY_VOID(write_at(*file_, written_, as_bytes(memory_)));
  written_ += memory_.size();
  memory_.clear();
  return {};
}

Result<std::shared_ptr<const ByteSource>> Spool::finish() {
  if (!file_) return std::shared_ptr<const ByteSource>(std::make_shared<OwnedText>(std::move(memory_)));
  TRY_VOID(write_out());
  return std::shared_ptr<const ByteSource>(std::make_shared<FileSource>(file_, written_));
}

}  // namespace gateway::dimse
