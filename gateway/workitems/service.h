// The worklist manager: what PS3.4 annex CC asks of a provider, over the store and the notification
// connections.
//
// Thread-safe. Changes of one process are made one at a time, so that subscribers hear of them in their
// order; between processes the store decides who was first. Store, clock and configuration must outlive it.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/model/workitem_port.h"
#include "gateway/workitems/events.h"
#include "gateway/workitems/notifications.h"
#include "gateway/workitems/requirements.h"
#include "gateway/workitems/state_machine.h"

namespace gateway::workitems {

// PS3.4 table CC.3.1-2: well-known instances that stand for all items.
inline constexpr std::string_view kGlobalUid = "1.2.840.10008.5.1.4.34.5";
inline constexpr std::string_view kFilteredUid = "1.2.840.10008.5.1.4.34.5.1";

// What came of a request: its HTTP status and, without "299 <service>: ", the text of the Warning.
struct Outcome {
  int status = 200;
  std::string warning;
  Problems problems;  // why it was refused
  bool ok() const { return status < 400; }
};

struct ServiceRules {
  std::string aetitle = "EHDS-GATEWAY";     // who asks to cancel where the request does not say
  std::string worklist_label = "WORKLIST";  // of items created without one
  bool supply_empty = false;                // missing attributes of type 2 are added empty, with a Warning
  std::uint64_t retention_s = 7 * 86'400;   // final items without deletion lock are removed afterwards
};

class WorkitemService {
 public:
  WorkitemService(model::WorkitemStore& store, Notifications& notifications, ServiceRules rules,
                  const Clock& clock)
      : store_(store), notifications_(notifications), rules_(std::move(rules)), clock_(clock) {}

  // Errors of all that name an item: NotFound, Gone; those of the store.
  Result<Outcome> create(const std::string& uid, Value data);
  Result<Value> retrieve(const std::string& uid) const;
  // `transaction`: of the query; the one of the data set counts, too.
  Result<Outcome> update(const std::string& uid, const std::string& transaction, Value change);
  Result<Outcome> change_state(const std::string& uid, const Value& request);
  Result<Outcome> request_cancel(const std::string& uid, const Value& request);

  // `uid` may be one of the well-known instances. `filter`: with the filtered one, as PS3.18
  // section 11.10.1.2 has it. Error: InvalidParameter for a filter that cannot be read.
  Result<Outcome> subscribe(const std::string& uid, const model::Subscriber& subscriber,
                            const std::string& filter);
  Result<Outcome> unsubscribe(const std::string& uid, const std::string& aetitle);
  Result<Outcome> suspend(const std::string& uid, const std::string& aetitle);

  // Removes final items whose time is over; done now and then by the other members, too.
  Result<std::uint64_t> remove_finished();

 private:
  struct Record;
  template <class Decide>
  Result<Outcome> edit(const std::string& uid, Decide decide);
  Outcome cancel_scheduled(Record& record, const Value& request);
  Result<void> tell(const std::string& uid, const std::vector<Event>& events) const;
  Result<std::vector<model::Subscriber>> subscribers_of_new(const model::Workitem& item) const;
  Result<Outcome> subscribe_to_all(const model::GlobalSubscription& subscription);
  void stamp(Value& data) const;
  void complete_new(const std::string& uid, Value& data) const;
  void complete_canceled(Value& data) const;
  void remove_finished_now_and_then();

  model::WorkitemStore& store_;
  Notifications& notifications_;
  const ServiceRules rules_;
  const Clock& clock_;
  std::mutex changes_;  // one change at a time, until its events are on their way
  std::atomic<std::int64_t> next_removal_us_{0};
};

}  // namespace gateway::workitems
