#include "gateway/dicomweb/spool_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gateway::dicomweb {
namespace {

Error no_room(const char* what) {
  return fail(ErrorCode::Overloaded, "there is no room for an answer of this size", {},
              std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

Result<std::shared_ptr<SpoolFile>> SpoolFile::make(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return no_room("open");
  return std::shared_ptr<SpoolFile>(new SpoolFile(std::make_shared<FileHandle>(fd)));
}

Result<void> SpoolFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_->fd(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return no_room("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += static_cast<std::uint64_t>(written);
  }
  return {};
}

}  // namespace gateway::dicomweb
