// One Match as an SQL condition on a row of its level (PS3.4 C.2.2.2). Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/model/query.h"
#include "gateway/store/selection.h"

namespace gateway::store {

struct MatchSql {
  model::Level level = model::Level::Study;
  std::string sql;           // empty: every row matches
  bool indexed = false;      // an index answers it and it selects few rows
  std::string range_column;  // set when it is a range over this indexed column
};

// For a query of `level`. Appends the values to `values` and refers to them as $1 upwards. Error:
// InvalidParameter naming the field.
Result<MatchSql> match_sql(const model::Match& match, model::Level level, std::vector<SqlValue>& values);

}  // namespace gateway::store
