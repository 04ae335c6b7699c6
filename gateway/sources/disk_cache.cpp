#include "gateway/sources/disk_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "gateway/base/ids.h"
#include "gateway/base/text.h"

namespace gateway::sources {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kBlock = 256 << 10;
constexpr std::size_t kMaxLengths = 200'000;
constexpr std::uint64_t kReserve = 1 << 30;
constexpr std::size_t kDigest = 64;

Error disk_error(int system_error) {
  const bool passing = system_error == ENOSPC || system_error == EDQUOT || system_error == EMFILE ||
                       system_error == ENFILE || system_error == ENOMEM;
  return fail(passing ? ErrorCode::Overloaded : ErrorCode::Internal, "an object of a source cannot be kept",
              {}, std::strerror(system_error));
}

std::string file_name(const std::string& digest, std::uint64_t length) {
  return digest.substr(0, 2) + "/" + digest + "-" + std::to_string(length);
}

// Only what a cache wrote is ever removed: the folder may be the wrong one.
bool is_own_name(std::string_view name) {
  const bool staged = name.starts_with("new-");
  const bool kept = name.size() > kDigest && name[kDigest] == '-' &&
                    name.substr(0, kDigest).find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return (staged || kept) && parse_number<std::uint64_t>(name.substr(staged ? 4 : kDigest + 1)).has_value();
}

// Another one after every start of the machine: what was not synced then may be anything.
std::string boot_id() {
  const auto file = FileHandle::open("/proc/sys/kernel/random/boot_id");
  std::string id(64, '\0');
  const ssize_t got = file.ok() ? ::read((*file)->fd(), id.data(), id.size()) : 0;
  id.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return std::string(split(id, '\n').front());
}

bool has_room(int fd, std::uint64_t coming) {
  struct statvfs found {};
  if (::fstatvfs(fd, &found) != 0) return true;  // writing will tell
  const std::uint64_t free = found.f_bavail * found.f_frsize, total = found.f_blocks * found.f_frsize;
  return free >= coming && free - coming >= std::min(kReserve, total / 20);
}

Result<void> copy(const ByteSource& object, int fd) {
  std::vector<std::byte> block(static_cast<std::size_t>(std::min<std::uint64_t>(object.size(), kBlock)));
  for (std::uint64_t at = 0; at < object.size();) {
    const std::size_t got = TRY(object.read_at(at, block));
    if (got == 0) return fail(ErrorCode::Internal, "the object ended while it was copied");
    for (std::size_t done = 0; done < got;) {
      const ssize_t n = ::pwrite(fd, block.data() + done, got - done, static_cast<off_t>(at + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return disk_error(errno);
      done += static_cast<std::size_t>(n);
    }
    at += got;
  }
  return {};
}

// The folder of this process: another one that runs at the same time has the first.
Result<int> lock_folder(std::string& folder) {
  for (int n = 0; n < 16; ++n) {
    const std::string mine = n == 0 ? folder : folder + "-" + std::to_string(n);
    std::error_code fault;
    fs::create_directories(mine, fault);
    const int fd = ::open((mine + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fault || fd < 0)
      return fail(ErrorCode::StoreFailed, "the folder of the cache cannot be used", {}, std::strerror(errno));
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
      folder = mine;
      return fd;
    }
    ::close(fd);
  }
  return fail(ErrorCode::StoreFailed, "too many gateways share one folder for their caches");
}

}  // namespace

Result<std::unique_ptr<DiskCache>> DiskCache::open(const std::string& folder, std::uint64_t limit_bytes) {
  std::string mine = folder;
  const int lock = TRY(lock_folder(mine));
  auto cache = std::unique_ptr<DiskCache>(new DiskCache(mine, limit_bytes, lock));
  cache->take_stock();
  return cache;
}

DiskCache::~DiskCache() { ::close(lock_); }

// Keeps what is whole and of this run of the machine, by time of last use.
void DiskCache::take_stock() {
  char before[64] = {};
  const ssize_t length = ::pread(lock_, before, sizeof before, 0);
  const std::string boot = boot_id();
  const bool same_boot =
      !boot.empty() && length > 0 && std::string_view(before, static_cast<std::size_t>(length)) == boot;
  std::vector<std::pair<std::int64_t, Kept>> found;
  std::error_code fault;
  for (fs::recursive_directory_iterator it(folder_, fault), end; !fault && it != end; it.increment(fault)) {
    std::error_code ignored;
    const std::string name = it->path().filename().string();
    if (!it->is_regular_file(ignored) || !is_own_name(name)) continue;
    const auto status = file_status(it->path().string());
    const auto stated = name.size() > kDigest && name[kDigest] == '-'
                            ? parse_number<std::uint64_t>(std::string_view(name).substr(kDigest + 1))
                            : std::nullopt;
    if (same_boot && status.ok() && stated && *stated == status->size)
      found.push_back({status->modified_us, {file_name(name.substr(0, kDigest), *stated), *stated}});
    else
      fs::remove(it->path(), ignored);
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [time, kept] : found) {
    bytes_ += kept.length;
    const std::string digest = kept.name.substr(3, kDigest);
    lengths_[digest] = kept.length;
    kept_[digest] = order_.insert(order_.end(), std::move(kept));
  }
  make_room(0);
  if (::ftruncate(lock_, 0) == 0 && ::pwrite(lock_, boot.data(), boot.size(), 0) < 0)
    return;  // then it starts empty
}

std::optional<model::BlobView> DiskCache::find(const std::string& key) {
  const std::string digest = sha256_hex(key);
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(digest);
  if (found == kept_.end()) {
    ++misses_;
    return std::nullopt;
  }
  const Kept kept = *found->second;
  auto file = FileHandle::open(path(kept.name));
  const auto status = file.ok() ? (*file)->status() : Result<FileStatus>(file.error());
  if (!status.ok() || status->size != kept.length) {
    const bool short_of_descriptors = !status.ok() && status.error().code == ErrorCode::StoreBusy;
    if (!short_of_descriptors) forget(found->second);
    ++misses_;
    return std::nullopt;
  }
  ++hits_;
  order_.splice(order_.begin(), order_, found->second);
  ::futimens((*file)->fd(), nullptr);  // the order survives a restart; when this fails, only that is lost
  return model::BlobView{std::move(*file), 0, kept.length};
}

Result<model::BlobView> DiskCache::put(const std::string& key, const ByteSource& object) {
  const std::string digest = sha256_hex(key);
  const std::uint64_t length = object.size();
  const bool keep = length <= limit_;
  std::string staged;
  {
    const std::lock_guard lock(mutex_);
    staged = path("new-" + std::to_string(++names_));
    if (lengths_.size() >= kMaxLengths) lengths_.clear();
    lengths_[digest] = length;
    if (keep) make_room(length);
  }
  const int fd = ::open(staged.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return disk_error(errno);
  auto file = std::make_shared<FileHandle>(fd);
  const bool room = has_room(fd, length);
  auto copied = room ? copy(object, fd) : Result<void>(disk_error(ENOSPC));
  if (!copied.ok() || !keep) ::unlink(staged.c_str());
  TRY(std::move(copied));
  const model::BlobView view{file, 0, length};
  if (!keep) return view;
  const std::lock_guard lock(mutex_);
  if (const auto known = kept_.find(digest); known != kept_.end()) forget(known->second);
  make_room(length);
  const std::string name = file_name(digest, length);
  std::error_code ignored;
  fs::create_directory(path(digest.substr(0, 2)), ignored);
  if (::rename(staged.c_str(), path(name).c_str()) != 0) {
    ::unlink(staged.c_str());
    return view;
  }
  bytes_ += length;
  kept_[digest] = order_.insert(order_.begin(), Kept{name, length});
  return view;
}

void DiskCache::make_room(std::uint64_t coming) {
  while (!order_.empty() && bytes_ + coming > limit_) {
    forget(std::prev(order_.end()));
    ++dropped_;
  }
}

void DiskCache::forget(Order::iterator kept) {
  ::unlink(path(kept->name).c_str());
  bytes_ -= kept->length;
  kept_.erase(kept->name.substr(3, kDigest));
  order_.erase(kept);
}

void DiskCache::drop(const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (const auto found = kept_.find(sha256_hex(key)); found != kept_.end()) forget(found->second);
}

bool DiskCache::contains(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  return kept_.contains(sha256_hex(key));
}

std::optional<std::uint64_t> DiskCache::length(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = lengths_.find(sha256_hex(key));
  return found == lengths_.end() ? std::nullopt : std::optional(found->second);
}

CacheView DiskCache::view() const {
  const std::lock_guard lock(mutex_);
  return {bytes_, limit_, order_.size(), hits_, misses_, dropped_};
}

}  // namespace gateway::sources
