// DiskCache: objects of other systems, kept in files up to a size; those that were not read for the longest
// time go first.
//
//   cache/<first two digits>/<sha256 of the key>-<length>
//
// Open descriptors stay valid when a file is dropped. What is there survives a restart of the gateway;
// nothing is synced, so after a restart of the machine the cache begins empty. Thread-safe; the folder
// belongs to one process, and a second one starts with a cache of its own beside it.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "gateway/base/bytes.h"
#include "gateway/model/ports.h"

namespace gateway::sources {

struct CacheView {
  std::uint64_t bytes = 0, limit = 0, objects = 0, hits = 0, misses = 0, dropped = 0;
};

class DiskCache {
 public:
  // Errors: StoreFailed when the folder cannot be used.
  static Result<std::unique_ptr<DiskCache>> open(const std::string& folder, std::uint64_t limit_bytes);
  ~DiskCache();

  // Nothing when it is not there.
  std::optional<model::BlobView> find(const std::string& key);
  bool contains(const std::string& key) const;
  // Copies an object and opens it. One that is larger than the limit is not kept, but opened all the same.
  // Errors: Overloaded, Internal when the disk does not take it.
  Result<model::BlobView> put(const std::string& key, const ByteSource& object);
  void drop(const std::string& key);
  // Of an object that is or was here; nothing when this is not known.
  std::optional<std::uint64_t> length(const std::string& key) const;
  CacheView view() const;

 private:
  struct Kept {
    std::string name;  // of the file, below the folder
    std::uint64_t length = 0;
  };
  using Order = std::list<Kept>;

  DiskCache(std::string folder, std::uint64_t limit, int lock)
      : folder_(std::move(folder)), limit_(limit), lock_(lock) {}
  void take_stock();
  void make_room(std::uint64_t coming);
  void forget(Order::iterator kept);
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  const std::string folder_;
  const std::uint64_t limit_;
  const int lock_;  // a descriptor
  mutable std::mutex mutex_;
  Order order_;                                            // most recently read first
  std::unordered_map<std::string, Order::iterator> kept_;  // by digest
  std::unordered_map<std::string, std::uint64_t> lengths_;
  std::uint64_t bytes_ = 0, hits_ = 0, misses_ = 0, dropped_ = 0, names_ = 0;
};

}  // namespace gateway::sources
