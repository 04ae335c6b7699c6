#include "gateway/base/bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gateway {
namespace {

ErrorCode code_of(int system_error) {
  switch (system_error) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::NotFound;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return ErrorCode::StoreBusy;
    default:
      return ErrorCode::Internal;
  }
}

Error io_error(const char* what, const std::string& path) {
  const int system_error = errno;
  return fail(code_of(system_error), what, {}, path + ": " + std::strerror(system_error));
}

FileStatus status_of(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_size),
          static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000 + status.st_mtim.tv_nsec / 1000,
          S_ISREG(status.st_mode)};
}

}  // namespace

Result<std::size_t> MemorySource::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= bytes_.size()) return std::size_t{0};
  const std::size_t count = std::min<std::size_t>(into.size(), bytes_.size() - offset);
  std::memcpy(into.data(), bytes_.data() + offset, count);
  return count;
}

Result<std::shared_ptr<const FileHandle>> FileHandle::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_error("cannot open the file", path);
  return std::shared_ptr<const FileHandle>(std::make_shared<FileHandle>(fd));
}

FileHandle::~FileHandle() {
  if (fd_ >= 0) ::close(fd_);
}

Result<FileStatus> FileHandle::status() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) return io_error("cannot inspect the file", {});
  return status_of(status);
}

Result<FileStatus> file_status(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return io_error("cannot inspect the file", path);
  return status_of(status);
}

Result<FileSource> FileSource::open(const std::string& path) {
  auto file = TRY(FileHandle::open(path));
  const FileStatus status = TRY(file->status());
  if (!status.regular) return fail(ErrorCode::InvalidParameter, "not a regular file", {}, path);
  return FileSource(std::move(file), status.size);
}

Result<std::size_t> FileSource::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t got =
        ::pread(file_->fd(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("cannot read the file", {});
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Result<std::size_t> SliceSource::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= length_) return std::size_t{0};
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), length_ - offset));
  return whole_.read_at(offset_ + offset, into.first(count));
}

ByteSpan SliceSource::contiguous() const {
  const ByteSpan whole = whole_.contiguous();
  if (offset_ + length_ > whole.size()) return {};
  return whole.subspan(offset_, length_);
}

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  const FileSource file = TRY(FileSource::open(path));
  if (file.size() > limit)
    return fail(ErrorCode::BodyTooLarge, "the file is larger than allowed here", {}, path);
  std::string text(file.size(), '\0');
  const std::size_t got = TRY(file.read_at(0, std::as_writable_bytes(std::span(text))));
  text.resize(got);
  return text;
}

}  // namespace gateway
