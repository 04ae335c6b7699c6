#include "gateway/store/harvest_store.h"

namespace gateway::store {

Result<std::string> HarvestStore::state(std::string_view source) const {
  auto reader = TRY(connections_.reader());
  Statement find = TRY((*reader).prepare("SELECT state FROM source_harvest WHERE source = $1"));
  if (!TRY(find.bind(1, source).step())) return std::string();
  return find.string(0);
}

Result<void> HarvestStore::set_state(std::string_view source, std::string_view state) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  {
    Statement write =
        TRY((*connection)
                .prepare("INSERT INTO source_harvest (source, state, updated_us) VALUES ($1, $2, $3) "
                         "ON CONFLICT (source) DO UPDATE SET state = excluded.state, updated_us = "
                         "excluded.updated_us"));
    TRY(write.bind(1, source).bind(2, state).bind(3, clock_.utc_us()).run());
  }
  return transaction.commit();
}

Result<std::optional<std::string>> HarvestStore::mark(std::string_view source,
                                                      std::string_view study_uid) const {
  auto reader = TRY(connections_.reader());
  Statement find =
      TRY((*reader).prepare("SELECT mark FROM source_study WHERE source = $1 AND study_uid = $2"));
  if (!TRY(find.bind(1, source).bind(2, study_uid).step())) return std::optional<std::string>();
  return std::optional(find.string(0));
}

Result<void> HarvestStore::set_mark(std::string_view source, std::string_view study_uid,
                                    std::string_view mark) {
  auto connection = connections_.writer();
  Transaction transaction = TRY(Transaction::begin(*connection, Database::Access::Write));
  {
    Statement write = TRY(
        (*connection)
            .prepare("INSERT INTO source_study (source, study_uid, mark, updated_us) VALUES ($1, $2, $3, $4) "
                     "ON CONFLICT (source, study_uid) DO UPDATE SET mark = excluded.mark, updated_us = "
                     "excluded.updated_us"));
    TRY(write.bind(1, source).bind(2, study_uid).bind(3, mark).bind(4, clock_.utc_us()).run());
  }
  return transaction.commit();
}

}  // namespace gateway::store
