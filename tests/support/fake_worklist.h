// A worklist in memory that keeps the contract of model::WorkitemStore, and can be told to lose the next
// races for an item. Thread-safe.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>

#include "gateway/model/workitem_port.h"

namespace gateway::testing {

class FakeWorklist final : public model::WorkitemStore {
 public:
  using Workitem = model::Workitem;
  using Subscriber = model::Subscriber;
  using WorkitemState = model::WorkitemState;

  // Called within replace(), before it looks at the version: another process that is faster.
  std::function<void(FakeWorklist&)> rival;

  Result<bool> create(const Workitem& item, const std::vector<Subscriber>& subscribers) override {
    const std::lock_guard lock(mutex_);
    if (position(item.uid) != items_.size()) return false;
    items_.push_back(item);
    items_.back().version = 1;
    for (const Subscriber& each : subscribers) subscriptions_[item.uid][each.aetitle] = each.deletion_lock;
    return true;
  }
  Result<std::optional<Workitem>> find(const std::string& uid) const override {
    const std::lock_guard lock(mutex_);
    const std::size_t at = position(uid);
    return at == items_.size() ? std::optional<Workitem>() : std::optional(items_[at]);
  }
  Result<bool> replace(const Workitem& item) override {
    if (const auto now = std::exchange(rival, nullptr)) now(*this);
    const std::lock_guard lock(mutex_);
    const std::size_t at = position(item.uid);
    if (at == items_.size() || items_[at].version != item.version) return false;
    items_[at] = item;
    ++items_[at].version;
    return true;
  }
  Result<void> scan(const model::WorkitemFilter& filter,
                    const std::function<bool(const Workitem&)>& use) const override {
    std::vector<Workitem> all;
    {
      const std::lock_guard lock(mutex_);
      all = items_;
    }
    for (const Workitem& item : all) {
      const bool chosen = item.state != WorkitemState::Removed && in(filter.uids, item.uid) &&
                          in(filter.states, item.state) && in(filter.patient_ids, item.patient_id);
      if (chosen && !use(item)) return {};
    }
    return {};
  }
  Result<std::uint64_t> remove_finished(std::int64_t before_us) override {
    const std::lock_guard lock(mutex_);
    std::uint64_t removed = 0;
    for (Workitem& item : items_) {
      const auto& holders = subscriptions_[item.uid];
      const bool locked = std::any_of(holders.begin(), holders.end(), [](const auto& s) { return s.second; });
      if (!model::is_final(item.state) || item.updated_us >= before_us || locked) continue;
      item = {item.uid, WorkitemState::Removed, {}, {}, {}, item.version + 1, 0};
      subscriptions_.erase(item.uid);
      ++removed;
    }
    return removed;
  }
  Result<std::vector<Subscriber>> subscribers(const std::string& uid) const override {
    const std::lock_guard lock(mutex_);
    std::vector<Subscriber> found;
    const auto at = subscriptions_.find(uid);
    if (at != subscriptions_.end())
      for (const auto& [aetitle, held] : at->second) found.push_back({aetitle, held});
    return found;
  }
  Result<void> subscribe(const std::vector<std::string>& uids, const Subscriber& subscriber,
                         bool keep) override {
    const std::lock_guard lock(mutex_);
    for (const std::string& uid : uids) {
      auto& holders = subscriptions_[uid];
      if (!keep || !holders.contains(subscriber.aetitle))
        holders[subscriber.aetitle] = subscriber.deletion_lock;
    }
    return {};
  }
  Result<bool> unsubscribe(const std::string& uid, const std::string& aetitle) override {
    const std::lock_guard lock(mutex_);
    return subscriptions_[uid].erase(aetitle) > 0;
  }
  Result<bool> unsubscribe_all(const std::string& aetitle) override {
    const std::lock_guard lock(mutex_);
    bool found = false;
    for (auto& [uid, holders] : subscriptions_) found = holders.erase(aetitle) > 0 || found;
    return found;
  }
  Result<void> put_global(const model::GlobalSubscription& subscription) override {
    const std::lock_guard lock(mutex_);
    global_[{subscription.subscriber.aetitle, subscription.filtered}] = subscription;
    return {};
  }
  Result<bool> remove_global(const std::string& aetitle, bool filtered) override {
    const std::lock_guard lock(mutex_);
    return global_.erase({aetitle, filtered}) > 0;
  }
  Result<std::vector<model::GlobalSubscription>> global_subscriptions() const override {
    const std::lock_guard lock(mutex_);
    std::vector<model::GlobalSubscription> all;
    for (const auto& [key, each] : global_) all.push_back(each);
    return all;
  }

 private:
  template <class T>
  static bool in(const std::vector<T>& list, const T& value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  }
  std::size_t position(const std::string& uid) const {
    std::size_t at = 0;
    while (at < items_.size() && items_[at].uid != uid) ++at;
    return at;
  }

  mutable std::mutex mutex_;
  std::vector<Workitem> items_;
  std::map<std::string, std::map<std::string, bool>> subscriptions_;
  std::map<std::pair<std::string, bool>, model::GlobalSubscription> global_;
};

}  // namespace gateway::testing
