#include "gateway/store/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "gateway/base/ids.h"

namespace gateway::store {
namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr std::size_t kMaxPieces = 64;  // in one system call

Error disk_error(std::string what, const std::string& path = {}) {
  const std::string why = std::strerror(errno);
  if (errno == ENOSPC || errno == EDQUOT) what += ": no space is left";
  return fail(ErrorCode::StoreFailed, std::move(what), {}, path + ": " + why);
}

class NoSync final : public Disk {
 public:
  Result<void> sync_file(int) const override { return {}; }
  Result<void> sync_folder(const std::string&) const override { return {}; }
};

// Drops `done` bytes from the front.
void drop_front(std::span<iovec>& parts, std::size_t done) {
  while (!parts.empty() && done >= parts.front().iov_len) {
    done -= parts.front().iov_len;
    parts = parts.subspan(1);
  }
  if (parts.empty()) return;
  parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + done;
  parts.front().iov_len -= done;
}

}  // namespace

Result<void> Disk::sync_file(int fd) const {
  if (::fdatasync(fd) != 0) return disk_error("a blob cannot be made durable");
  return {};
}

Result<void> Disk::sync_folder(const std::string& path) const {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return disk_error("a folder of the store cannot be opened", path);
  const FileHandle closes(fd);
  if (::fsync(fd) != 0) return disk_error("a folder of the store cannot be made durable", path);
  return {};
}

const Disk& Disk::real() {
  static const Disk disk;
  return disk;
}

const Disk& Disk::without_sync() {
  static const NoSync disk;
  return disk;
}

Result<void> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return disk_error("a folder of the store cannot be made", path);
  return {};
}

Result<void> make_folders_durably(const std::string& path, const Disk& disk) {
  struct stat status {};
  if (path.empty() || (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))) return {};
  const std::size_t end = path.find_last_not_of('/');
  const std::size_t slash = path.rfind('/', end);
  const std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  TRY(make_folders_durably(parent, disk));
  TRY(make_folder(path));
  return disk.sync_folder(parent);
}

Result<void> write_at(int fd, std::uint64_t offset, std::span<const ByteSpan> pieces) {
  std::array<iovec, kMaxPieces> buffer;
  while (!pieces.empty()) {
    const std::size_t count = std::min(pieces.size(), kMaxPieces);
    for (std::size_t i = 0; i < count; ++i)
      buffer[i] = {const_cast<std::byte*>(pieces[i].data()), pieces[i].size()};
    pieces = pieces.subspan(count);
    std::span<iovec> parts(buffer.data(), count);
    drop_front(parts, 0);  // skips empty pieces
    while (!parts.empty()) {
      const ssize_t done =
          ::pwritev(fd, parts.data(), static_cast<int>(parts.size()), static_cast<off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return disk_error("a blob cannot be written");
      offset += static_cast<std::uint64_t>(done);
      drop_front(parts, static_cast<std::size_t>(done));
    }
  }
  return {};
}

Result<void> for_each_chunk(const ByteSource& source,
                            const std::function<Result<void>(std::uint64_t, ByteSpan)>& use) {
  if (const ByteSpan whole = source.contiguous(); whole.size() == source.size()) return use(0, whole);
  std::vector<std::byte> buffer(
      static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, source.size())));
  for (std::uint64_t offset = 0; offset < source.size();) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), source.size() - offset));
    const std::size_t got = TRY(source.read_at(offset, std::span(buffer).first(wanted)));
    if (got == 0) return fail(ErrorCode::TruncatedBody, "the object ended while it was read");
    TRY(use(offset, ByteSpan(buffer).first(got)));
    offset += got;
  }
  return {};
}

Result<LockedFile> create_locked_file(const std::string& folder, const Clock& clock) {
  // A sweeper may see the file before it is locked and remove it: then another name is tried.
  for (int attempt = 0; attempt < 100; ++attempt) {
    LockedFile file;
    file.name = make_uuid7(clock.utc_us());
    std::erase(file.name, '-');
    const std::string path = folder + "/" + file.name;
    file.fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file.fd < 0 && errno == EEXIST) continue;
    if (file.fd < 0) return disk_error("a file of the store cannot be made", path);
    struct stat status {};
    if (::flock(file.fd, LOCK_EX | LOCK_NB) == 0 && ::fstat(file.fd, &status) == 0 && status.st_nlink > 0)
      return file;
    ::close(file.fd);
  }
  return fail(ErrorCode::StoreFailed, "no file of the store can be locked", {}, folder);
}

void remove_unlocked_files(const std::string& folder) {
  DIR* const listing = ::opendir(folder.c_str());
  if (!listing) return;
  while (const dirent* const entry = ::readdir(listing)) {
    if (entry->d_name[0] == '.') continue;
    const std::string path = folder + "/" + entry->d_name;
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) continue;
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) ::unlink(path.c_str());
    ::close(fd);
  }
  ::closedir(listing);
}

}  // namespace gateway::store
