#include "gateway/store/adopted_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "gateway/base/ids.h"

namespace gateway::store {
namespace {

constexpr std::uint64_t kLeastHole = 64 << 10;  // smaller gaps are not worth the call

void punch(int fd, std::uint64_t from, std::uint64_t to) {
  if (to < from || to - from < kLeastHole) return;
  ::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
              static_cast<off_t>(to - from));
}

// A file system that cannot do so keeps the bytes: they cost room, no more.
void give_back_rest(const FileHandle& file, std::vector<std::pair<std::uint64_t, std::uint64_t>> kept) {
  const auto status = file.status();
  if (!status) return;
  std::sort(kept.begin(), kept.end());
  std::uint64_t at = 0;
  for (const auto& [from, to] : kept) {
    punch(file.fd(), at, from);
    at = std::max(at, to);
  }
  punch(file.fd(), at, status->size);
}

}  // namespace

AdoptedFiles::~AdoptedFiles() { settle(); }

// Under the lock. What becomes of files that nobody else holds any more.
void AdoptedFiles::settle() {
  std::erase_if(files_, [this](const std::shared_ptr<File>& file) {
    if (file->state == State::Placing || !file->given.expired()) return false;
    if (file->state == State::Staged)  // its batch was given up
      ::unlink((folder_ + "/staging/" + file->name).c_str());
    else
      give_back_rest(*file->own, std::move(file->kept));
    return true;
  });
}

std::shared_ptr<AdoptedFiles::File> AdoptedFiles::take(const std::shared_ptr<const FileHandle>& given) {
  struct stat status {};
  if (::fstat(given->fd(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 0) return nullptr;
  if (static_cast<std::uint64_t>(status.st_size) < at_least_) return nullptr;
  const int fd = ::fcntl(given->fd(), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return nullptr;
  auto file = std::make_shared<File>();
  file->given = given;
  file->own = std::make_shared<FileHandle>(fd);
  file->name = make_uuid7(clock_.utc_us());
  std::erase(file->name, '-');
  const std::string open_file = "/proc/self/fd/" + std::to_string(fd);
  const std::string staged = folder_ + "/staging/" + file->name;
  const bool linked = ::flock(fd, LOCK_EX | LOCK_NB) == 0 &&
                      ::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, staged.c_str(), AT_SYMLINK_FOLLOW) == 0;
  if (!linked) return nullptr;
  files_.push_back(file);
  return file;
}

std::optional<std::string> AdoptedFiles::keep(const model::BlobView& range) {
  const std::lock_guard lock(mutex_);
  settle();
  const auto known = std::find_if(files_.begin(), files_.end(),
                                  [&](const auto& file) { return file->given.lock() == range.file; });
  const std::shared_ptr<File> file = known == files_.end() ? take(range.file) : *known;
  if (!file) return std::nullopt;
  file->kept.emplace_back(range.offset, range.offset + range.length);
  return file->name;
}

std::shared_ptr<const FileHandle> AdoptedFiles::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  for (const auto& file : files_)
    if (file->name == name) return file->own;
  return nullptr;
}

Result<void> AdoptedFiles::place(const Disk& disk) {
  std::vector<std::shared_ptr<File>> placing;
  {
    const std::lock_guard lock(mutex_);
    settle();
    for (const auto& file : files_) {
      if (file->state != State::Staged) continue;
      file->state = State::Placing;
      placing.push_back(file);
    }
  }
  if (placing.empty()) return {};
  for (const auto& file : placing) {
    TRY(disk.sync_file(file->own->fd()));
    const std::string from = folder_ + "/staging/" + file->name, to = folder_ + "/segments/" + file->name;
    if (::rename(from.c_str(), to.c_str()) != 0)
      return fail(ErrorCode::StoreFailed, "a blob cannot be moved to its place", {}, std::strerror(errno));
  }
  TRY(disk.sync_folder(folder_ + "/segments"));
  const std::lock_guard lock(mutex_);
  for (const auto& file : placing) file->state = State::Placed;
  return {};
}

}  // namespace gateway::store
