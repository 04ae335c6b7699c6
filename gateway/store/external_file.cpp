#include "gateway/store/external_file.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

namespace gateway::store {
namespace {

bool matches(const Result<FileStatus>& status, const model::BlobRef& external) {
  return status.ok() && status->regular && status->size >= external.offset + external.length &&
         (external.offset != 0 || status->size == external.length) &&
         status->modified_us == external.modified_us;
}

}  // namespace

std::int64_t external_key(const std::string& path) {
  return static_cast<std::int64_t>(stable_hash(as_bytes(path)));
}

bool is_unchanged(const model::BlobRef& external) { return matches(file_status(external.name), external); }

Result<std::shared_ptr<const FileHandle>> open_external(const model::BlobRef& external) {
  // Without O_NONBLOCK a pipe put in the place of the file would hang us.
  const int fd = ::open(external.name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    const int system_error = errno;
    const std::string why = std::strerror(system_error);
    if (system_error == EMFILE || system_error == ENFILE || system_error == ENOMEM)
      return fail(ErrorCode::StoreBusy, "no file can be opened at the moment", {}, why);
    return fail(ErrorCode::Gone, "the file that held the object cannot be opened any more", {},
                external.name + ": " + why);
  }
  auto file = std::make_shared<FileHandle>(fd);
  if (!matches(file->status(), external))
    return fail(ErrorCode::Gone, "the file that held the object has changed since it was indexed", {},
                external.name);
  return std::shared_ptr<const FileHandle>(std::move(file));
}

}  // namespace gateway::store
