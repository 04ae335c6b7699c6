#include "gateway/dimse/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <cstdlib>

namespace gateway::dimse {
namespace {

constexpr std::size_t kBlock = 256 << 10;

Error no_room() {
  return fail(ErrorCode::StoreBusy, "there is no room for the object while it arrives", {},
              ::strerror(errno));
}

Result<int> open_nameless(const std::string& folder) {
  const char* temporary = ::getenv("TMPDIR");
  std::string path = !folder.empty() ? folder : temporary && *temporary ? temporary : "/tmp";
  const int fd = ::open(path.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  path += "/dimse-XXXXXX";  // file systems without O_TMPFILE
  const int named = ::mkostemp(path.data(), O_CLOEXEC);
  if (named < 0) return no_room();
  ::unlink(path.c_str());
  return named;
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
  if (!file_) file_ = std::make_shared<const FileHandle>(TRY(open_nameless(limits_.spool_folder)));
  for (std::size_t at = 0; at < memory_.size();) {
    const ssize_t wrote =
        ::pwrite(file_->fd(), memory_.data() + at, memory_.size() - at, static_cast<off_t>(written_));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return no_room();
    at += static_cast<std::size_t>(wrote);
    written_ += static_cast<std::uint64_t>(wrote);
  }
  memory_.clear();
  return {};
}

Result<std::shared_ptr<const ByteSource>> Spool::finish() {
  if (!file_) return std::shared_ptr<const ByteSource>(std::make_shared<OwnedSource>(std::move(memory_)));
  TRY_VOID(write_out());
  return std::shared_ptr<const ByteSource>(std::make_shared<FileSource>(file_, written_));
}

}  // namespace gateway::dimse
