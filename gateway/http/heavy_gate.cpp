#include "gateway/http/heavy_gate.h"

#include <algorithm>

namespace gateway::http {

HeavyGate::Entry HeavyGate::enter(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  if (running_ < at_once_ && waiting_.empty()) {
    ++running_;
    return Entry::Run;
  }
  if (waiting_.size() >= queue_) return Entry::Full;
  waiting_.push_back(key);
  waiting_count_.store(waiting_.size(), std::memory_order_relaxed);
  return Entry::Wait;
}

bool HeavyGate::claim(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find(waiting_.begin(), waiting_.end(), key);
  if (running_ >= at_once_ || found == waiting_.end()) return false;
  waiting_.erase(found);
  waiting_count_.store(waiting_.size(), std::memory_order_relaxed);
  ++running_;
  return true;
}

void HeavyGate::leave() {
  const std::lock_guard lock(mutex_);
  --running_;
}

void HeavyGate::forget(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  std::erase(waiting_, key);
  waiting_count_.store(waiting_.size(), std::memory_order_relaxed);
}

std::uint64_t HeavyGate::next() const {
  if (waiting_count_.load(std::memory_order_relaxed) == 0) return 0;
  const std::lock_guard lock(mutex_);
  return running_ < at_once_ && !waiting_.empty() ? waiting_.front() : 0;
}

}  // namespace gateway::http
