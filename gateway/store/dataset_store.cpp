#include "gateway/store/dataset_store.h"

#include "gateway/store/statistics.h"

namespace gateway::store {
namespace {

using model::DatasetAct;
using model::DatasetEvent;
using model::DatasetRow;
using model::DatasetState;

constexpr std::string_view kColumns =
    "SELECT id, definition, version, created_us, updated_us, published_us, state, checked_us, "
    "first_published_us, withdrawn_us FROM dataset ";

DatasetRow read_row(const Statement& row) {
  DatasetRow read;
  read.id = row.string(0);
  read.definition = row.string(1);
  read.version = row.integer(2);
  read.created_us = row.integer(3);
  read.updated_us = row.integer(4);
  read.published_us = row.integer(5);
  read.state = static_cast<DatasetState>(row.integer(6));
  read.checked_us = row.integer(7);
  read.first_published_us = row.integer(8);
  read.withdrawn_us = row.integer(9);
  return read;
}

Result<std::optional<DatasetRow>> find(Database& database, const std::string& id) {
  Statement read = TRY(database.prepare(std::string(kColumns) + "WHERE id = $1"));
  if (!TRY(read.bind(1, id).step())) return std::optional<DatasetRow>();
  return std::optional(read_row(read));
}

Result<void> write(Database& database, const DatasetRow& row) {
  Statement statement = TRY(
      database.prepare("INSERT INTO dataset (id, definition, version, created_us, updated_us, published_us, "
                       "state, checked_us, first_published_us, withdrawn_us) VALUES ($1, $2, $3, $4, $5, "
                       "$6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET definition = "
                       "excluded.definition, version = excluded.version, updated_us = excluded.updated_us, "
                       "published_us = excluded.published_us, state = excluded.state, checked_us = "
                       "excluded.checked_us, first_published_us = excluded.first_published_us, "
                       "withdrawn_us = excluded.withdrawn_us"));
  statement.bind(1, row.id).bind(2, row.definition).bind(3, row.version).bind(4, row.created_us);
  statement.bind(5, row.updated_us).bind(6, row.published_us);
  statement.bind(7, static_cast<std::int64_t>(row.state)).bind(8, row.checked_us);
  return statement.bind(9, row.first_published_us).bind(10, row.withdrawn_us).run();
}

Result<void> write_version(Database& database, const DatasetRow& row, const std::string& actor) {
  Statement statement =
      TRY(database.prepare("INSERT INTO dataset_version (dataset_id, version, definition, actor, "
                           "created_us) VALUES ($1, $2, $3, $4, $5)"));
  statement.bind(1, row.id).bind(2, row.version).bind(3, row.definition).bind(4, actor);
  return statement.bind(5, row.updated_us).run();
}

Result<void> write_event(Database& database, const DatasetEvent& event) {
  Statement statement =
      TRY(database.prepare("INSERT INTO dataset_event (dataset_id, version, act, actor, at_us, note) VALUES "
                           "($1, $2, $3, $4, $5, $6)"));
  statement.bind(1, event.id).bind(2, event.version).bind(3, static_cast<std::int64_t>(event.act));
  return statement.bind(4, event.actor).bind(5, event.at_us).bind(6, event.note).run();
}

DatasetEvent read_event(const Statement& row) {
  DatasetEvent event;
  event.sequence = row.integer(0);
  event.id = row.string(1);
  event.version = row.integer(2);
  event.act = static_cast<DatasetAct>(row.integer(3));
  event.actor = row.string(4);
  event.at_us = row.integer(5);
  event.note = row.string(6);
  return event;
}

Error unknown(const std::string& id) { return fail(ErrorCode::NotFound, "there is no such data set", id); }

// A published description that changes was looked at by who changed it.
void take_definition(DatasetRow& row, const std::string& definition, std::int64_t now_us) {
  row.definition = definition;
  row.updated_us = now_us;
  if (row.version++ == 0) row.created_us = now_us;
  if (row.state == DatasetState::Published)
    row.checked_us = now_us;
  else
    row.state = DatasetState::Draft;
}

void take_publication(DatasetRow& row, bool published, std::int64_t now_us) {
  row.state = published ? DatasetState::Published : DatasetState::Withdrawn;
  row.published_us = published ? now_us : 0;
  row.withdrawn_us = published ? 0 : now_us;
  if (!published) return;
  row.checked_us = now_us;
  if (row.first_published_us == 0) row.first_published_us = now_us;
}

}  // namespace

Result<DatasetRow> DatasetStore::define(const std::string& id, const std::string& definition,
                                        const std::string& actor, const model::ExpectedRow& expected) {
  if (id.empty()) return fail(ErrorCode::InvalidParameter, "a data set needs an id");
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  DatasetRow row;
  row.id = id;
  row.version = 0;
  row = TRY(find(*connection, id)).value_or(row);
  if (row.version > 0 && row.definition == definition) return row;
  TRY_VOID(expected.check(&row, id));
  take_definition(row, definition, clock_.utc_us());
  TRY_VOID(write(*connection, row));
  TRY_VOID(write_version(*connection, row, actor));
  TRY_VOID(write_event(*connection, {0, id, row.version, DatasetAct::Defined, actor, row.updated_us, ""}));
  TRY_VOID(transaction.commit());
  return row;
}

Result<void> DatasetStore::publish(const std::string& id, bool published, const std::string& actor,
                                   const std::string& note, const model::ExpectedRow& expected) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  auto row = TRY(find(*connection, id));
  if (!row) return unknown(id);
  TRY_VOID(expected.check(&*row, id));
  if (published == (row->published_us != 0)) return {};
  const std::int64_t now_us = clock_.utc_us();
  take_publication(*row, published, now_us);
  TRY_VOID(write(*connection, *row));
  const auto act = published ? DatasetAct::Published : DatasetAct::Withdrawn;
  TRY_VOID(write_event(*connection, {0, id, row->version, act, actor, now_us, note}));
  return transaction.commit();
}

Result<void> DatasetStore::record(const std::string& id, std::int64_t version, DatasetAct act,
                                  const std::string& actor, const std::string& note) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  auto row = TRY(find(*connection, id));
  if (!row) return unknown(id);
  if (row->version != version)
    return fail(ErrorCode::Conflict, "the data set has another definition by now", id);
  const std::int64_t now_us = clock_.utc_us();
  if (act == DatasetAct::Validated && row->state == DatasetState::Draft) row->state = DatasetState::Validated;
  if (act == DatasetAct::Refused && row->state == DatasetState::Validated) row->state = DatasetState::Draft;
  if (act == DatasetAct::Checked) row->checked_us = now_us;
  TRY_VOID(write(*connection, *row));
  TRY_VOID(write_event(*connection, {0, id, version, act, actor, now_us, note}));
  return transaction.commit();
}

Result<std::vector<DatasetRow>> DatasetStore::datasets() const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare(std::string(kColumns) + "ORDER BY id"));
  std::vector<DatasetRow> rows;
  while (TRY(read.step())) rows.push_back(read_row(read));
  return rows;
}

Result<DatasetRow> DatasetStore::dataset(const std::string& id) const {
  auto reader = TRY(connections_.reader());
  auto row = TRY(find(*reader, id));
  if (!row) return unknown(id);
  return std::move(*row);
}

Result<std::vector<DatasetEvent>> DatasetStore::history(const std::string& id) const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare(
      "SELECT id, dataset_id, version, act, actor, at_us, note FROM dataset_event WHERE dataset_id = $1 "
      "ORDER BY id"));
  read.bind(1, id);
  std::vector<DatasetEvent> events;
  while (TRY(read.step())) events.push_back(read_event(read));
  return events;
}

Result<model::DatasetVersion> DatasetStore::version(const std::string& id, std::int64_t n) const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare(
      "SELECT version, definition, actor, created_us FROM dataset_version WHERE dataset_id = $1 AND version "
      "= $2"));
  if (!TRY(read.bind(1, id).bind(2, n).step()))
    return fail(ErrorCode::NotFound, "there is no such version of the data set",
                id + " " + std::to_string(n));
  return model::DatasetVersion{read.integer(0), read.string(1), read.string(2), read.integer(3)};
}

Result<std::int64_t> DatasetStore::revision() const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare("SELECT max(id) FROM dataset_event"));
  return TRY(read.step()) ? read.optional_integer(0).value_or(0) : 0;
}

Result<std::vector<model::ListedDataset>> DatasetStore::published_at(std::int64_t revision) const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare(
      "SELECT id, dataset_id, version, act, '', at_us, '' FROM dataset_event WHERE id <= $1 ORDER BY id"));
  read.bind(1, revision);
  std::vector<DatasetEvent> events;
  while (TRY(read.step())) events.push_back(read_event(read));
  return model::published_after(events);
}

Result<model::SelectionStatistics> DatasetStore::statistics(const std::vector<model::Match>& matches) const {
  auto reader = TRY(connections_.reader());
  return compute_statistics(*reader, matches);
}

Result<model::QualityFigures> DatasetStore::quality(const std::vector<model::Match>& matches) const {
  auto reader = TRY(connections_.reader());
  return compute_quality(*reader, matches);
}

}  // namespace gateway::store
