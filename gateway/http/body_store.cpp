#include "gateway/http/body_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace gateway::http {
namespace {

class OwnedText final : public ByteSource {
 public:
  explicit OwnedText(std::string text) : text_(std::move(text)), source_(text_) {}
  std::uint64_t size() const override { return text_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return source_.read_at(offset, into);
  }
  ByteSpan contiguous() const override { return as_bytes(text_); }

 private:
  std::string text_;
  MemorySource source_;
};

// A file without a name; where the file system lacks O_TMPFILE, one whose name is gone at once.
int open_unnamed(const std::string& folder) {
  int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  std::string name = folder + "/body-XXXXXX";
  fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd >= 0) ::unlink(name.c_str());
  return fd;
}

}  // namespace

// The file and its share of the budget; lives as long as the body that handlers see.
struct BodyStore::Spool {
  Spool(int descriptor, std::shared_ptr<SpoolBudget> shared)
      : file(std::make_shared<FileHandle>(descriptor)), budget(std::move(shared)) {}
  ~Spool() { budget->give_back(size); }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  std::shared_ptr<const FileHandle> file;
  std::shared_ptr<SpoolBudget> budget;
  std::uint64_t size = 0;
};

bool SpoolBudget::take(std::uint64_t bytes) {
  if (used_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= limit_) return true;
  give_back(bytes);
  return false;
}

Result<void> BodyStore::append(std::string_view bytes) {
  size_ += bytes.size();
  if (!spool_ && size_ <= config_.in_memory) {
    memory_.append(bytes);
    return {};
  }
  if (!spool_) {
    std::error_code none;
    const std::string folder =
        config_.folder.empty() ? std::filesystem::temp_directory_path(none).string() : config_.folder;
    const int fd = open_unnamed(folder);
    if (fd < 0)
      return fail(ErrorCode::Internal, "a large request body cannot be kept", {},
                  folder + ": " + std::strerror(errno));
    spool_ = std::make_shared<Spool>(fd, config_.budget);
    const std::string earlier = std::exchange(memory_, {});
    TRY(to_file(earlier));
  }
  return to_file(bytes);
}

Result<void> BodyStore::to_file(std::string_view bytes) {
  if (!config_.budget->take(bytes.size()))
    return fail(ErrorCode::Overloaded, "too many large request bodies are arriving at once");
  spool_->size += bytes.size();
  while (!bytes.empty()) {
    const ssize_t done = ::write(spool_->file->fd(), bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0)
      return fail(ErrorCode::Internal, "a large request body cannot be kept", {}, std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

std::shared_ptr<const ByteSource> BodyStore::finish() {
  if (!spool_) return std::make_shared<OwnedText>(std::exchange(memory_, {}));
  // FileSource, so that a store may take the bytes over by the descriptor; the spool lives in the deleter.
  auto spool = std::exchange(spool_, nullptr);
  auto* source = new FileSource(spool->file, spool->size);
  return {source, [spool](const ByteSource* gone) { delete gone; }};
}

}  // namespace gateway::http
