// Internal to the catalogue: a bounded map of values that are right for one version of what they were made
// from. Thread-safe. When it is full the oldest entries go.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace gateway::catalogue {

template <class Value>
class VersionedCache {
 public:
  explicit VersionedCache(std::size_t max_entries, std::size_t max_weight)
      : max_entries_(max_entries), max_weight_(max_weight) {}

  // The value under the key if it is of this version, else nullptr.
  std::shared_ptr<const Value> find(std::string_view key, std::string_view version) const {
    const std::lock_guard lock(mutex_);
    const auto at = entries_.find(key);
    return at != entries_.end() && at->second.version == version ? at->second.value : nullptr;
  }
  // The value under the key of whatever version.
  std::shared_ptr<const Value> find_any(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const auto at = entries_.find(key);
    return at != entries_.end() ? at->second.value : nullptr;
  }
  void put(const std::string& key, std::string version, std::shared_ptr<const Value> value,
           std::size_t weight) {
    const std::lock_guard lock(mutex_);
    auto [at, fresh] = entries_.try_emplace(key);
    if (fresh) order_.push_back(key);
    weight_ = weight_ - at->second.weight + weight;
    at->second = {std::move(version), std::move(value), weight};
    while (order_.size() > 1 && (entries_.size() > max_entries_ || weight_ > max_weight_)) drop_oldest();
  }

 private:
  struct Entry {
    std::string version;
    std::shared_ptr<const Value> value;
    std::size_t weight = 0;
  };
  void drop_oldest() {
    const auto at = entries_.find(order_.front());
    weight_ -= at->second.weight;
    entries_.erase(at);
    order_.pop_front();
  }

  const std::size_t max_entries_, max_weight_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::deque<std::string> order_;
  std::size_t weight_ = 0;
};

}  // namespace gateway::catalogue
