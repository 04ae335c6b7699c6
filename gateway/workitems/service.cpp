#include "gateway/workitems/service.h"

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/workitems/attributes.h"
#include "gateway/workitems/filter.h"

namespace gateway::workitems {
namespace {

using model::GlobalSubscription;
using model::Subscriber;
using model::Workitem;

constexpr int kAttempts = 8;  // when other processes change the same item
constexpr codec::JsonLimits kLimits{64u << 20, 128};

// DT with the offset from UTC (PS3.5 table 6.2-1): "20261122180856.000000+0000".
std::string date_time(std::int64_t utc_us) {
  std::string digits;
  for (const char c : iso8601(utc_us))
    if (c >= '0' && c <= '9') digits += c;
  std::string fraction = std::to_string(utc_us % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  return digits + "." + fraction + "+0000";
}

Outcome refused(Verdict verdict, Operation operation) {
  const Statement statement = statement_of(verdict, operation);
  return {statement.status, std::string(statement.warning), {}};
}

Outcome invalid(Problems problems) { return {400, {}, std::move(problems)}; }

Outcome not_final(Problems problems) {
  Outcome outcome = refused(Verdict::Inconsistent, Operation::Complete);
  outcome.problems = std::move(problems);
  return outcome;
}

Transaction compare(const std::string& given, const Workitem& item) {
  if (given.empty()) return Transaction::Absent;
  const bool right = item.transaction_uid.empty() || item.transaction_uid == given;
  return right ? Transaction::Right : Transaction::Wrong;
}

bool is_global(std::string_view uid) { return uid == kGlobalUid || uid == kFilteredUid; }

// What others get to see, and the columns beside it.
void write_back(Workitem& item, Value& data) {
  erase(data, tag::kTransactionUid);
  put_text(data, tag::kState, name_of(item.state));
  item.patient_id = text(data, tag::kPatientId);
  item.data = to_json(data);
}

}  // namespace

// An item with its data as a tree, while it is edited.
struct WorkitemService::Record {
  Workitem item;
  Value before;
  Value data;
  std::vector<Event> first;  // events that come before those of the change
  bool changed = false;

  void move_to(WorkitemState state) {
    item.state = state;
    put_text(data, tag::kState, name_of(state));
    changed = true;
  }
};

// Scheduled Procedure Step Modification DateTime is the provider's.
void WorkitemService::stamp(Value& data) const { put_text(data, tag::kModified, date_time(clock_.utc_us())); }

Result<void> WorkitemService::tell(const std::string& uid, const std::vector<Event>& events) const {
  if (events.empty()) return {};
  const auto subscribers = TRY(store_.subscribers(uid));
  for (const Event& event : events) {
    const std::string report = event_text(event, uid);
    for (const Subscriber& subscriber : subscribers) notifications_.send(subscriber.aetitle, report);
  }
  return {};
}

// Loads an item, lets `decide` look at it and change it, stores it and tells about it; from the start when
// another process was faster.
template <class Decide>
Result<Outcome> WorkitemService::edit(const std::string& uid, Decide decide) {
  const std::lock_guard lock(changes_);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto found = TRY(store_.find(uid));
    if (!found) return fail(ErrorCode::NotFound, "there is no such work item", uid);
    if (found->state == WorkitemState::Removed)
      return fail(ErrorCode::Gone, "the work item was removed after it had ended", uid);
    Record record{std::move(*found), {}, {}, {}, false};
    record.before = TRY(codec::parse_json(record.item.data, kLimits));
    record.data = record.before;
    Outcome outcome = decide(record);
    if (record.changed) {
      stamp(record.data);
      write_back(record.item, record.data);
      if (!TRY(store_.replace(record.item))) continue;
    }
    std::vector<Event> events = std::move(record.first);
    if (record.changed)
      for (Event& event : events_of_change(record.before, record.data)) events.push_back(std::move(event));
    TRY_VOID(tell(uid, events));
    return outcome;
  }
  return fail(ErrorCode::StoreBusy, "the work item is being changed by others", uid);
}

void WorkitemService::complete_new(const std::string& uid, Value& data) const {
  put_text(data, tag::kSopClassUid, kWorkitemClass);
  put_text(data, tag::kSopInstanceUid, uid);
  stamp(data);
}

Result<std::vector<Subscriber>> WorkitemService::subscribers_of_new(const Workitem& item) const {
  std::vector<Subscriber> chosen;
  for (const GlobalSubscription& each : TRY(store_.global_subscriptions())) {
    if (each.filtered) {
      const auto keys = parse_filter(each.filter);
      if (!keys.ok() || !matches_all(item.data, *keys)) continue;
    }
    if (!chosen.empty() && chosen.back().aetitle == each.subscriber.aetitle)
      chosen.back().deletion_lock = chosen.back().deletion_lock || each.subscriber.deletion_lock;
    else
      chosen.push_back(each.subscriber);
  }
  return chosen;
}

// PS3.4 CC.2.5.3
Result<Outcome> WorkitemService::create(const std::string& uid, Value data) {
  remove_finished_now_and_then();
  data = in_order(std::move(data));
  const bool supplied = rules_.supply_empty && supply_empty(data);
  Problems problems = check_new(data);
  const std::string given = text(data, tag::kSopInstanceUid);
  if (!given.empty() && given != uid)
    problems.push_back(name_of(tag::kSopInstanceUid) + " is not the UID of the request");
  if (!problems.empty()) return invalid(std::move(problems));
  const bool labelled = has_value(data, tag::kWorklistLabel);
  if (!labelled) put_text(data, tag::kWorklistLabel, rules_.worklist_label);
  complete_new(uid, data);
  Workitem item;
  item.uid = uid;
  write_back(item, data);
  const std::lock_guard lock(changes_);
  const auto subscribers = TRY(subscribers_of_new(item));
  if (!TRY(store_.create(item, subscribers)))
    return Outcome{409, {}, {"a work item with this UID exists, or existed"}};
  TRY_VOID(tell(uid, events_of_change(Value::map(), data)));
  return Outcome{201, labelled && !supplied ? "" : "The Workitem was created with modifications.", {}};
}

Result<Value> WorkitemService::retrieve(const std::string& uid) const {
  const auto found = TRY(store_.find(uid));
  if (!found) return fail(ErrorCode::NotFound, "there is no such work item", uid);
  if (found->state == WorkitemState::Removed)
    return fail(ErrorCode::Gone, "the work item was removed after it had ended", uid);
  return codec::parse_json(found->data, kLimits);
}

// PS3.4 CC.2.6.3
Result<Outcome> WorkitemService::update(const std::string& uid, const std::string& transaction,
                                        Value change) {
  const std::string inside = text(change, tag::kTransactionUid);
  if (!transaction.empty() && !inside.empty() && transaction != inside)
    return invalid({"the Transaction UIDs of the query and of the data set differ"});
  const std::string given = transaction.empty() ? inside : transaction;
  erase(change, tag::kTransactionUid);
  return edit(uid, [&](Record& record) {
    const Verdict verdict = judge(record.item.state, Operation::Update, compare(given, record.item));
    if (verdict != Verdict::Proceed) return refused(verdict, Operation::Update);
    Problems problems = check_change(change, record.data);
    if (!problems.empty()) return invalid(std::move(problems));
    for (const auto& [key, content] : *change.as_map()) record.data.set(key, content);
    record.data = in_order(std::move(record.data));
    record.changed = true;
    return Outcome{};
  });
}

// What a canceled item has to say (final state code X) and its performer has not said: when, and that no
// reason was given.
void WorkitemService::complete_canceled(Value& data) const {
  Value& progress = ensure_item(data, tag::kProgress);
  if (!has_value(progress, tag::kCancellationTime))
    put_text(progress, tag::kCancellationTime, date_time(clock_.utc_us()));
  if (!has_value(progress, tag::kDiscontinuationReason))
    put(progress, tag::kDiscontinuationReason,
        {code_item("110513", "DCM", "Discontinued for unspecified reason")});
}

// PS3.4 CC.2.1.3
Result<Outcome> WorkitemService::change_state(const std::string& uid, const Value& request) {
  const auto operation = operation_to(text(request, tag::kState));
  if (!operation) return invalid({name_of(tag::kState) + " is none of IN PROGRESS, COMPLETED, CANCELED"});
  const std::string transaction = text(request, tag::kTransactionUid);
  return edit(uid, [&](Record& record) {
    const Verdict verdict = judge(record.item.state, *operation, compare(transaction, record.item));
    if (verdict != Verdict::Proceed) return refused(verdict, *operation);
    if (*operation == Operation::Start) {
      record.item.transaction_uid = transaction;
      record.move_to(WorkitemState::InProgress);
      return Outcome{};
    }
    const bool completes = *operation == Operation::Complete;
    const WorkitemState target = completes ? WorkitemState::Completed : WorkitemState::Canceled;
    if (!completes) complete_canceled(record.data);
    Problems problems = missing_for(target, record.data);
    if (!problems.empty()) return not_final(std::move(problems));
    if (completes) {
      Value& performed = ensure_item(record.data, tag::kPerformed);
      if (!element(performed, tag::kOutputInformation)) put(performed, tag::kOutputInformation, {});
    }
    record.move_to(target);
    return Outcome{};
  });
}

// PS3.4 CC.2.2.3: an item that nobody has taken is canceled at once, by way of IN PROGRESS.
Outcome WorkitemService::cancel_scheduled(Record& record, const Value& request) {
  Value& progress = ensure_item(record.data, tag::kProgress);
  copy_present(progress, request, {tag::kCancellationReason, tag::kDiscontinuationReason});
  Value contact = Value::map();
  copy_present(contact, request, {tag::kContactUri, tag::kContactName});
  if (!contact.as_map()->empty()) put(progress, tag::kCommunications, {contact});
  complete_canceled(record.data);
  Value started = record.before;
  put_text(started, tag::kState, name_of(WorkitemState::InProgress));
  record.first.push_back(state_report(started));
  record.move_to(WorkitemState::Canceled);
  return {202, {}, {}};
}

Result<Outcome> WorkitemService::request_cancel(const std::string& uid, const Value& request) {
  return edit(uid, [&](Record& record) {
    const Verdict verdict = judge(record.item.state, Operation::RequestCancel, Transaction::Absent);
    if (verdict == Verdict::Proceed) return cancel_scheduled(record, request);
    if (verdict == Verdict::Notify) {
      const std::string who = text(request, tag::kRequestingAe);
      record.first.push_back(cancel_requested(request, who.empty() ? rules_.aetitle : who));
    }
    return refused(verdict, Operation::RequestCancel);
  });
}

// PS3.4 table CC.2.3-2. The initial state reports of all items are for those who subscribe with a lock.
Result<Outcome> WorkitemService::subscribe_to_all(const GlobalSubscription& subscription) {
  const Keys keys = TRY(parse_filter(subscription.filter));
  const Subscriber& subscriber = subscription.subscriber;
  const bool report = subscriber.deletion_lock && notifications_.is_connected(subscriber.aetitle);
  std::vector<std::string> uids;
  std::vector<std::string> reports;
  TRY_VOID(store_.put_global(subscription));
  TRY_VOID(store_.scan(narrowed(keys), [&](const Workitem& item) {
    if (!matches_all(item.data, keys)) return true;
    uids.push_back(item.uid);
    const auto data = codec::parse_json(item.data, kLimits);
    if (report && data.ok()) reports.push_back(event_text(state_report(*data), item.uid));
    return true;
  }));
  TRY_VOID(store_.subscribe(uids, subscriber, true));
  for (const std::string& each : reports) notifications_.send(subscriber.aetitle, each);
  return Outcome{201, {}, {}};
}

// PS3.4 CC.2.3.3
Result<Outcome> WorkitemService::subscribe(const std::string& uid, const Subscriber& subscriber,
                                           const std::string& filter) {
  if (is_global(uid)) {
    const std::lock_guard lock(changes_);
    return subscribe_to_all({subscriber, uid == kFilteredUid, filter});
  }
  const std::lock_guard lock(changes_);
  const Value data = TRY(retrieve(uid));
  TRY_VOID(store_.subscribe({uid}, subscriber, false));
  notifications_.send(subscriber.aetitle, event_text(state_report(data), uid));
  return Outcome{201, {}, {}};
}

Result<Outcome> WorkitemService::unsubscribe(const std::string& uid, const std::string& aetitle) {
  const std::lock_guard lock(changes_);
  bool found = false;
  if (is_global(uid)) {
    found = TRY(store_.remove_global(aetitle, uid == kFilteredUid));
    found = TRY(store_.unsubscribe_all(aetitle)) || found;
  } else {
    found = TRY(store_.unsubscribe(uid, aetitle));
  }
  if (!found) return fail(ErrorCode::NotFound, "there is no such subscription", aetitle);
  return Outcome{};
}

// PS3.4 CC.2.3.3: present subscriptions stay, new items are not subscribed to any more.
Result<Outcome> WorkitemService::suspend(const std::string& uid, const std::string& aetitle) {
  if (!is_global(uid)) return invalid({"only subscriptions to the worklist can be suspended"});
  const std::lock_guard lock(changes_);
  if (!TRY(store_.remove_global(aetitle, uid == kFilteredUid)))
    return fail(ErrorCode::NotFound, "there is no such subscription", aetitle);
  return Outcome{};
}

Result<std::uint64_t> WorkitemService::remove_finished() {
  const auto retention_us = static_cast<std::int64_t>(rules_.retention_s) * 1'000'000;
  return store_.remove_finished(clock_.utc_us() - retention_us);
}

void WorkitemService::remove_finished_now_and_then() {
  constexpr std::int64_t kEveryUs = 60'000'000;
  const std::int64_t now = clock_.utc_us();
  std::int64_t due = next_removal_us_.load(std::memory_order_relaxed);
  if (now < due || !next_removal_us_.compare_exchange_strong(due, now + kEveryUs)) return;
  if (const auto removed = remove_finished(); !removed.ok())
    next_removal_us_.store(0, std::memory_order_relaxed);
}

}  // namespace gateway::workitems
