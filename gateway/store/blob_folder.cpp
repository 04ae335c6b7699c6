#include "gateway/store/blob_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/store/blob_ref.h"
#include "gateway/store/external_file.h"

namespace gateway::store {
namespace {

using model::BlobRef;
using model::BlobView;

std::uint64_t total_size(std::span<const ByteSpan> pieces) {
  std::uint64_t size = 0;
  for (const ByteSpan piece : pieces) size += piece.size();
  return size;
}

std::string large_folder(const std::string& name) {
  return "/large/" + name.substr(0, 2) + "/" + name.substr(2, 2);
}

// What was acknowledged and is not there any more is damage, not an unknown name: whoever runs the store must
// hear of it.
Error lost(const BlobRef& ref, std::string_view why) {
  log::error("stored blob lost", {{"blob", ref.name}, {"offset", ref.offset}, {"why", why}});
  return fail(ErrorCode::StoreFailed, "the store lost the content of an object", {},
              ref.name + ": " + std::string(why));
}

}  // namespace

BlobFolder::Segment::~Segment() {
  if (fd >= 0) ::close(fd);
}

Result<std::unique_ptr<BlobFolder>> BlobFolder::open(const std::string& folder, const Disk& disk,
                                                     const Clock& clock, const BlobLimits& limits) {
  TRY(make_folder(folder));
  for (const char* part : {"/segments", "/large", "/staging"}) TRY(make_folder(folder + part));
  TRY(disk.sync_folder(folder));
  remove_unlocked_files(folder + "/staging");
  return std::unique_ptr<BlobFolder>(new BlobFolder(folder, disk, clock, limits));
}

Error BlobFolder::broken() const {
  return fail(ErrorCode::StoreFailed,
              "the disk lost data of this store: it takes nothing more until a restart");
}

Result<std::shared_ptr<BlobFolder::Segment>> BlobFolder::new_segment() {
  auto segment = std::make_shared<Segment>();
  LockedFile file = TRY(create_locked_file(folder_ + "/segments", clock_));
  segment->fd = file.fd;
  segment->name = std::move(file.name);
  TRY(disk_.sync_folder(folder_ + "/segments"));
  return segment;
}

Result<BlobFolder::Place> BlobFolder::reserve(std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  if (broken_) return broken();
  if (!current_ || current_->size >= limits_.segment_bytes) current_ = TRY(new_segment());
  Place place{current_, current_->size};
  current_->size += length;
  return place;
}

void BlobFolder::written(const Place& place, std::uint64_t length) {
  const std::lock_guard lock(mutex_);
  if (!place.segment->dirty) dirty_.push_back(place.segment);
  place.segment->dirty = true;
  ++writes_;
  if (unsafe_bytes_ + length > limits_.log_bytes) {
    uncovered_ = writes_;
    return;
  }
  unsafe_.push_back({place, length, writes_});
  unsafe_bytes_ += length;
}

// Under the lock: what was written up to `write` is durable now, in its segment or in the log.
void BlobFolder::made_safe(std::uint64_t write) {
  std::erase_if(unsafe_, [write](const Range& range) { return range.write <= write; });
  unsafe_bytes_ = 0;
  for (const Range& range : unsafe_) unsafe_bytes_ += range.length;
}

Result<BlobRef> BlobFolder::append(std::span<const ByteSpan> pieces) {
  const std::uint64_t length = total_size(pieces);
  if (length > limits_.large_bytes) {
    Sha256Digest digest;
    const auto write = [&](int fd, Sha256& hash) -> Result<void> {
      for (const ByteSpan piece : pieces) hash.update(piece);
      return write_at(fd, 0, pieces);
    };
    return store_large(write, length, digest);
  }
  const Place place = TRY(reserve(length));
  TRY(write_at(place.segment->fd, place.offset, pieces));
  written(place, length);
  return BlobRef{BlobRef::Kind::Segment, place.segment->name, place.offset, length, 0};
}

Result<BlobRef> BlobFolder::import(const ByteSource& source, Sha256Digest& digest) {
  const auto copy_to = [&](int fd, std::uint64_t base, Sha256& hash) -> Result<void> {
    return for_each_chunk(source, [&](std::uint64_t offset, ByteSpan chunk) -> Result<void> {
      hash.update(chunk);
      return write_at(fd, base + offset, std::array{chunk});
    });
  };
  if (source.size() > limits_.large_bytes)
    return store_large([&](int fd, Sha256& hash) { return copy_to(fd, 0, hash); }, source.size(), digest);
  const Place place = TRY(reserve(source.size()));
  Sha256 hash;
  TRY(copy_to(place.segment->fd, place.offset, hash));
  digest = hash.finish();
  written(place, source.size());
  return BlobRef{BlobRef::Kind::Segment, place.segment->name, place.offset, source.size(), 0};
}

Result<BlobRef> BlobFolder::store_large(const std::function<Result<void>(int, Sha256&)>& write,
                                        std::uint64_t length, Sha256Digest& digest) {
  const LockedFile staged = TRY(create_locked_file(folder_ + "/staging", clock_));
  const FileHandle closes(staged.fd);
  const std::string staged_path = folder_ + "/staging/" + staged.name;
  Sha256 hash;
  auto done = write(staged.fd, hash);
  if (done.ok()) done = disk_.sync_file(staged.fd);
  if (!done.ok()) {
    ::unlink(staged_path.c_str());
    return std::move(done).error();
  }
  digest = hash.finish();
  const std::string name = hex(as_text(digest));
  const std::string folder = folder_ + large_folder(name);
  const std::string upper = folder.substr(0, folder.size() - 3);
  TRY(make_folder(upper));
  TRY(make_folder(folder));
  // The same content may be there already; replacing it by itself is harmless, and it is synced in any case.
  if (::rename(staged_path.c_str(), (folder + "/" + name).c_str()) != 0)
    return fail(ErrorCode::StoreFailed, "a blob cannot be moved to its place", {}, std::strerror(errno));
  for (const std::string& path : {folder, upper, folder_ + "/large"}) TRY(disk_.sync_folder(path));
  return BlobRef{BlobRef::Kind::File, name, 0, length, 0};
}

Result<std::optional<BlobRef>> BlobFolder::adopt(const BlobView& range, Sha256Digest& digest) {
  const auto name = adopted_.keep(range);
  if (!name) return std::optional<BlobRef>();
  const FileSource file(range.file, range.offset + range.length);
  Sha256 hash;
  TRY(for_each_chunk(SliceSource(file, range.offset, range.length),
                     [&hash](std::uint64_t, ByteSpan chunk) -> Result<void> {
                       hash.update(chunk);
                       return {};
                     }));
  digest = hash.finish();
  const std::lock_guard lock(mutex_);
  if (broken_) return broken();
  uncovered_ = ++writes_;
  return std::optional(BlobRef{BlobRef::Kind::Segment, *name, range.offset, range.length, 0});
}

// Group commit: whoever finds no sync under way syncs for all that was written until then.
Result<void> BlobFolder::sync() {
  std::unique_lock lock(mutex_);
  const std::uint64_t wanted = writes_;
  while (!broken_ && synced_ < wanted) {
    if (syncing_) {
      synced_moved_.wait(lock);
      continue;
    }
    syncing_ = true;
    const std::uint64_t target = writes_;
    const auto segments = std::exchange(dirty_, {});
    for (const auto& segment : segments) segment->dirty = false;
    lock.unlock();
    auto done = sync_segments(segments);
    lock.lock();
    syncing_ = false;
    broken_ = broken_ || !done.ok();
    if (done.ok()) {
      synced_ = target;
      made_safe(target);
    }
    synced_moved_.notify_all();
    if (!done.ok()) {
      log::error("blob store sync failed", {{"detail", done.error().detail}});
      return std::move(done).error();
    }
  }
  if (broken_) return broken();
  return {};
}

Result<void> BlobFolder::sync_by_commit() {
  {
    const std::lock_guard lock(mutex_);
    if (broken_) return broken();
    if (uncovered_ <= synced_) return {};
  }
  return sync();
}

Result<LogPlan> BlobFolder::plan_log() {
  std::unique_lock lock(mutex_);
  if (broken_) return broken();
  if (logged_bytes_ >= limits_.log_total) {
    lock.unlock();
    TRY(sync());
    lock.lock();
  }
  LogPlan plan;
  if (!logged_.empty() && synced_ >= logged_write_) plan.forget = logged_;
  const std::vector<Range> ranges = unsafe_;
  lock.unlock();
  for (const Range& range : ranges) {
    std::string bytes = TRY(written_bytes(range));
    LoggedBytes* last = plan.add.empty() ? nullptr : &plan.add.back();
    if (last && last->segment == range.place.segment->name &&
        last->offset + last->bytes.size() == range.place.offset)
      last->bytes += bytes;
    else
      plan.add.push_back({range.place.segment->name, range.place.offset, std::move(bytes)});
    plan.writes = range.write;
  }
  return plan;
}

// From the page cache, a moment after they were written.
Result<std::string> BlobFolder::written_bytes(const Range& range) const {
  std::string bytes(range.length, '\0');
  const auto got =
      ::pread(range.place.segment->fd, bytes.data(), bytes.size(), static_cast<off_t>(range.place.offset));
  if (got == static_cast<ssize_t>(bytes.size())) return bytes;
  return fail(ErrorCode::StoreFailed, "a blob cannot be read back", {}, range.place.segment->name);
}

void BlobFolder::logged(const LogPlan& plan) {
  const std::lock_guard lock(mutex_);
  if (!plan.forget.empty()) {
    logged_.clear();
    logged_bytes_ = 0;
  }
  for (const LoggedBytes& added : plan.add) {
    if (std::find(logged_.begin(), logged_.end(), added.segment) == logged_.end())
      logged_.push_back(added.segment);
    logged_bytes_ += added.bytes.size();
  }
  if (plan.add.empty()) return;
  logged_write_ = plan.writes;
  made_safe(plan.writes);
}

Result<void> BlobFolder::sync_segments(const std::vector<std::shared_ptr<Segment>>& segments) {
  try {
    for (const auto& segment : segments) TRY(disk_.sync_file(segment->fd));
    return adopted_.place(disk_);
  } catch (const std::exception&) {  // of memory: those who wait for this sync must hear of it
    return Error{ErrorCode::StoreFailed, "sync failed", {}, {}};
  }
}

Result<std::shared_ptr<const FileHandle>> BlobFolder::segment_file(const std::string& name) const {
  const std::lock_guard lock(cache_mutex_);
  if (const auto found = cached_.find(name); found != cached_.end()) {
    cache_.splice(cache_.begin(), cache_, found->second);
    return found->second->second;
  }
  if (auto adopted = adopted_.find(name)) return adopted;  // it may have no place yet
  auto file = TRY(FileHandle::open(folder_ + "/segments/" + name));
  cache_.emplace_front(name, file);
  cached_[name] = cache_.begin();
  if (cache_.size() > limits_.open_segments) {
    cached_.erase(cache_.back().first);
    cache_.pop_back();
  }
  return file;
}

Result<BlobView> BlobFolder::open(const BlobRef& ref) const {
  if (ref.kind == BlobRef::Kind::External) return BlobView{TRY(open_external(ref)), ref.offset, ref.length};
  if (ref.kind == BlobRef::Kind::None) return fail(ErrorCode::NotFound, "there is no such content");
  if (!is_blob_name(ref.name)) return lost(ref, "no name of a blob");
  auto file = ref.kind == BlobRef::Kind::Segment
                  ? segment_file(ref.name)
                  : FileHandle::open(folder_ + large_folder(ref.name) + "/" + ref.name);
  if (!file.ok() && file.error().code == ErrorCode::StoreBusy) return std::move(file).error();
  if (!file.ok()) return lost(ref, file.error().detail);
  const FileStatus status = TRY((*file)->status());
  if (ref.offset > status.size || ref.length > status.size - ref.offset)
    return lost(ref, "the file is too short");
  return BlobView{std::move(*file), ref.offset, ref.length};
}

Result<std::string> BlobFolder::read(const BlobRef& ref) const {
  const BlobView view = TRY(open(ref));
  std::string text(view.length, '\0');
  const FileSource source(view.file, view.offset + view.length);
  const std::size_t got = TRY(source.read_at(view.offset, std::as_writable_bytes(std::span(text))));
  if (got == text.size()) return text;
  if (ref.kind != BlobRef::Kind::External) return lost(ref, "the file is too short");
  return fail(ErrorCode::Gone, "the file that held the object was cut short", {}, ref.name);
}

}  // namespace gateway::store
