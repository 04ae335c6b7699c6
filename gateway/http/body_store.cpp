#include "gateway/http/body_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace gateway::http {
namespace {

constexpr std::size_t kFirstBlock = 4 << 10;
constexpr std::uint64_t kRoomStep = 8 << 20;   // bytes of a spool file between looks at the disk
constexpr std::uint64_t kWriteBack = 1 << 20;  // bytes of a spool file that the disk is told of at once

class OwnedText final : public ByteSource {
 public:
  OwnedText(std::string text, ByteLease lease)
      : text_(std::move(text)), lease_(std::move(lease)), source_(text_) {}
  std::uint64_t size() const override { return text_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return source_.read_at(offset, into);
  }
  ByteSpan contiguous() const override { return as_bytes(text_); }

 private:
  std::string text_;
  ByteLease lease_;
  MemorySource source_;
};

Error not_kept(const Error& error) {
  const bool passing = error.code == ErrorCode::StoreBusy;
  return fail(passing ? ErrorCode::Overloaded : ErrorCode::Internal, "a large request body cannot be kept",
              {}, error.detail);
}

}  // namespace

// The file and its share of the budget; lives as long as the body that handlers see.
struct BodyStore::Spool {
  Spool(std::shared_ptr<const FileHandle> nameless, std::shared_ptr<ByteBudget> budget)
      : file(std::move(nameless)), lease(std::move(budget)) {}

  std::shared_ptr<const FileHandle> file;
  ByteLease lease;  // as large as the file
  std::uint64_t size = 0;
  std::uint64_t room_known_for = 0;  // size up to which the disk was found to have room
  std::uint64_t on_its_way = 0;      // size up to which the kernel was asked to write
};

// Takes memory in doubling steps: a body holds at most twice what has arrived of it.
bool BodyStore::fits_memory(std::size_t more) {
  const std::uint64_t size = memory_.size() + more;
  if (size > config_.in_memory) return false;
  if (size <= lease_.bytes()) return true;
  const std::uint64_t wanted =
      std::min(std::max<std::uint64_t>({size, 2 * lease_.bytes(), kFirstBlock}), config_.in_memory);
  if (!lease_.grow(wanted - lease_.bytes())) return false;
  memory_.reserve(wanted);
  return true;
}

Result<void> BodyStore::append(std::string_view bytes) {
  if (!spool_ && fits_memory(bytes.size())) {
    memory_.append(bytes);
    return {};
  }
  if (!spool_) TRY(begin_file());
  return to_file(bytes);
}

Result<void> BodyStore::begin_file() {
  std::error_code none;
  const std::string folder =
      config_.folder.empty() ? std::filesystem::temp_directory_path(none).string() : config_.folder;
  auto file = make_nameless_file(folder);
  if (!file) return not_kept(file.error());
  spool_ = std::make_shared<Spool>(std::move(*file), config_.disk);
  const std::string earlier = std::exchange(memory_, {});
  TRY(to_file(earlier));
  lease_.release();
  return {};
}

Result<void> BodyStore::to_file(std::string_view bytes) {
  Spool& spool = *spool_;
  if (!spool.lease.grow(bytes.size()))
    return fail(ErrorCode::Overloaded, "too many large request bodies are arriving at once");
  if (spool.lease.bytes() > spool.room_known_for) {
    if (!leaves_reserve(config_.room(spool.file->fd()), kRoomStep))
      return fail(ErrorCode::Overloaded, "no room is left for large request bodies");
    spool.room_known_for = spool.lease.bytes() + kRoomStep;
  }
  if (auto written = write_at(*spool.file, spool.size, as_bytes(bytes)); !written)
    return not_kept(written.error());
  spool.size += bytes.size();
  begin_write_back();
  return {};
}

// A body that is spooled will mostly be kept: the disk works while the rest is still arriving, so that the
// store has less to wait for.
void BodyStore::begin_write_back() {
  Spool& spool = *spool_;
  const std::uint64_t size = spool.lease.bytes();
  if (size - spool.on_its_way < kWriteBack) return;
  ::sync_file_range(spool.file->fd(), static_cast<off_t>(spool.on_its_way),
                    static_cast<off_t>(size - spool.on_its_way), SYNC_FILE_RANGE_WRITE);
  spool.on_its_way = size;
}

std::shared_ptr<const ByteSource> BodyStore::finish() {
  if (!spool_) return std::make_shared<OwnedText>(std::exchange(memory_, {}), std::move(lease_));
  // FileSource, so that a store may take the bytes over by the descriptor; the spool lives in the deleter.
  auto spool = std::exchange(spool_, nullptr);
  auto* source = new FileSource(spool->file, spool->lease.bytes());
  return {source, [spool](const ByteSource* gone) { delete gone; }};
}

}  // namespace gateway::http
