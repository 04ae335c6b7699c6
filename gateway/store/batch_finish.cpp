// The second half of BatchWriter: one write a subject, study and series, then the totals.
#include "gateway/base/text.h"
#include "gateway/store/batch_writer.h"
#include "gateway/store/digest.h"
#include "gateway/store/person_name.h"
#include "gateway/store/record_columns.h"
#include "gateway/store/search_keys.h"

namespace gateway::store {
namespace {

// "20240131093000": date and time to the second, for matching them together; empty without a date.
std::string started_text(const model::Study& study) {
  if (study.date.empty()) return {};
  std::string time = study.time.substr(0, 6);
  time.resize(6, '0');
  return study.date + time;
}

std::string join_modalities(const std::vector<std::string>& modalities) {
  std::string text;
  for (const std::string& modality : modalities) text += (text.empty() ? "" : "\\") + modality;
  return text;
}

}  // namespace

Result<void> BatchWriter::finish() {
  if (!changed_) return {};
  for (const auto& [key, subject] : subjects_)
    if (subject->is_new || subject->changed) TRY(write_subject(*subject));
  for (const auto& [uid, study] : studies_)
    if (study->touched) TRY(write_study(*study));
  for (const auto& [key, series] : series_)
    if (series->touched) TRY(write_series(*series));
  TRY_VOID(remove_unused_subjects());
  return write_totals();
}

Result<void> BatchWriter::write_subject(const SubjectState& subject) {
  static const int count = column_count<model::Subject>();
  static const std::string insert_sql = "INSERT INTO subject (id, key, version, updated_us, " +
                                        columns<model::Subject>() + ") VALUES (" +
                                        placeholders(1, 4 + count) + ")";
  static const std::string update_sql = "UPDATE subject SET key = $2, version = $3, updated_us = $4, " +
                                        assignments<model::Subject>(5) + " WHERE id = $1";
  Statement write = TRY(database_.prepare(subject.is_new ? insert_sql : update_sql));
  write.bind(1, subject.id).bind(2, subject.key).bind(3, subject.version + 1).bind(4, now_us_);
  bind_record(write, 5, subject.record);
  TRY(write.run());
  TRY_VOID(write_subject_keys(database_, subject.id, subject.record, !subject.is_new));
  return write_names(NameKind::Subject, subject.id, subject.record.name, !subject.is_new);
}

Result<void> BatchWriter::write_study(const StudyState& study) {
  static const int count = column_count<model::Study>();
  static const std::string insert_sql =
      "INSERT INTO study (id, subject_id, version, updated_us, started, modalities, series_count, "
      "instance_count, "
      "bytes, metadata, json, " +
      columns<model::Study>() + ", created_us) VALUES (" + placeholders(1, 11 + count) + ", $4)";
  static const std::string update_sql =
      "UPDATE study SET subject_id = $2, version = $3, updated_us = $4, started = $5, modalities = $6, "
      "series_count = $7, instance_count = $8, bytes = $9, metadata = $10, json = $11, " +
      assignments<model::Study>(12) + " WHERE id = $1";
  const std::string started = started_text(study.record);
  const std::string modalities = join_modalities(study.modalities);
  Statement write = TRY(database_.prepare(study.is_new ? insert_sql : update_sql));
  write.bind(1, study.id)
      .bind(2, study.subject->id)
      .bind(3, study.version + 1)
      .bind(4, now_us_)
      .bind(5, started);
  write.bind(6, modalities).bind(7, study.series_count).bind(8, study.instance_count).bind(9, study.bytes);
  write.bind(10, study.metadata).bind(11, study.json);
  bind_record(write, 12, study.record);
  TRY(write.run());
  TRY(write_modalities(study));
  if (study.renamed)
    TRY_VOID(write_names(NameKind::PatientOfStudy, study.id, study.patient_name, !study.is_new));
  if (!study.is_new && !study.refilled) return {};
  TRY_VOID(write_study_keys(database_, study.id, study.record, !study.is_new));
  return write_names(NameKind::ReferringPhysician, study.id, study.record.referring_physician, !study.is_new);
}

Result<void> BatchWriter::write_modalities(const StudyState& study) {
  for (const std::string& modality : study.new_modalities) {
    Statement insert =
        TRY(database_.prepare("INSERT INTO study_modality (modality, study_id) VALUES ($1, $2)"));
    TRY(insert.bind(1, modality).bind(2, study.id).run());
  }
  return {};
}

Result<void> BatchWriter::write_series(const SeriesState& series) {
  static const int count = column_count<model::Series>();
  static const std::string insert_sql =
      "INSERT INTO series (id, study_id, sort_number, instance_count, bytes, metadata, json, study_uid, "
      "digest, "
      "matrix, " +
      columns<model::Series>() + ") VALUES (" + placeholders(1, 10 + count) + ")";
  static const std::string update_sql =
      "UPDATE series SET study_id = $2, sort_number = $3, instance_count = $4, bytes = $5, metadata = $6, "
      "json = $7, study_uid = $8, digest = $9, matrix = $10, " +
      assignments<model::Series>(11) + " WHERE id = $1";
  const std::string digest = TRY(series_digest(database_, series.id));
  Statement write = TRY(database_.prepare(series.is_new ? insert_sql : update_sql));
  write.bind(1, series.id).bind(2, series.study->id).bind(3, series.record.number.value_or(INT64_MAX));
  write.bind(4, series.instance_count).bind(5, series.bytes).bind(6, series.metadata).bind(7, series.json);
  write.bind(8, series.study->record.uid).bind(9, digest).bind(10, series.matrix);
  bind_record(write, 11, series.record);
  TRY(write.run());
  TRY(write_series_counts(series));
  if (!series.is_new && !series.refilled) return {};
  TRY_VOID(write_series_keys(database_, series.id, series.json, !series.is_new));
  TRY_VOID(write_order_keys(database_, series.id, series.record, !series.is_new));
  return write_names(NameKind::PerformingPhysician, series.id, series.record.performing_physician,
                     !series.is_new);
}

Result<void> BatchWriter::write_series_counts(const SeriesState& series) {
  for (const auto& [sop_class, count] : series.sop_classes)
    TRY(write_count("series_sop_class", "sop_class_uid", sop_class, series.id, count));
  for (const auto& [set_id, count] : series.sets)
    TRY(write_count("series_attribute_set", "set_id", set_id, series.id, count));
  for (const auto& [syntax, count] : series.transfer_syntaxes)
    TRY(write_count("series_transfer_syntax", "transfer_syntax_uid", syntax, series.id, count));
  for (const auto& [kind, count] : series.defects)
    TRY(write_count("series_defect", "kind", kind, series.id, count));
  return {};
}

// A row that counts nothing any more goes: its being there means "there is one in the series".
Result<void> BatchWriter::write_count(const char* table, const char* column, const SqlValue& value,
                                      std::int64_t series_id, std::int64_t count) {
  if (count == 0) return {};
  const std::string name(table), key(column);
  const std::vector<SqlValue> where = {series_id, value};
  Statement add = TRY(database_.prepare("INSERT INTO " + name + " (series_id, " + key +
                                        ", count) VALUES ($1, $2, $3) ON CONFLICT (series_id, " + key +
                                        ") DO UPDATE SET count = " + name + ".count + excluded.count"));
  bind_values(add, where);
  TRY(add.bind(3, count).run());
  if (count > 0) return {};
  Statement erase = TRY(
      database_.prepare("DELETE FROM " + name + " WHERE series_id = $1 AND " + key + " = $2 AND count <= 0"));
  bind_values(erase, where);
  return erase.run();
}

Result<void> BatchWriter::write_names(NameKind kind, std::int64_t owner, const model::PersonName& name,
                                      bool replace) {
  if (replace) {
    Statement erase = TRY(database_.prepare("DELETE FROM person_name WHERE kind = $1 AND owner_id = $2"));
    TRY(erase.bind(1, static_cast<std::int64_t>(kind)).bind(2, owner).run());
  }
  const auto keys = name_keys(name);
  for (std::size_t part = 0; part < keys.size(); ++part) {
    if (keys[part].empty()) continue;
    Statement insert =
        TRY(database_.prepare("INSERT INTO person_name (kind, key, owner_id, part) VALUES ($1, $2, $3, $4)"));
    TRY(insert.bind(1, static_cast<std::int64_t>(kind))
            .bind(2, keys[part])
            .bind(3, owner)
            .bind(4, static_cast<std::int64_t>(part))
            .run());
  }
  return write_name_words(database_, kind, owner, keys, replace);
}

Result<void> BatchWriter::write_totals() {
  Statement update = TRY(database_.prepare(
      "UPDATE meta SET version = version + 1, subjects = subjects + $1, studies = studies + $2, "
      "series = series + $3, instances = instances + $4, bytes = bytes + $5 WHERE id = 1"));
  update.bind(1, added_.subjects).bind(2, added_.studies).bind(3, added_.series);
  return update.bind(4, added_.instances).bind(5, added_.bytes).run();
}

}  // namespace gateway::store
