// The ids of the rows that a query asks for, in its order: the first step of every search. The rows
// themselves are then read one by one by id, so that sorting and skipping never touch wide rows. Thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "gateway/model/query.h"
#include "gateway/store/database.h"

namespace gateway::store {

Result<std::vector<std::int64_t>> find_ids(Database& database, const model::Query& query);

}  // namespace gateway::store
