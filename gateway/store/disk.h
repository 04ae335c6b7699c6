// The effects on disk that the blob store depends on for durability: a seam, so that tests can make them
// fail. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

namespace gateway::store {

class Disk {
 public:
  virtual ~Disk() = default;
  // Error: StoreFailed.
  virtual Result<void> sync_file(int fd) const;
  virtual Result<void> sync_folder(const std::string& path) const;
  static const Disk& real();
  static const Disk& without_sync();  // for tests and benchmarks
};

Result<void> make_folder(const std::string& path);
// Makes a folder and the parents that are missing; each new name is durable in its parent. Error:
// StoreFailed.
Result<void> make_folders_durably(const std::string& path, const Disk& disk);
// Writes all of the pieces at `offset`. Error: StoreFailed.
Result<void> write_at(int fd, std::uint64_t offset, std::span<const ByteSpan> pieces);
// Reads all of a source through one buffer. Error: that of the source or of `use`; TruncatedBody when it ends
// early.
Result<void> for_each_chunk(const ByteSource& source,
                            const std::function<Result<void>(std::uint64_t offset, ByteSpan chunk)>& use);

// A new file that this process holds a lock on, so that others see that its writer lives.
struct LockedFile {
  int fd = -1;
  std::string name;
};
// In `folder`, with a name ordered by time.
Result<LockedFile> create_locked_file(const std::string& folder, const Clock& clock);
// Removes the files in `folder` that nobody holds a lock on.
void remove_unlocked_files(const std::string& folder);

}  // namespace gateway::store
