#include "gateway/store/workitem_store.h"

#include "gateway/store/selection.h"

namespace gateway::store {
namespace {

using model::GlobalSubscription;
using model::Subscriber;
using model::Workitem;
using model::WorkitemFilter;
using model::WorkitemState;

constexpr std::int64_t kPage = 256;  // rows read while a connection is held
constexpr std::string_view kSelect =
    "SELECT id, uid, state, transaction_uid, patient_id, data, version, updated_us FROM workitem";

Workitem read_item(const Statement& row) {
  return {row.string(1), static_cast<WorkitemState>(row.integer(2)),
          row.string(3), row.string(4),
          row.string(5), row.integer(6),
          row.integer(7)};
}

std::int64_t number(WorkitemState state) { return static_cast<std::int64_t>(state); }

// " AND column IN ($3, $4)"; the values go behind those that are there.
template <class Values>
void add_condition(std::string& sql, const char* column, const Values& chosen,
                   std::vector<SqlValue>& values) {
  if (chosen.empty()) return;
  std::string list;
  for (const auto& value : chosen) {
    values.emplace_back(value);
    list += (list.empty() ? "$" : ", $") + std::to_string(values.size());
  }
  sql += std::string(" AND ") + column + " IN (" + list + ")";
}

struct ScanPlan {
  std::string sql;
  std::vector<SqlValue> values;  // the first is the id to go on behind
};

ScanPlan plan_scan(const WorkitemFilter& filter) {
  ScanPlan plan;
  plan.sql = std::string(kSelect) + " WHERE id > $1";
  plan.values.emplace_back(std::int64_t{0});
  std::vector<std::int64_t> states;
  for (const WorkitemState state : filter.states) states.push_back(number(state));
  add_condition(plan.sql, "uid", filter.uids, plan.values);
  add_condition(plan.sql, "patient_id", filter.patient_ids, plan.values);
  add_condition(plan.sql, "state", states, plan.values);
  plan.sql += " AND state <> " + std::to_string(number(WorkitemState::Removed)) + " ORDER BY id LIMIT " +
              std::to_string(kPage);
  return plan;
}

Result<std::vector<Workitem>> next_page(Connections& connections, ScanPlan& plan) {
  auto reader = TRY(connections.reader());
  Statement read = TRY((*reader).prepare(plan.sql));
  bind_values(read, plan.values);
  std::vector<Workitem> page;
  std::int64_t last = 0;
  while (TRY(read.step())) {
    last = read.integer(0);
    page.push_back(read_item(read));
  }
  plan.values.front() = last;
  return page;
}

Result<void> add_subscription(Database& database, const std::string& uid, const Subscriber& subscriber,
                              bool keep) {
  const std::string on_conflict = keep ? "NOTHING" : "UPDATE SET deletion_lock = excluded.deletion_lock";
  Statement write = TRY(database.prepare(
      "INSERT INTO workitem_subscription (workitem_id, aetitle, deletion_lock) "
      "SELECT id, $2, $3 FROM workitem WHERE uid = $1 ON CONFLICT (workitem_id, aetitle) DO " +
      on_conflict));
  return write.bind(1, uid).bind(2, subscriber.aetitle).bind(3, subscriber.deletion_lock ? 1L : 0L).run();
}

}  // namespace

Result<bool> WorkitemStore::create(const Workitem& item, const std::vector<Subscriber>& subscribers) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  {
    Statement write = TRY(
        (*connection)
            .prepare("INSERT INTO workitem (id, uid, state, transaction_uid, patient_id, data, version, "
                     "updated_us) "
                     "SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, 1, $6 FROM workitem WHERE true "
                     "ON CONFLICT (uid) DO NOTHING RETURNING id"));
    write.bind(1, item.uid).bind(2, number(item.state)).bind(3, item.transaction_uid);
    write.bind(4, item.patient_id).bind(5, item.data).bind(6, clock_.utc_us());
    if (!TRY(write.step())) return false;
  }
  for (const Subscriber& subscriber : subscribers)
    TRY_VOID(add_subscription(*connection, item.uid, subscriber, false));
  TRY_VOID(transaction.commit());
  return true;
}

Result<std::optional<Workitem>> WorkitemStore::find(const std::string& uid) const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare(std::string(kSelect) + " WHERE uid = $1"));
  if (!TRY(read.bind(1, uid).step())) return std::optional<Workitem>();
  return std::optional(read_item(read));
}

Result<bool> WorkitemStore::replace(const Workitem& item) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  {
    Statement write = TRY(
        (*connection)
            .prepare("UPDATE workitem SET state = $3, transaction_uid = $4, patient_id = $5, data = $6, "
                     "version = version + 1, updated_us = $7 WHERE uid = $1 AND version = $2 RETURNING id"));
    write.bind(1, item.uid).bind(2, item.version).bind(3, number(item.state)).bind(4, item.transaction_uid);
    write.bind(5, item.patient_id).bind(6, item.data).bind(7, clock_.utc_us());
    if (!TRY(write.step())) return false;
  }
  TRY_VOID(transaction.commit());
  return true;
}

Result<void> WorkitemStore::scan(const WorkitemFilter& filter,
                                 const std::function<bool(const Workitem&)>& use) const {
  ScanPlan plan = plan_scan(filter);
  for (;;) {
    const auto page = TRY(next_page(connections_, plan));
    for (const Workitem& item : page)
      if (!use(item)) return {};
    if (page.size() < kPage) return {};
  }
}

// What is left says that there was such an item: 410 and not 404.
Result<std::uint64_t> WorkitemStore::remove_finished(std::int64_t before_us) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  std::vector<std::int64_t> removed;
  {
    Statement write = TRY(
        (*connection)
            .prepare(
                "UPDATE workitem SET state = $2, transaction_uid = '', patient_id = '', data = '', "
                "version = version + 1 WHERE state IN ($3, $4) AND updated_us < $1 AND NOT EXISTS "
                "(SELECT 1 FROM workitem_subscription WHERE workitem_id = workitem.id AND deletion_lock = 1) "
                "RETURNING id"));
    write.bind(1, before_us).bind(2, number(WorkitemState::Removed));
    write.bind(3, number(WorkitemState::Completed)).bind(4, number(WorkitemState::Canceled));
    while (TRY(write.step())) removed.push_back(write.integer(0));
  }
  for (const std::int64_t id : removed) {
    Statement release =
        TRY((*connection).prepare("DELETE FROM workitem_subscription WHERE workitem_id = $1"));
    TRY_VOID(release.bind(1, id).run());
  }
  TRY_VOID(transaction.commit());
  return std::uint64_t{removed.size()};
}

Result<std::vector<Subscriber>> WorkitemStore::subscribers(const std::string& uid) const {
  auto reader = TRY(connections_.reader());
  Statement read =
      TRY((*reader).prepare("SELECT aetitle, deletion_lock FROM workitem_subscription WHERE workitem_id = "
                            "(SELECT id FROM workitem WHERE uid = $1) ORDER BY aetitle"));
  read.bind(1, uid);
  std::vector<Subscriber> found;
  while (TRY(read.step())) found.push_back({read.string(0), read.integer(1) != 0});
  return found;
}

Result<void> WorkitemStore::subscribe(const std::vector<std::string>& uids, const Subscriber& subscriber,
                                      bool keep) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  for (const std::string& uid : uids) TRY_VOID(add_subscription(*connection, uid, subscriber, keep));
  return transaction.commit();
}

Result<bool> WorkitemStore::unsubscribe(const std::string& uid, const std::string& aetitle) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  bool found = false;
  {
    Statement write =
        TRY((*connection)
                .prepare("DELETE FROM workitem_subscription WHERE aetitle = $2 AND workitem_id = "
                         "(SELECT id FROM workitem WHERE uid = $1) RETURNING workitem_id"));
    found = TRY(write.bind(1, uid).bind(2, aetitle).step());
  }
  TRY_VOID(transaction.commit());
  return found;
}

Result<bool> WorkitemStore::unsubscribe_all(const std::string& aetitle) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  bool found = false;
  {
    Statement write = TRY(
        (*connection).prepare("DELETE FROM workitem_subscription WHERE aetitle = $1 RETURNING workitem_id"));
    write.bind(1, aetitle);
    while (TRY(write.step())) found = true;
  }
  TRY_VOID(transaction.commit());
  return found;
}

Result<void> WorkitemStore::put_global(const GlobalSubscription& subscription) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  {
    Statement write = TRY(
        (*connection)
            .prepare("INSERT INTO workitem_global_subscription (aetitle, filtered, filter, deletion_lock) "
                     "VALUES ($1, $2, $3, $4) ON CONFLICT (aetitle, filtered) DO UPDATE SET filter = "
                     "excluded.filter, "
                     "deletion_lock = excluded.deletion_lock"));
    write.bind(1, subscription.subscriber.aetitle).bind(2, subscription.filtered ? 1L : 0L);
    write.bind(3, subscription.filter).bind(4, subscription.subscriber.deletion_lock ? 1L : 0L);
    TRY_VOID(write.run());
  }
  return transaction.commit();
}

Result<bool> WorkitemStore::remove_global(const std::string& aetitle, bool filtered) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  bool found = false;
  {
    Statement write = TRY((*connection)
                              .prepare("DELETE FROM workitem_global_subscription WHERE aetitle = $1 AND "
                                       "filtered = $2 RETURNING aetitle"));
    found = TRY(write.bind(1, aetitle).bind(2, filtered ? 1L : 0L).step());
  }
  TRY_VOID(transaction.commit());
  return found;
}

Result<std::vector<GlobalSubscription>> WorkitemStore::global_subscriptions() const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY(
      (*reader).prepare("SELECT aetitle, deletion_lock, filtered, filter FROM workitem_global_subscription "
                        "ORDER BY aetitle, filtered"));
  std::vector<GlobalSubscription> found;
  while (TRY(read.step()))
    found.push_back({{read.string(0), read.integer(1) != 0}, read.integer(2) != 0, read.string(3)});
  return found;
}

}  // namespace gateway::store
