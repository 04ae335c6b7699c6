// The schema of the index, as numbered steps that are applied once each, in order, in one transaction.
//
// The SQL text also runs on PostgreSQL 15 (design-notes 5.3). To change the schema, append a step; never edit
// one.
#pragma once

#include "gateway/base/result.h"
#include "gateway/store/database.h"

namespace gateway::store {

int newest_schema();
int newest_schema();
// Brings the database to a schema, the newest one unless a test wants an old store. Error: StoreFailed when a
// newer gateway wrote it already.
Result<void> migrate(Database& database, int up_to = newest_schema());

}  // namespace gateway::store
