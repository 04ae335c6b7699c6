#include "gateway/store/dataset_store.h"

#include "gateway/store/statistics.h"

namespace gateway::store {
namespace {

using model::DatasetRow;

constexpr std::string_view kById =
    "SELECT id, definition, version, created_us, updated_us, published_us FROM dataset WHERE id = $1";

DatasetRow read_row(const Statement& row) {
  return {row.string(0), row.string(1), row.integer(2), row.integer(3), row.integer(4), row.integer(5)};
}

Result<std::optional<DatasetRow>> find(Database& database, const std::string& id) {
  Statement read = TRY(database.prepare(kById));
  if (!TRY(read.bind(1, id).step())) return std::optional<DatasetRow>();
  return std::optional(read_row(read));
}

Error unknown(const std::string& id) { return fail(ErrorCode::NotFound, "there is no such data set", id); }

}  // namespace

Result<DatasetRow> DatasetStore::define(const std::string& id, const std::string& definition) {
  if (id.empty()) return fail(ErrorCode::InvalidParameter, "a data set needs an id");
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  DatasetRow row = TRY(find(*connection, id)).value_or(DatasetRow{id, "", 0, 0, 0, 0});
  if (row.version > 0 && row.definition == definition) return row;
  row.definition = definition;
  row.updated_us = clock_.utc_us();
  if (row.version++ == 0) row.created_us = row.updated_us;
  Statement write =
      TRY((*connection)
              .prepare("INSERT INTO dataset (id, definition, version, created_us, updated_us, published_us) "
                       "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET definition = "
                       "excluded.definition, "
                       "version = excluded.version, updated_us = excluded.updated_us"));
  write.bind(1, row.id).bind(2, row.definition).bind(3, row.version).bind(4, row.created_us);
  TRY(write.bind(5, row.updated_us).bind(6, row.published_us).run());
  TRY(transaction.commit());
  return row;
}

Result<void> DatasetStore::publish(const std::string& id, bool published) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  const auto row = TRY(find(*connection, id));
  if (!row) return unknown(id);
  if (published == (row->published_us != 0)) return {};
  Statement write = TRY((*connection).prepare("UPDATE dataset SET published_us = $2 WHERE id = $1"));
  TRY(write.bind(1, id).bind(2, published ? clock_.utc_us() : std::int64_t{0}).run());
  return transaction.commit();
}

Result<std::vector<DatasetRow>> DatasetStore::datasets() const {
  auto reader = TRY(connections_.reader());
  Statement read = TRY((*reader).prepare(
      "SELECT id, definition, version, created_us, updated_us, published_us FROM dataset ORDER BY id"));
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

Result<model::SelectionStatistics> DatasetStore::statistics(const std::vector<model::Match>& matches) const {
  auto reader = TRY(connections_.reader());
  return compute_statistics(*reader, matches);
}

}  // namespace gateway::store
