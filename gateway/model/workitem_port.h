// The port of the worklist: Unified Procedure Steps (PS3.4 annex CC) and who is told of their changes.
//
// The store keeps and finds; what a state change needs and who may ask for it is decided above, in
// gateway/workitems. Every member may be called from several threads at once; each change is one durable
// transaction. Errors: StoreBusy, StoreFailed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::model {

// Procedure Step State (0074,1000); Removed: it was there and is deleted, only its UID is left.
enum class WorkitemState : std::uint8_t { Scheduled, InProgress, Completed, Canceled, Removed };
constexpr bool is_final(WorkitemState state) {
  return state == WorkitemState::Completed || state == WorkitemState::Canceled;
}

struct Workitem {
  std::string uid;
  WorkitemState state = WorkitemState::Scheduled;
  std::string transaction_uid;  // of the performer since it took the item; never leaves the gateway
  std::string patient_id;       // (0010,0020), for searching
  std::string data;             // DICOM JSON object without (0008,1195)
  std::int64_t version = 0;     // grows with every change
  std::int64_t updated_us = 0;
};

// An application entity that is told of the events of one item, or of all there are and will be.
struct Subscriber {
  std::string aetitle;
  bool deletion_lock = false;  // a final item stays until this subscriber lets go
  bool operator==(const Subscriber&) const = default;
};
struct GlobalSubscription {
  Subscriber subscriber;
  bool filtered = false;
  std::string filter;  // matching keys as a query ("PatientID=X&00741200=HIGH"); with `filtered`
};

// What narrows a scan; empty lists narrow nothing.
struct WorkitemFilter {
  std::vector<std::string> uids;
  std::vector<WorkitemState> states;
  std::vector<std::string> patient_ids;
};

class WorkitemStore {
 public:
  virtual ~WorkitemStore() = default;
  // Adds an item with its first subscribers. False: the UID is taken, or was.
  virtual Result<bool> create(const Workitem& item, const std::vector<Subscriber>& subscribers) = 0;
  // The item, also a Removed one; nothing when the UID is unknown.
  virtual Result<std::optional<Workitem>> find(const std::string& uid) const = 0;
  // Stores a changed item if its version is still that of `item`, and counts the version up. False: another
  // change came first, or it is gone. So of two who claim an item, one succeeds.
  virtual Result<bool> replace(const Workitem& item) = 0;
  // The items in order of their creation, without Removed ones. `use` returns false to stop early; it must
  // not call the store.
  virtual Result<void> scan(const WorkitemFilter& filter,
                            const std::function<bool(const Workitem&)>& use) const = 0;
  // Deletes final items that changed last before `before_us` and have no deletion lock; their UIDs stay
  // known.
  virtual Result<std::uint64_t> remove_finished(std::int64_t before_us) = 0;

  virtual Result<std::vector<Subscriber>> subscribers(const std::string& uid) const = 0;
  // Subscribes to these items. `keep`: where the entity is subscribed already, nothing changes; else its
  // deletion lock becomes the one given.
  virtual Result<void> subscribe(const std::vector<std::string>& uids, const Subscriber& subscriber,
                                 bool keep) = 0;
  // False: there was no such subscription.
  virtual Result<bool> unsubscribe(const std::string& uid, const std::string& aetitle) = 0;
  virtual Result<bool> unsubscribe_all(const std::string& aetitle) = 0;  // false: there was none

  // One of each kind an entity; a new one replaces it.
  virtual Result<void> put_global(const GlobalSubscription& subscription) = 0;
  virtual Result<bool> remove_global(const std::string& aetitle, bool filtered) = 0;  // false: there was none
  virtual Result<std::vector<GlobalSubscription>> global_subscriptions() const = 0;
};

}  // namespace gateway::model
