#include "gateway/base/nameless_file.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace gateway {
namespace {

constexpr std::uint64_t kReserve = 1 << 30;

}  // namespace

DiskRoom disk_room(int fd) {
  struct statvfs found {};
  if (::fstatvfs(fd, &found) != 0) return {UINT64_MAX, UINT64_MAX};  // writing will tell
  return {found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize};
}

bool leaves_reserve(const DiskRoom& room, std::uint64_t coming) {
  return room.free >= coming && room.free - coming >= std::min(kReserve, room.total / 20);
}

Error temporary_file_error(int system_error, const std::string& what) {
  const bool passing = system_error == ENOSPC || system_error == EDQUOT || system_error == EMFILE ||
                       system_error == ENFILE || system_error == ENOMEM;
  return fail(passing ? ErrorCode::StoreBusy : ErrorCode::StoreFailed, "a temporary file cannot be written",
              {}, what + ": " + std::strerror(system_error));
}

Result<std::shared_ptr<FileHandle>> make_nameless_file(const std::string& folder) {
  int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {  // a file system without O_TMPFILE: one whose name is gone at once
    std::string name = folder + "/nameless-XXXXXX";
    fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd < 0) return temporary_file_error(errno, folder);
    ::unlink(name.c_str());
  }
  return std::make_shared<FileHandle>(fd);
}

Result<void> write_at(const FileHandle& file, std::uint64_t offset, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(file.fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return temporary_file_error(done < 0 ? errno : ENOSPC, "write");
    offset += static_cast<std::uint64_t>(done);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

}  // namespace gateway
