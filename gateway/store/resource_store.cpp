#include "gateway/store/resource_store.h"

#include <map>

#include "gateway/store/batch_writer.h"
#include "gateway/store/selection.h"

namespace gateway::store {
namespace {

using model::ResourceWrite;
using model::StoredResource;

constexpr std::string_view kSelect =
    "SELECT r.id, r.type, r.fhir_id, v.version, v.updated_us, v.deleted, v.method, v.origin, v.json "
    "FROM resource r JOIN resource_version v ON v.resource_id = r.id";

StoredResource read_row(const Statement& row) {
  return {row.integer(0),      row.string(1), row.string(2), row.integer(3), row.integer(4),
          row.integer(5) != 0, row.string(6), row.string(7), row.string(8)};
}

Result<std::int64_t> one_number(Database& database, std::string_view sql) {
  Statement read = TRY(database.prepare(sql));
  return TRY(read.step()) ? read.integer(0) : 0;
}

Result<std::int64_t> newest_version(Database& database) {
  return one_number(database, "SELECT coalesce(max(id), 0) FROM resource_version");
}

// The condition is that of an index, word for word.
Result<std::int64_t> state_of(Database& database) {
  return one_number(database,
                    "SELECT coalesce(max(id), 0) FROM resource_version "
                    "WHERE origin NOT IN ('audit', 'subscriptions')");
}

Error changed_meanwhile(std::string what) {
  return fail(ErrorCode::Conflict, "another change came first", std::move(what));
}

struct Head {
  std::int64_t row = 0;
  std::int64_t version = 0;  // 0: there is none
};

Result<Head> head_of(Database& database, const ResourceWrite& write) {
  Statement read = TRY(database.prepare("SELECT id, version FROM resource WHERE type = $1 AND fhir_id = $2"));
  if (!TRY(read.bind(1, write.type).bind(2, write.id).step())) return Head{};
  return Head{read.integer(0), read.integer(1)};
}

Result<std::int64_t> put_head(Database& database, const ResourceWrite& write, const Head& head) {
  Statement put = TRY(database.prepare(
      head.row ? "UPDATE resource SET version = $3, updated_us = $4, deleted = $5 WHERE type = $1 AND "
                 "fhir_id = $2 RETURNING id"
               : "INSERT INTO resource (id, type, fhir_id, version, updated_us, deleted) SELECT "
                 "coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5 FROM resource RETURNING id"));
  put.bind(1, write.type).bind(2, write.id).bind(3, write.expected + 1).bind(4, write.updated_us);
  put.bind(5, write.deleted ? std::int64_t{1} : std::int64_t{0});
  if (!TRY(put.step())) return fail(ErrorCode::StoreFailed, "the resource was not written");
  return put.integer(0);
}

Result<void> add_version(Database& database, const ResourceWrite& write, std::int64_t row) {
  Statement add = TRY(database.prepare(
      "INSERT INTO resource_version (id, resource_id, version, updated_us, deleted, method, origin, json) "
      "SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM resource_version"));
  add.bind(1, row).bind(2, write.expected + 1).bind(3, write.updated_us);
  add.bind(4, write.deleted ? std::int64_t{1} : std::int64_t{0}).bind(5, write.method);
  return add.bind(6, write.origin).bind(7, write.json).run();
}

Result<void> drop_old_versions(Database& database, std::int64_t row, const ResourceWrite& write) {
  Statement drop =
      TRY(database.prepare("DELETE FROM resource_version WHERE resource_id = $1 AND version <= $2"));
  return drop.bind(1, row).bind(2, write.expected).run();
}

Result<void> put_values(Database& database, const ResourceWrite& write, std::int64_t row) {
  if (write.expected > 0) {
    Statement remove = TRY(database.prepare("DELETE FROM resource_value WHERE resource_id = $1"));
    TRY_VOID(remove.bind(1, row).run());
  }
  if (write.deleted) return {};
  Statement add = TRY(
      database.prepare("INSERT INTO resource_value (resource_id, parameter, system, text, low, high, grp) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7)"));
  for (const model::SearchValue& value : write.values) {
    add.bind(1, row).bind(2, value.parameter).bind(3, value.system).bind(4, value.text);
    TRY_VOID(add.bind(5, value.low).bind(6, value.high).bind(7, value.group).run());
  }
  return {};
}

Result<void> apply(Database& database, const ResourceWrite& write) {
  const Head head = TRY(head_of(database, write));
  if (head.version != write.expected) return changed_meanwhile(write.type + "/" + write.id);
  const std::int64_t row = TRY(put_head(database, write, head));
  TRY_VOID(add_version(database, write, row));
  if (write.origin == model::kSubscriptionsOrigin) TRY_VOID(drop_old_versions(database, row, write));
  return put_values(database, write, row);
}

struct HistorySql {
  std::string where;
  std::vector<SqlValue> values;
  template <class V>
  void add(const std::string& condition, V value) {
    values.emplace_back(std::move(value));
    where += (where.empty() ? " WHERE " : " AND ") + condition + "$" + std::to_string(values.size());
  }
};

// FHIR R4 http 3.1.0.15.1: _since and _at
HistorySql history_sql(const model::HistoryQuery& query, std::int64_t up_to) {
  HistorySql sql;
  sql.add("v.id <= ", up_to);
  if (!query.type.empty()) sql.add("r.type = ", query.type);
  if (!query.id.empty()) sql.add("r.fhir_id = ", query.id);
  if (query.since_us) sql.add("v.updated_us >= ", query.since_us);
  if (query.at_us) {
    sql.add("v.updated_us <= ", query.at_us);
    sql.where +=
        " AND NOT EXISTS (SELECT 1 FROM resource_version n WHERE n.resource_id = v.resource_id AND "
        "n.version > v.version AND n.updated_us <= $" +
        std::to_string(sql.values.size()) + ")";
  }
  return sql;
}

// What is described is counted and found like what is indexed: the same writer does it.
Result<void> apply(Database& database, std::span<const model::RecordChange> records, std::int64_t now_us) {
  if (records.empty()) return {};
  BatchWriter writer(database, now_us);
  for (const model::RecordChange& change : records) {
    if (!change.later) TRY_VOID(writer.forget(change.resource));
    Statement settle = TRY(database.prepare(
        change.later ? "INSERT INTO undescribed (resource) VALUES ($1) ON CONFLICT DO NOTHING"
                     : "DELETE FROM undescribed WHERE resource = $1"));
    TRY_VOID(settle.bind(1, change.resource).run());
  }
  for (const model::RecordChange& change : records)
    if (change.study && !change.later && !TRY(writer.describe(*change.study))) return changed_meanwhile({});
  return writer.finish();
}

Result<std::optional<std::string>> one_text(Database& database, std::string_view sql,
                                            const std::string& value) {
  Statement read = TRY(database.prepare(sql));
  if (!TRY(read.bind(1, value).step())) return std::optional<std::string>();
  return std::optional(read.string(0));
}

}  // namespace

Result<std::int64_t> ResourceStore::commit(std::span<const ResourceWrite> writes,
                                           std::optional<std::int64_t> if_state,
                                           std::span<const model::RecordChange> records) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  if (if_state && TRY(state_of(*connection)) != *if_state) return changed_meanwhile({});
  for (const ResourceWrite& write : writes) TRY_VOID(apply(*connection, write));
  TRY_VOID(apply(*connection, records, clock_.utc_us()));
  const std::int64_t state = TRY(state_of(*connection));
  TRY_VOID(transaction.commit());
  return state;
}

Result<std::optional<std::string>> ResourceStore::describer_of(const std::string& study_uid) const {
  auto reader = TRY(connections_.reader());
  return one_text(*reader, "SELECT resource FROM described_study WHERE study_uid = $1", study_uid);
}

Result<std::optional<std::string>> ResourceStore::described_by(const std::string& resource) const {
  auto reader = TRY(connections_.reader());
  return one_text(*reader, "SELECT study_uid FROM described_study WHERE resource = $1", resource);
}

Result<std::vector<std::string>> ResourceStore::undescribed(std::uint32_t limit) const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare("SELECT resource FROM undescribed ORDER BY resource LIMIT $1"));
  read.bind(1, std::int64_t{limit});
  std::vector<std::string> resources;
  while (TRY(read.step())) resources.push_back(read.string(0));
  return resources;
}

Result<std::int64_t> ResourceStore::state() const {
  auto reader = TRY(connections_.reader());
  return state_of(*reader);
}

Result<std::optional<StoredResource>> ResourceStore::read(const std::string& type,
                                                          const std::string& id) const {
  auto reader = TRY(connections_.reader());
  Statement read =
      TRY((*reader).prepare(std::string(kSelect) + " AND v.version = r.version WHERE r.type = $1 "
                                                   "AND r.fhir_id = $2"));
  if (!TRY(read.bind(1, type).bind(2, id).step())) return std::optional<StoredResource>();
  return std::optional(read_row(read));
}

Result<std::optional<StoredResource>> ResourceStore::vread(const std::string& type, const std::string& id,
                                                           std::int64_t version) const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY(
      (*reader).prepare(std::string(kSelect) + " WHERE r.type = $1 AND r.fhir_id = $2 AND v.version = $3"));
  if (!TRY(read.bind(1, type).bind(2, id).bind(3, version).step())) return std::optional<StoredResource>();
  return std::optional(read_row(read));
}

Result<model::HistoryPage> ResourceStore::history(const model::HistoryQuery& query) const {
  auto reader = TRY(connections_.reader());
  const Transaction transaction = TRY(Transaction::begin(*reader, Database::Access::Read));
  model::HistoryPage page;
  page.state = query.up_to ? query.up_to : TRY(newest_version(*reader));
  HistorySql sql = history_sql(query, page.state);
  {
    Statement count = TRY((*reader).prepare(
        "SELECT count(*) FROM resource r JOIN resource_version v ON v.resource_id = r.id" + sql.where));
    bind_values(count, sql.values);
    if (TRY(count.step())) page.total = static_cast<std::uint64_t>(count.integer(0));
  }
  sql.values.emplace_back(static_cast<std::int64_t>(query.limit));
  sql.values.emplace_back(static_cast<std::int64_t>(query.offset));
  const std::size_t n = sql.values.size();
  Statement read = TRY((*reader).prepare(std::string(kSelect) + sql.where + " ORDER BY v.id DESC LIMIT $" +
                                         std::to_string(n - 1) + " OFFSET $" + std::to_string(n)));
  bind_values(read, sql.values);
  std::size_t bytes = 0;
  while (TRY(read.step())) {
    bytes += read.text(8).size();
    if (!page.versions.empty() && bytes > query.most_bytes) break;
    page.versions.push_back(read_row(read));
  }
  return page;
}

Result<model::LoadedResources> ResourceStore::load(std::span<const std::int64_t> rows,
                                                   std::size_t most_bytes) const {
  model::LoadedResources found;
  if (rows.empty()) return found;
  std::size_t bytes = 0;
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare(std::string(kSelect) +
                                         " AND v.version = r.version WHERE r.id = $1 AND r.deleted = 0"));
  for (const std::int64_t row : rows) {
    if (TRY(read.bind(1, row).step())) {
      bytes += read.text(8).size();
      if (!found.resources.empty() && bytes > most_bytes) break;
      found.resources.push_back(read_row(read));
    }
    read.reset();
    ++found.examined;
  }
  return found;
}

Result<std::vector<model::SearchValue>> ResourceStore::values(std::span<const std::int64_t> rows,
                                                              const std::string& parameter) const {
  std::vector<model::SearchValue> found;
  if (rows.empty()) return found;
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare(
      "SELECT system, text, low, high, grp FROM resource_value WHERE resource_id = $1 AND parameter = $2"));
  for (const std::int64_t row : rows) {
    read.bind(1, row).bind(2, parameter);
    while (TRY(read.step()))
      found.push_back({parameter, read.string(0), read.string(1), read.optional_integer(2),
                       read.optional_integer(3), read.integer(4)});
    read.reset();
  }
  return found;
}

Result<std::int64_t> ResourceStore::last_row() const {
  auto reader = TRY(connections_.reader());
  return one_number(*reader, "SELECT coalesce(max(id), 0) FROM resource");
}

Result<std::vector<std::pair<std::string, std::uint64_t>>> ResourceStore::types() const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY(
      (*reader).prepare("SELECT type, count(*) FROM resource WHERE deleted = 0 GROUP BY type ORDER BY type"));
  std::vector<std::pair<std::string, std::uint64_t>> types;
  while (TRY(read.step())) types.emplace_back(read.string(0), static_cast<std::uint64_t>(read.integer(1)));
  return types;
}

}  // namespace gateway::store
