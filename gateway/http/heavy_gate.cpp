#include "gateway/http/heavy_gate.h"

namespace gateway::http {

void HeavyGate::count() { waiting_count_.store(begun_.size() + waiting_.size(), std::memory_order_relaxed); }

HeavyGate::Entry HeavyGate::enter(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  if (running_ < at_once_ && begun_.empty() && waiting_.empty()) {
    ++running_;
    return Entry::Run;
  }
  if (waiting_.size() >= queue_) return Entry::Full;
  waiting_.push_back(key);
  count();
  return Entry::Wait;
}

bool HeavyGate::go_on(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  if (running_ < at_once_ && begun_.empty()) {
    ++running_;
    return true;
  }
  begun_.push_back(key);
  count();
  return false;
}

bool HeavyGate::claim(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  if (running_ >= at_once_ || (std::erase(begun_, key) == 0 && std::erase(waiting_, key) == 0)) return false;
  count();
  ++running_;
  return true;
}

void HeavyGate::leave() {
  const std::lock_guard lock(mutex_);
  --running_;
}

void HeavyGate::forget(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  std::erase(begun_, key);
  std::erase(waiting_, key);
  count();
}

std::uint64_t HeavyGate::next() const {
  if (waiting_count_.load(std::memory_order_relaxed) == 0) return 0;
  const std::lock_guard lock(mutex_);
  if (running_ >= at_once_) return 0;
  return !begun_.empty() ? begun_.front() : !waiting_.empty() ? waiting_.front() : 0;
}

}  // namespace gateway::http
