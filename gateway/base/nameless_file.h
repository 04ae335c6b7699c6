// Files without a name, for what is too large for memory: they are gone with their last descriptor, whatever
// ends the process. Functions are thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/base/bytes.h"

namespace gateway {

// What a failed system call on such a file means: StoreBusy when disk, descriptors or memory may come back,
// else StoreFailed. The reason and `what` are in the detail only.
Error temporary_file_error(int system_error, const std::string& what);

// A new one on the file system of `folder`. Errors: as above.
Result<std::shared_ptr<FileHandle>> make_nameless_file(const std::string& folder);

// Bytes of the file system on which a file lies.
struct DiskRoom {
  std::uint64_t free = 0;
  std::uint64_t total = 0;
};
DiskRoom disk_room(int fd);
// Whether 1 GiB stays free for the store, or 5 % where the disk is small, when `coming` more bytes are
// written.
bool leaves_reserve(const DiskRoom& room, std::uint64_t coming);

// Writes all of `bytes` at `offset`. Errors: as above.
Result<void> write_at(const FileHandle& file, std::uint64_t offset, ByteSpan bytes);

}  // namespace gateway
