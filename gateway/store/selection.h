// Queries compiled to SQL: which rows of a level match, in a stable order. Values become parameters, never
// text.
//
// Conditions that an index answers (UIDs, patient id, accession number, names, dates) drive the plan; the
// others are tested row by row in the order of the ids, so that a limit stops the work. Free functions;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/model/query.h"
#include "gateway/store/database.h"

namespace gateway::store {

using SqlValue = std::variant<std::int64_t, std::string>;

struct Selection {
  std::string from;              // "FROM study WHERE ...": selects rows of the level's table
  std::string id;                // the column of its id
  std::string order;             // a stable order that an index gives or that few rows need
  std::vector<SqlValue> values;  // of $1, $2, ...
  bool everything = false;       // no condition at all
};

// What conditions on a lower level ask of a row: each that some row below it holds, or all those of one level
// that one and the same row below it holds.
enum class Below : std::uint8_t { AnyRow, SameRow };

// `by_id`: the order is that of the ids, whatever drives the plan (model::Query).
// Error: InvalidParameter, naming the field, for a field that cannot be matched, or not in this way.
Result<Selection> compile(model::Level level, const std::vector<model::Match>& matches, bool by_id = false,
                          Below below = Below::AnyRow);
// The same of a query, also without what is only described, where there is any.
Result<Selection> compile(Database& database, const model::Query& query);

// The values must outlive the next step.
void bind_values(Statement& statement, const std::vector<SqlValue>& values);

}  // namespace gateway::store
