#include "gateway/dimse/move_inbox.h"

#include <algorithm>

namespace gateway::dimse {
namespace {

bool covers(const model::RemoteId& asked, const model::RemoteId& object) {
  const auto fits = [](const std::string& wanted, const std::string& uid) {
    return wanted.empty() || wanted == uid;
  };
  return fits(asked.study_uid, object.study_uid) && fits(asked.series_uid, object.series_uid) &&
         fits(asked.instance_uid, object.instance_uid);
}

}  // namespace

MoveInbox::Waiting::Waiting(MoveInbox& inbox, std::string our_title, std::uint16_t message_id,
                            model::RemoteId id, Take take)
    : inbox_(inbox),
      our_title_(std::move(our_title)),
      message_id_(message_id),
      id_(std::move(id)),
      take_(std::move(take)) {
  const std::lock_guard lock(inbox_.mutex_);
  inbox_.waiting_.push_back(this);
}

MoveInbox::Waiting::~Waiting() {
  std::unique_lock lock(inbox_.mutex_);
  std::erase(inbox_.waiting_, this);
  inbox_.used_.wait(lock, [&] { return users_ == 0; });
}

// By the message, whatever the object says; else by what it is. With two fetches of the same object the
// older one gets it.
MoveInbox::Waiting* MoveInbox::find(const Arrival& arrival) {
  for (Waiting* waiting : waiting_)
    if (arrival.message_id != 0 && waiting->message_id_ == arrival.message_id &&
        waiting->our_title_ == arrival.originator)
      return waiting;
  if (arrival.message_id != 0 && !arrival.originator.empty()) return nullptr;
  for (Waiting* waiting : waiting_)
    if (covers(waiting->id_, arrival.id)) return waiting;
  return nullptr;
}

std::optional<Result<void>> MoveInbox::offer(const Arrival& arrival) {
  std::unique_lock lock(mutex_);
  Waiting* waiting = find(arrival);
  if (!waiting) return std::nullopt;
  ++waiting->users_;
  lock.unlock();
  Result<void> taken;
  try {
    const std::lock_guard one_at_a_time(waiting->busy_);
    taken = waiting->take_(arrival.object);
  } catch (const std::exception& fault) {  // who waits must not wait for this call for ever
    taken = fail(ErrorCode::Internal, "the object could not be taken", {}, fault.what());
  }
  lock.lock();
  --waiting->users_;
  used_.notify_all();
  return taken;
}

bool MoveInbox::anybody_waits() const {
  const std::lock_guard lock(mutex_);
  return !waiting_.empty();
}

}  // namespace gateway::dimse
