#include "gateway/store/migrations.h"

#include <array>
#include <string>

namespace gateway::store {
namespace {

// Columns are named as the fields in model/records.h. Empty text means "not known"; person names and codes
// are texts of record_columns.h; blob references those of blob_ref.h. `sort_number` is the number, or the
// largest integer without one, so that rows without a number come last in both engines and a keyset can page
// over them.
constexpr const char* kImageIndex = R"sql(
CREATE TABLE meta (
  id INTEGER PRIMARY KEY, version BIGINT NOT NULL,
  subjects BIGINT NOT NULL, studies BIGINT NOT NULL, series BIGINT NOT NULL, instances BIGINT NOT NULL,
  bytes BIGINT NOT NULL);
INSERT INTO meta (id, version, subjects, studies, series, instances, bytes) VALUES (1, 1, 0, 0, 0, 0, 0);

CREATE TABLE subject (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, version BIGINT NOT NULL, updated_us BIGINT NOT NULL,
  patient_id TEXT NOT NULL, issuer TEXT NOT NULL, name TEXT NOT NULL, birth_date TEXT NOT NULL, sex TEXT NOT NULL);
CREATE INDEX subject_patient_id ON subject (patient_id);
CREATE INDEX subject_updated ON subject (updated_us);

CREATE TABLE study (
  id INTEGER PRIMARY KEY, subject_id BIGINT NOT NULL, version BIGINT NOT NULL, updated_us BIGINT NOT NULL,
  started TEXT NOT NULL, modalities TEXT NOT NULL, series_count BIGINT NOT NULL, instance_count BIGINT NOT NULL,
  bytes BIGINT NOT NULL, metadata TEXT NOT NULL,
  uid TEXT NOT NULL UNIQUE, date TEXT NOT NULL, time TEXT NOT NULL, timezone_offset TEXT NOT NULL,
  accession_number TEXT NOT NULL, accession_issuer TEXT NOT NULL, study_id TEXT NOT NULL, description TEXT NOT NULL,
  referring_physician TEXT NOT NULL, procedures TEXT NOT NULL, patient_age TEXT NOT NULL,
  trial_protocol_id TEXT NOT NULL, json TEXT NOT NULL);
CREATE INDEX study_subject ON study (subject_id);
CREATE INDEX study_date ON study (date);
CREATE INDEX study_started ON study (started);
CREATE INDEX study_accession_number ON study (accession_number);
CREATE INDEX study_updated ON study (updated_us);

CREATE TABLE study_modality (
  modality TEXT NOT NULL, study_id BIGINT NOT NULL, PRIMARY KEY (modality, study_id));

CREATE TABLE series (
  id INTEGER PRIMARY KEY, study_id BIGINT NOT NULL, sort_number BIGINT NOT NULL,
  instance_count BIGINT NOT NULL, bytes BIGINT NOT NULL, metadata TEXT NOT NULL,
  uid TEXT NOT NULL, modality TEXT NOT NULL, number BIGINT, description TEXT NOT NULL, date TEXT NOT NULL,
  time TEXT NOT NULL, body_part TEXT NOT NULL, anatomic_regions TEXT NOT NULL, laterality TEXT NOT NULL,
  manufacturer TEXT NOT NULL, model_name TEXT NOT NULL, station_name TEXT NOT NULL, institution TEXT NOT NULL,
  device_serial TEXT NOT NULL, protocol_name TEXT NOT NULL, performing_physician TEXT NOT NULL, json TEXT NOT NULL);
CREATE UNIQUE INDEX series_study ON series (study_id, sort_number, uid);
CREATE INDEX series_uid ON series (uid);

CREATE TABLE instance (
  id INTEGER PRIMARY KEY, series_id BIGINT NOT NULL, sort_number BIGINT NOT NULL, set_id BIGINT NOT NULL,
  external_key BIGINT, digest TEXT NOT NULL, content TEXT NOT NULL, metadata TEXT NOT NULL,
  uid TEXT NOT NULL UNIQUE, sop_class_uid TEXT NOT NULL, transfer_syntax_uid TEXT NOT NULL, number BIGINT,
  frames BIGINT, rows BIGINT, columns BIGINT, content_date TEXT NOT NULL, content_time TEXT NOT NULL,
  concept_name TEXT NOT NULL, json TEXT NOT NULL);
CREATE INDEX instance_series ON instance (series_id, sort_number, uid);
CREATE INDEX instance_external ON instance (external_key) WHERE external_key IS NOT NULL;

CREATE TABLE series_sop_class (
  series_id BIGINT NOT NULL, sop_class_uid TEXT NOT NULL, count BIGINT NOT NULL,
  PRIMARY KEY (series_id, sop_class_uid));

CREATE TABLE attribute_set (id INTEGER PRIMARY KEY, hash BIGINT NOT NULL, attributes TEXT NOT NULL);
CREATE INDEX attribute_set_hash ON attribute_set (hash);
CREATE TABLE series_attribute_set (
  series_id BIGINT NOT NULL, set_id BIGINT NOT NULL, count BIGINT NOT NULL, PRIMARY KEY (series_id, set_id));

CREATE TABLE person_name (
  kind INTEGER NOT NULL, key TEXT NOT NULL, owner_id BIGINT NOT NULL, part INTEGER NOT NULL,
  PRIMARY KEY (kind, key, owner_id, part));
CREATE INDEX person_name_owner ON person_name (kind, owner_id);

CREATE TABLE dataset (
  id TEXT PRIMARY KEY, definition TEXT NOT NULL, version BIGINT NOT NULL, created_us BIGINT NOT NULL,
  updated_us BIGINT NOT NULL, published_us BIGINT NOT NULL);
)sql";

// What a look-up by UIDs needs, beside the wide rows: at 100,000 instances those of studies and series do not
// fit the page cache, and each one touched is a page read.
constexpr const char* kNarrowLookups = R"sql(
ALTER TABLE series ADD COLUMN study_uid TEXT NOT NULL DEFAULT '';
UPDATE series SET study_uid = (SELECT study.uid FROM study WHERE study.id = series.study_id);
DROP INDEX series_uid;
CREATE INDEX series_uid ON series (uid, study_id);
)sql";

constexpr std::array kSteps = {kImageIndex, kNarrowLookups};

}  // namespace

int newest_schema() { return static_cast<int>(kSteps.size()); }

Result<void> migrate(Database& database) {
  Transaction transaction = TRY(Transaction::begin(database, Database::Access::Write));
  TRY(database.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"));
  std::int64_t version = 0;
  {
    Statement read = TRY(database.prepare("SELECT max(version) FROM schema_version"));
    if (TRY(read.step())) version = read.optional_integer(0).value_or(0);
  }
  if (version > newest_schema())
    return fail(ErrorCode::StoreFailed, "the store was written by a newer gateway (schema " +
                                            std::to_string(version) + ", this one knows up to " +
                                            std::to_string(newest_schema()) + ")");
  for (auto step = static_cast<std::size_t>(version); step < kSteps.size(); ++step) {
    TRY(database.execute(kSteps[step]));
    Statement record = TRY(database.prepare("INSERT INTO schema_version (version) VALUES ($1)"));
    TRY(record.bind(1, static_cast<std::int64_t>(step + 1)).run());
  }
  return transaction.commit();
}

}  // namespace gateway::store
