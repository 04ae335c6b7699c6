#include "gateway/store/row_ids.h"

#include <algorithm>

#include "gateway/store/selection.h"

namespace gateway::store {
namespace {

// Rows are hardly ever deleted, so ids usually run from 1 without a gap; then skipping N rows means beginning
// behind id N, at no cost. The count beside the largest id proves it.
Result<bool> ids_are_dense(Database& database, model::Level level) {
  static const char* const kCounts[] = {"subjects", "studies", "series", "instances"};
  const std::string table(model::name_of(level));
  Statement check = TRY(database.prepare("SELECT (SELECT max(id) FROM " + table + ") = (SELECT " +
                                         kCounts[static_cast<int>(level)] + " FROM meta WHERE id = 1)"));
  return TRY(check.step()) && check.integer(0) == 1;
}

Result<std::vector<std::int64_t>> run(Statement statement, std::uint32_t limit) {
  std::vector<std::int64_t> ids;
  ids.reserve(std::min<std::uint32_t>(limit, 1024));
  while (TRY(statement.step())) ids.push_back(statement.integer(0));
  return ids;
}

}  // namespace

Result<std::vector<std::int64_t>> find_ids(Database& database, const model::Query& query) {
  const Selection selection = TRY(compile(database, query));
  const auto offset = static_cast<std::int64_t>(std::min<std::uint64_t>(query.offset, INT64_MAX));
  const std::string select = "SELECT " + selection.id + " " + selection.from;
  if (selection.everything && TRY(ids_are_dense(database, query.level))) {
    Statement page = TRY(database.prepare(select + " WHERE id > $1 ORDER BY id LIMIT $2"));
    page.bind(1, offset).bind(2, std::int64_t{query.limit});
    return run(std::move(page), query.limit);
  }
  const int next = static_cast<int>(selection.values.size()) + 1;
  Statement page = TRY(database.prepare(select + " ORDER BY " + selection.order + " LIMIT $" +
                                        std::to_string(next) + " OFFSET $" + std::to_string(next + 1)));
  bind_values(page, selection.values);
  page.bind(next, std::int64_t{query.limit}).bind(next + 1, offset);
  return run(std::move(page), query.limit);
}

}  // namespace gateway::store
