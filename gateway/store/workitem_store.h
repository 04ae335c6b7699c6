// The worklist in the same SQLite file as the index. Thread-safe. Owns nothing.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/model/workitem_port.h"
#include "gateway/store/connections.h"

namespace gateway::store {

class WorkitemStore final : public model::WorkitemStore {
 public:
  WorkitemStore(Connections& connections, const Clock& clock) : connections_(connections), clock_(clock) {}
  Result<bool> create(const model::Workitem& item,
                      const std::vector<model::Subscriber>& subscribers) override;
  Result<std::optional<model::Workitem>> find(const std::string& uid) const override;
  Result<bool> replace(const model::Workitem& item) override;
  Result<void> scan(const model::WorkitemFilter& filter,
                    const std::function<bool(const model::Workitem&)>& use) const override;
  Result<std::uint64_t> remove_finished(std::int64_t before_us) override;
  Result<std::vector<model::Subscriber>> subscribers(const std::string& uid) const override;
  Result<void> subscribe(const std::vector<std::string>& uids, const model::Subscriber& subscriber,
                         bool keep) override;
  Result<bool> unsubscribe(const std::string& uid, const std::string& aetitle) override;
  Result<bool> unsubscribe_all(const std::string& aetitle) override;
  Result<void> put_global(const model::GlobalSubscription& subscription) override;
  Result<bool> remove_global(const std::string& aetitle, bool filtered) override;
  Result<std::vector<model::GlobalSubscription>> global_subscriptions() const override;

 private:
  Connections& connections_;
  const Clock& clock_;
};

}  // namespace gateway::store
