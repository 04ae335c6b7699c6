// ImageIndex: canonical records, for the faces that render them.
#include "gateway/base/text.h"
#include "gateway/store/image_index.h"
#include "gateway/store/record_columns.h"
#include "gateway/store/row_ids.h"

namespace gateway::store {
namespace {

using model::SeriesRow;
using model::StudyRow;
using model::SubjectRow;

Result<SubjectRow> read_subject(Database& database, std::int64_t id) {
  static const std::string sql =
      "SELECT key, version, updated_us, " + columns<model::Subject>() + " FROM subject WHERE id = $1";
  Statement read = TRY(database.prepare(sql));
  SubjectRow row;
  row.id = id;
  if (!TRY(read.bind(1, id).step())) return fail(ErrorCode::StoreFailed, "a subject is missing in the index");
  row.key = read.text(0);
  row.version = read.integer(1);
  row.updated_us = read.integer(2);
  row.subject = read_record<model::Subject>(read, 3);
  return row;
}

Result<std::vector<model::Instance>> read_instances(Database& database, std::int64_t series_id) {
  static const std::string sql = "SELECT " + columns<model::Instance>() +
                                 " FROM instance WHERE series_id = $1 ORDER BY sort_number, uid";
  Statement read = TRY(database.prepare(sql));
  read.bind(1, series_id);
  std::vector<model::Instance> instances;
  while (TRY(read.step())) instances.push_back(read_record<model::Instance>(read, 0));
  return instances;
}

Result<std::vector<SeriesRow>> read_series(Database& database, std::int64_t study_id, bool with_instances) {
  static const std::string sql = "SELECT id, instance_count, " + columns<model::Series>() +
                                 " FROM series WHERE study_id = $1 ORDER BY sort_number, uid";
  Statement read = TRY(database.prepare(sql));
  read.bind(1, study_id);
  std::vector<SeriesRow> rows;
  while (TRY(read.step())) {
    SeriesRow row;
    row.instance_count = static_cast<std::uint64_t>(read.integer(1));
    row.series = read_record<model::Series>(read, 2);
    if (with_instances) row.instances = TRY(read_instances(database, read.integer(0)));
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<StudyRow> read_study(Database& database, std::int64_t id, model::Depth depth) {
  static const std::string sql =
      "SELECT subject_id, version, updated_us, modalities, series_count, instance_count, " +
      columns<model::Study>() + " FROM study WHERE id = $1";
  Statement read = TRY(database.prepare(sql));
  StudyRow row;
  row.id = id;
  if (!TRY(read.bind(1, id).step())) return fail(ErrorCode::StoreFailed, "a study is missing in the index");
  row.version = read.integer(1);
  row.updated_us = read.integer(2);
  if (const auto modalities = read.text(3); !modalities.empty())
    for (const std::string_view modality : split(modalities, '\\')) row.modalities.emplace_back(modality);
  row.series_count = static_cast<std::uint64_t>(read.integer(4));
  row.instance_count = static_cast<std::uint64_t>(read.integer(5));
  row.study = read_record<model::Study>(read, 6);
  row.subject = TRY(read_subject(database, read.integer(0)));
  if (depth != model::Depth::Study)
    row.series = TRY(read_series(database, id, depth == model::Depth::Instances));
  return row;
}

}  // namespace

Result<std::vector<StudyRow>> ImageIndex::studies(const model::Query& query, model::Depth depth) const {
  if (query.level != model::Level::Study)
    return fail(ErrorCode::InvalidParameter, "a query for studies must be of the study level");
  auto reader = TRY(connections_.reader());
  Transaction moment = TRY(Transaction::begin(*reader, Database::Access::Read));
  std::vector<StudyRow> rows;
  for (const std::int64_t id : TRY(find_ids(*reader, query)))
    rows.push_back(TRY(read_study(*reader, id, depth)));
  return rows;
}

Result<std::vector<SubjectRow>> ImageIndex::subjects(const model::Query& query) const {
  if (query.level != model::Level::Subject)
    return fail(ErrorCode::InvalidParameter, "a query for subjects must be of the subject level");
  auto reader = TRY(connections_.reader());
  Transaction moment = TRY(Transaction::begin(*reader, Database::Access::Read));
  std::vector<SubjectRow> rows;
  for (const std::int64_t id : TRY(find_ids(*reader, query))) rows.push_back(TRY(read_subject(*reader, id)));
  return rows;
}

}  // namespace gateway::store
