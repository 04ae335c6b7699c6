// Takes a described study out of the image index, with all that was written with it, within a transaction of
// the caller. Ids are not given out again. Free functions; as thread-safe as the Database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/store/database.h"

namespace gateway::store {

struct RemovedStudy {
  std::int64_t subject_id = 0;  // still there: remove_subject_if_unused() when nothing is to come for it
  std::int64_t series = 0, instances = 0, bytes = 0;
};

// The id of a study that is described: by its UID, by who describes it. Nothing: there is none.
Result<std::optional<std::int64_t>> described_study(Database& database, std::string_view study_uid);
Result<std::optional<std::int64_t>> study_described_by(Database& database, std::string_view resource);
// Whether the series with this id belongs to a described study: the id of that.
Result<std::optional<std::int64_t>> described_study_of_series(Database& database, std::int64_t series_id);

Result<RemovedStudy> remove_study(Database& database, std::int64_t study_id);
// True: it was removed.
Result<bool> remove_subject_if_unused(Database& database, std::int64_t subject_id);

// The largest id of a table that rows which are gone had.
Result<std::int64_t> last_removed_id(Database& database, std::string_view table);

}  // namespace gateway::store
