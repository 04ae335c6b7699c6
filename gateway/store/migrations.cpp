#include "gateway/store/migrations.h"

#include <array>
#include <string>

#include "gateway/store/digest.h"
#include "gateway/store/search_keys.h"

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

// Where the frames of an object lie, so that one of them is found without walking over the others.
constexpr const char* kFrameTables = R"sql(
ALTER TABLE instance ADD COLUMN frame_table TEXT NOT NULL DEFAULT '';
)sql";

// QIDO-RS: names by word and sound (`word` begins with '=' when it is a sound; `place` is 5 times the
// component group plus the component), keys that no record has (`field` counts in model::kKeyFields), and
// single keys that few rows meet. An index over one column gives its rows in the order of their ids.
constexpr const char* kSearchKeys = R"sql(
CREATE TABLE name_word (
  kind INTEGER NOT NULL, word TEXT NOT NULL, owner_id BIGINT NOT NULL, place INTEGER NOT NULL,
  PRIMARY KEY (kind, word, owner_id, place));
CREATE INDEX name_word_owner ON name_word (owner_id, kind, place, word);
CREATE TABLE search_key (
  field INTEGER NOT NULL, value TEXT NOT NULL, owner_id BIGINT NOT NULL, PRIMARY KEY (field, value, owner_id));
CREATE INDEX search_key_owner ON search_key (field, owner_id);
CREATE INDEX subject_birth_date ON subject (birth_date);
CREATE INDEX study_time ON study (time);
CREATE INDEX study_study_id ON study (study_id);
CREATE INDEX study_description ON study (description);
CREATE INDEX series_modality ON series (modality);
CREATE INDEX series_number ON series (number);
CREATE INDEX series_description ON series (description);
CREATE INDEX series_date ON series (date);
CREATE INDEX series_body_part ON series (body_part);
CREATE INDEX instance_sop_class ON instance (sop_class_uid);
CREATE INDEX instance_number ON instance (number);
)sql";

// Unified Procedure Steps. `state` is model::WorkitemState; a removed item keeps its row, so that its UID is
// known.
constexpr const char* kWorkitems = R"sql(
CREATE TABLE workitem (
  id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, state INTEGER NOT NULL, transaction_uid TEXT NOT NULL,
  patient_id TEXT NOT NULL, version BIGINT NOT NULL, updated_us BIGINT NOT NULL, data TEXT NOT NULL);
CREATE INDEX workitem_state ON workitem (state, id);
CREATE INDEX workitem_patient_id ON workitem (patient_id);
CREATE TABLE workitem_subscription (
  workitem_id BIGINT NOT NULL, aetitle TEXT NOT NULL, deletion_lock INTEGER NOT NULL,
  PRIMARY KEY (workitem_id, aetitle));
CREATE INDEX workitem_subscription_aetitle ON workitem_subscription (aetitle);
CREATE TABLE workitem_global_subscription (
  aetitle TEXT NOT NULL, filtered INTEGER NOT NULL, filter TEXT NOT NULL, deletion_lock INTEGER NOT NULL,
  PRIMARY KEY (aetitle, filtered));
)sql";

// How far the harvest of a source has come, and what its studies looked like then.
constexpr const char* kHarvest = R"sql(
CREATE TABLE source_harvest (source TEXT PRIMARY KEY, state TEXT NOT NULL, updated_us BIGINT NOT NULL);
CREATE TABLE source_study (
  source TEXT NOT NULL, study_uid TEXT NOT NULL, mark TEXT NOT NULL, updated_us BIGINT NOT NULL,
  PRIMARY KEY (source, study_uid));
)sql";

// Results of storage commitment requests.
constexpr const char* kCommitments = R"sql(
CREATE TABLE commitment (transaction_uid TEXT PRIMARY KEY, result TEXT NOT NULL, created_us BIGINT NOT NULL);
CREATE INDEX commitment_created ON commitment (created_us);
)sql";

// Bytes of small blobs until their segment is synced (blob_log.h).
constexpr const char* kBlobLog = R"sql(
CREATE TABLE blob_log (
  id INTEGER PRIMARY KEY, segment TEXT NOT NULL, position BIGINT NOT NULL, bytes BYTEA NOT NULL);
)sql";

// Resources that clients sent or that were derived (model/resource_port.h), all versions of them, and the
// values by which the current ones are found. The id of a version is the state of the whole. `grp` keeps the
// parts of a composite together.
constexpr const char* kResources = R"sql(
CREATE TABLE resource (
  id INTEGER PRIMARY KEY, type TEXT NOT NULL, fhir_id TEXT NOT NULL, version BIGINT NOT NULL,
  updated_us BIGINT NOT NULL, deleted INTEGER NOT NULL);
CREATE UNIQUE INDEX resource_fhir_id ON resource (type, fhir_id);
CREATE INDEX resource_type ON resource (type, deleted, id);
CREATE INDEX resource_updated ON resource (updated_us);
CREATE TABLE resource_version (
  id INTEGER PRIMARY KEY, resource_id BIGINT NOT NULL, version BIGINT NOT NULL, updated_us BIGINT NOT NULL,
  deleted INTEGER NOT NULL, method TEXT NOT NULL, origin TEXT NOT NULL, json TEXT NOT NULL);
CREATE UNIQUE INDEX resource_version_version ON resource_version (resource_id, version);
CREATE TABLE resource_value (
  resource_id BIGINT NOT NULL, parameter TEXT NOT NULL, system TEXT NOT NULL, text TEXT NOT NULL,
  low BIGINT, high BIGINT, grp BIGINT NOT NULL);
CREATE INDEX resource_value_resource ON resource_value (resource_id, parameter);
CREATE INDEX resource_value_text ON resource_value (parameter, text, resource_id);
CREATE INDEX resource_value_low ON resource_value (parameter, low, high, resource_id) WHERE low IS NOT NULL;
)sql";

// Fields that few objects have share one column of their record (packed_fields.h). Rows that are there
// already keep it empty: what the objects say besides comes in when they are indexed anew.
constexpr const char* kMoreFields = R"sql(
ALTER TABLE subject ADD COLUMN more TEXT NOT NULL DEFAULT '';
ALTER TABLE study ADD COLUMN more TEXT NOT NULL DEFAULT '';
ALTER TABLE series ADD COLUMN more TEXT NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN more TEXT NOT NULL DEFAULT '';
)sql";

// What the gateway writes by itself (model::ResourceStore::state) is most of what is written.
constexpr const char* kClientVersions = R"sql(
CREATE INDEX resource_version_client ON resource_version (id)
  WHERE origin NOT IN ('audit', 'subscriptions');
)sql";

// The publishing flow of data sets: `state` is model::DatasetState, `act` model::DatasetAct. Of data sets
// that are there already only the current version is known.
constexpr const char* kDatasetFlow = R"sql(
ALTER TABLE dataset ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dataset ADD COLUMN checked_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dataset ADD COLUMN first_published_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dataset ADD COLUMN withdrawn_us BIGINT NOT NULL DEFAULT 0;
UPDATE dataset SET state = 2, first_published_us = published_us,
  checked_us = CASE WHEN updated_us > published_us THEN updated_us ELSE published_us END WHERE published_us > 0;
CREATE TABLE dataset_version (
  dataset_id TEXT NOT NULL, version BIGINT NOT NULL, definition TEXT NOT NULL, actor TEXT NOT NULL,
  created_us BIGINT NOT NULL, PRIMARY KEY (dataset_id, version));
INSERT INTO dataset_version (dataset_id, version, definition, actor, created_us)
  SELECT id, version, definition, '', updated_us FROM dataset;
CREATE TABLE dataset_event (
  id INTEGER PRIMARY KEY, dataset_id TEXT NOT NULL, version BIGINT NOT NULL, act INTEGER NOT NULL,
  actor TEXT NOT NULL, at_us BIGINT NOT NULL, note TEXT NOT NULL);
CREATE INDEX dataset_event_dataset ON dataset_event (dataset_id, id);
INSERT INTO dataset_event (dataset_id, version, act, actor, at_us, note)
  SELECT id, version, 0, '', updated_us, '' FROM dataset ORDER BY id;
INSERT INTO dataset_event (dataset_id, version, act, actor, at_us, note)
  SELECT id, version, 3, '', published_us, '' FROM dataset WHERE published_us > 0 ORDER BY id;
)sql";

// Studies that are only described (model/described_port.h); the ids of rows that are gone, which are not
// given out again; and the resources of an older schema, of which no records were made.
constexpr const char* kDescribed = R"sql(
CREATE TABLE described_study (
  study_id INTEGER PRIMARY KEY, study_uid TEXT NOT NULL UNIQUE, subject_id BIGINT NOT NULL,
  resource TEXT NOT NULL UNIQUE, address TEXT NOT NULL);
CREATE INDEX described_study_subject ON described_study (subject_id);
CREATE TABLE removed_id (name TEXT PRIMARY KEY, last BIGINT NOT NULL);
CREATE TABLE undescribed (resource TEXT PRIMARY KEY);
INSERT INTO undescribed (resource)
  SELECT 'ImagingStudy/' || fhir_id FROM resource WHERE type = 'ImagingStudy' AND deleted = 0;
)sql";

// What figures and quality of a data set need beside the records: how many instances of a series have which
// transfer syntax, defects that were noticed (`kind` as in defects.h), a digest over the instances of a
// series (digest.h), rows, columns and spacing of its first image, and when a study came. Also the questions
// that were asked (model/disclosure_port.h).
constexpr const char* kQuality = R"sql(
ALTER TABLE series ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE series ADD COLUMN matrix TEXT NOT NULL DEFAULT '';
ALTER TABLE study ADD COLUMN created_us BIGINT NOT NULL DEFAULT 0;
UPDATE study SET created_us = updated_us;
ALTER TABLE instance ADD COLUMN pixel_key BIGINT;
CREATE INDEX instance_digest ON instance (series_id, digest, pixel_key);
CREATE TABLE series_transfer_syntax (
  series_id BIGINT NOT NULL, transfer_syntax_uid TEXT NOT NULL, count BIGINT NOT NULL,
  PRIMARY KEY (series_id, transfer_syntax_uid));
INSERT INTO series_transfer_syntax (series_id, transfer_syntax_uid, count)
  SELECT series_id, transfer_syntax_uid, count(*) FROM instance GROUP BY series_id, transfer_syntax_uid;
CREATE TABLE series_defect (
  series_id BIGINT NOT NULL, kind BIGINT NOT NULL, count BIGINT NOT NULL, PRIMARY KEY (series_id, kind));
CREATE TABLE asked_question (
  requester TEXT NOT NULL, dataset TEXT NOT NULL, digest TEXT NOT NULL, asked_us BIGINT NOT NULL,
  PRIMARY KEY (requester, dataset, digest));
)sql";

// Rows of search_key that come from records (model/record_keys.h).
constexpr const char* kNoChange = "";

struct Step {
  const char* sql;
  Result<void> (*fill)(Database&) = nullptr;  // what SQL cannot say, for rows that are there already
};
constexpr std::array kSteps = {Step{kImageIndex},
                               Step{kNarrowLookups},
                               Step{kFrameTables},
                               Step{kSearchKeys, fill_search_keys},
                               Step{kWorkitems},
                               Step{kHarvest},
                               Step{kCommitments},
                               Step{kBlobLog},
                               Step{kResources},
                               Step{kMoreFields},
                               Step{kClientVersions},
                               Step{kDatasetFlow},
                               Step{kDescribed},
                               Step{kQuality, fill_digests},
                               Step{kNoChange, fill_record_keys}};

}  // namespace

int newest_schema() { return static_cast<int>(kSteps.size()); }

Result<void> migrate(Database& database, int up_to) {
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
  for (auto step = static_cast<std::size_t>(version); step < static_cast<std::size_t>(up_to); ++step) {
    TRY(database.execute(kSteps[step].sql));
    if (kSteps[step].fill) TRY_VOID(kSteps[step].fill(database));
    Statement record = TRY(database.prepare("INSERT INTO schema_version (version) VALUES ($1)"));
    TRY(record.bind(1, static_cast<std::int64_t>(step + 1)).run());
  }
  return transaction.commit();
}

}  // namespace gateway::store
