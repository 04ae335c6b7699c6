#include "gateway/store/study_removal.h"

#include "gateway/model/query.h"
#include "gateway/model/record_keys.h"
#include "gateway/store/person_name.h"
#include "gateway/store/search_keys.h"

namespace gateway::store {
namespace {

Result<std::optional<std::int64_t>> find_id(Database& database, std::string_view sql, std::string_view text) {
  Statement find = TRY(database.prepare(sql));
  if (!TRY(find.bind(1, text).step())) return std::optional<std::int64_t>();
  return std::optional(find.integer(0));
}

Result<void> erase(Database& database, std::string_view sql, std::int64_t id) {
  Statement erase = TRY(database.prepare(sql));
  return erase.bind(1, id).run();
}

Result<void> erase_names(Database& database, NameKind kind, std::int64_t owner) {
  for (const char* table : {"person_name", "name_word"}) {
    Statement erase =
        TRY(database.prepare("DELETE FROM " + std::string(table) + " WHERE kind = $1 AND owner_id = $2"));
    TRY_VOID(erase.bind(1, static_cast<std::int64_t>(kind)).bind(2, owner).run());
  }
  return {};
}

// Fields of both levels count in one list.
Result<void> erase_keys(Database& database, std::string_view level, std::int64_t owner) {
  for (std::size_t field = 0; field < model::kKeyFields.size(); ++field) {
    if (!model::kKeyFields[field].starts_with(level)) continue;
    Statement erase = TRY(database.prepare("DELETE FROM search_key WHERE field = $1 AND owner_id = $2"));
    TRY_VOID(erase.bind(1, static_cast<std::int64_t>(field)).bind(2, owner).run());
  }
  return {};
}

Result<void> note_id(Database& database, std::string_view table, std::int64_t id) {
  if (TRY(last_removed_id(database, table)) >= id) return {};
  Statement note =
      TRY(database.prepare("INSERT INTO removed_id (name, last) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE "
                           "SET last = excluded.last"));
  return note.bind(1, table).bind(2, id).run();
}

Result<void> remove_series(Database& database, std::int64_t id, RemovedStudy& removed) {
  {
    Statement count = TRY(database.prepare("SELECT count(*) FROM instance WHERE series_id = $1"));
    TRY(count.bind(1, id).step());
    removed.instances += count.integer(0);
  }
  ++removed.series;
  for (const char* sql :
       {"DELETE FROM instance WHERE series_id = $1", "DELETE FROM series_sop_class WHERE series_id = $1",
        "DELETE FROM series_attribute_set WHERE series_id = $1",
        "DELETE FROM series_transfer_syntax WHERE series_id = $1",
        "DELETE FROM series_defect WHERE series_id = $1", "DELETE FROM series WHERE id = $1"})
    TRY_VOID(erase(database, sql, id));
  TRY_VOID(erase_names(database, NameKind::PerformingPhysician, id));
  TRY_VOID(erase_keys(database, "series.", id));
  TRY_VOID(erase_record_keys(database, model::kSeriesOrders, id));
  return note_id(database, "series", id);
}

Result<std::vector<std::int64_t>> series_of(Database& database, std::int64_t study_id) {
  Statement find = TRY(database.prepare("SELECT id FROM series WHERE study_id = $1"));
  find.bind(1, study_id);
  std::vector<std::int64_t> ids;
  while (TRY(find.step())) ids.push_back(find.integer(0));
  return ids;
}

}  // namespace

Result<std::optional<std::int64_t>> described_study(Database& database, std::string_view study_uid) {
  return find_id(database, "SELECT study_id FROM described_study WHERE study_uid = $1", study_uid);
}

Result<std::optional<std::int64_t>> study_described_by(Database& database, std::string_view resource) {
  return find_id(database, "SELECT study_id FROM described_study WHERE resource = $1", resource);
}

Result<std::optional<std::int64_t>> described_study_of_series(Database& database, std::int64_t series_id) {
  Statement find = TRY(database.prepare(
      "SELECT described_study.study_id FROM series, described_study WHERE series.id = $1 AND "
      "described_study.study_id = series.study_id"));
  if (!TRY(find.bind(1, series_id).step())) return std::optional<std::int64_t>();
  return std::optional(find.integer(0));
}

Result<RemovedStudy> remove_study(Database& database, std::int64_t study_id) {
  RemovedStudy removed;
  {
    Statement read = TRY(database.prepare("SELECT subject_id, bytes FROM study WHERE id = $1"));
    if (!TRY(read.bind(1, study_id).step()))
      return fail(ErrorCode::StoreFailed, "a described study is missing in the index");
    removed.subject_id = read.integer(0);
    removed.bytes = read.integer(1);
  }
  for (const std::int64_t series : TRY(series_of(database, study_id)))
    TRY_VOID(remove_series(database, series, removed));
  for (const char* sql :
       {"DELETE FROM study_modality WHERE study_id = $1", "DELETE FROM described_study WHERE study_id = $1",
        "DELETE FROM study WHERE id = $1"})
    TRY_VOID(erase(database, sql, study_id));
  TRY_VOID(erase_names(database, NameKind::PatientOfStudy, study_id));
  TRY_VOID(erase_names(database, NameKind::ReferringPhysician, study_id));
  TRY_VOID(erase_keys(database, "study.", study_id));
  TRY_VOID(note_id(database, "study", study_id));
  return removed;
}

Result<bool> remove_subject_if_unused(Database& database, std::int64_t subject_id) {
  {
    Statement find = TRY(database.prepare("SELECT 1 FROM study WHERE subject_id = $1 LIMIT 1"));
    if (TRY(find.bind(1, subject_id).step())) return false;
  }
  Statement there = TRY(database.prepare("SELECT 1 FROM subject WHERE id = $1"));
  if (!TRY(there.bind(1, subject_id).step())) return false;
  TRY_VOID(erase(database, "DELETE FROM subject WHERE id = $1", subject_id));
  TRY_VOID(erase_names(database, NameKind::Subject, subject_id));
  TRY_VOID(erase_record_keys(database, model::kSubjectIdentifiers, subject_id));
  TRY_VOID(note_id(database, "subject", subject_id));
  return true;
}

Result<std::int64_t> last_removed_id(Database& database, std::string_view table) {
  Statement read = TRY(database.prepare("SELECT last FROM removed_id WHERE name = $1"));
  return TRY(read.bind(1, table).step()) ? read.integer(0) : 0;
}

}  // namespace gateway::store
