// The blob store in a folder: small blobs in append-only segments, large ones in files of their own named by
// SHA-256.
//
//   blobs/segments/<time>-<random>        written by one process only, up to 1 GiB, then a new one; or the
//                                         spool file of a request (adopted_files.h)
//   blobs/large/ab/cd/<sha256>            written under staging/, synced, renamed
//   blobs/staging/<time>-<random>         swept at open when its writer is dead (it held a lock on it)
//
// Small blobs become durable with the transaction that indexes them, through the blob log (blob_log.h); what
// is too much for it, by a sync of the segment before.
//
// Thread-safe; several processes may share the folder. After a failed fsync the kernel may have dropped what
// was written, and nobody can say what: from then on append, import and sync fail until the store is opened
// again.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/model/ports.h"
#include "gateway/store/adopted_files.h"
#include "gateway/store/blob_log.h"
#include "gateway/store/disk.h"

namespace gateway::store {

struct BlobLimits {
  std::uint64_t segment_bytes = 1u << 30;  // a segment that has reached this is left
  std::uint64_t large_bytes = 8u << 20;    // larger blobs get files of their own
  std::size_t open_segments = 64;          // descriptors kept for reading
  std::uint64_t adopt_bytes = 1u << 20;    // smaller files are not taken over
  std::uint64_t log_bytes = 256u << 10;  // together with one transaction, else the segment is synced; 0: none
  std::uint64_t log_total = 4u << 20;    // in the log before its segments are synced
};

class BlobFolder final : public model::BlobStore {
 public:
  static Result<std::unique_ptr<BlobFolder>> open(const std::string& folder, const Disk& disk,
                                                  const Clock& clock, const BlobLimits& limits = {});
  Result<model::BlobRef> append(std::span<const ByteSpan> pieces) override;
  Result<model::BlobRef> import(const ByteSource& source, Sha256Digest& digest) override;
  Result<std::optional<model::BlobRef>> adopt(const model::BlobView& range, Sha256Digest& digest) override;
  Result<void> sync() override;
  Result<void> sync_by_commit() override;
  Result<model::BlobView> open(const model::BlobRef& ref) const override;
  Result<std::string> read(const model::BlobRef& ref) const override;

  // For the index, one transaction at a time: what it has to write to the log before it commits; and that it
  // has committed. Error: StoreFailed.
  Result<LogPlan> plan_log();
  void logged(const LogPlan& plan);

 private:
  struct Segment {
    std::string name;
    int fd = -1;
    std::uint64_t size = 0;
    bool dirty = false;
    ~Segment();
  };
  // A range of a segment that only the caller writes to.
  struct Place {
    std::shared_ptr<Segment> segment;
    std::uint64_t offset = 0;
  };
  struct Range {
    Place place;
    std::uint64_t length = 0;
    std::uint64_t write = 0;  // its number
  };
  using FileCache = std::list<std::pair<std::string, std::shared_ptr<const FileHandle>>>;

  BlobFolder(std::string folder, const Disk& disk, const Clock& clock, const BlobLimits& limits)
      : folder_(std::move(folder)),
        disk_(disk),
        clock_(clock),
        limits_(limits),
        adopted_(folder_, clock, limits.adopt_bytes) {}
  Result<Place> reserve(std::uint64_t length);
  Result<std::shared_ptr<Segment>> new_segment();
  void written(const Place& place, std::uint64_t length);
  void made_safe(std::uint64_t write);
  Result<std::string> written_bytes(const Range& range) const;
  Result<void> sync_segments(const std::vector<std::shared_ptr<Segment>>& segments);
  Result<model::BlobRef> store_large(const std::function<Result<void>(int fd, Sha256& hash)>& write,
                                     std::uint64_t length, Sha256Digest& digest);
  Result<std::shared_ptr<const FileHandle>> segment_file(const std::string& name) const;
  Error broken() const;

  const std::string folder_;
  const Disk& disk_;
  const Clock& clock_;
  const BlobLimits limits_;
  AdoptedFiles adopted_;

  std::mutex mutex_;
  std::condition_variable synced_moved_;
  std::shared_ptr<Segment> current_;
  std::vector<std::shared_ptr<Segment>> dirty_;
  std::uint64_t writes_ = 0;     // completed
  std::uint64_t synced_ = 0;     // of which durable
  std::uint64_t uncovered_ = 0;  // the last one that only a sync makes durable
  std::vector<Range> unsafe_;    // the others that are neither synced nor logged
  std::uint64_t unsafe_bytes_ = 0;
  std::vector<std::string> logged_;  // segments with rows in the log
  std::uint64_t logged_bytes_ = 0, logged_write_ = 0;
  bool syncing_ = false;
  bool broken_ = false;

  mutable std::mutex cache_mutex_;
  mutable FileCache cache_;  // most recently used first
  mutable std::unordered_map<std::string, FileCache::iterator> cached_;
};

}  // namespace gateway::store
