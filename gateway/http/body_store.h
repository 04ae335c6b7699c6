// Where the body of a request goes as it arrives: memory first, beyond a limit an unlinked file. Nothing is
// allocated from an announced length, only from bytes that came. A BodyStore belongs to one connection; the
// SpoolBudget is shared and thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "gateway/base/bytes.h"
#include "gateway/base/result.h"

namespace gateway::http {

// Bytes that all spool files together may take. Outlives every body, hence shared.
class SpoolBudget {
 public:
  explicit SpoolBudget(std::uint64_t limit) : limit_(limit) {}
  bool take(std::uint64_t bytes);
  void give_back(std::uint64_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  std::uint64_t limit_;
  std::atomic<std::uint64_t> used_{0};
};

struct SpoolConfig {
  std::string folder;
  std::uint64_t in_memory = 0;
  std::shared_ptr<SpoolBudget> budget;
};

class BodyStore {
 public:
  explicit BodyStore(const SpoolConfig& config) : config_(config) {}
  // Errors: Overloaded when the budget is used up; Internal when the folder takes no more.
  Result<void> append(std::string_view bytes);
  // All that was appended. Call once, at the end.
  std::shared_ptr<const ByteSource> finish();
  std::uint64_t size() const { return size_; }

 private:
  struct Spool;
  Result<void> to_file(std::string_view bytes);

  const SpoolConfig& config_;
  std::string memory_;
  std::shared_ptr<Spool> spool_;
  std::uint64_t size_ = 0;
};

}  // namespace gateway::http
