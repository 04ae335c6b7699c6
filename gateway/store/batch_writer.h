// Writes index entries within one open transaction. Each subject, study and series is read and written once a
// batch, however many instances it gets; ids are given out here, because the transaction is the only writer.
//
// One object per transaction and thread. After an error the transaction must be rolled back.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/model/described_port.h"
#include "gateway/store/database.h"
#include "gateway/store/person_name.h"
#include "gateway/store/selection.h"

namespace gateway::store {

// subject key: issuer and patient id hashed; without a patient id the study stands for the person.
std::string subject_key(const model::Subject& subject, const std::string& study_uid);

class BatchWriter {
 public:
  BatchWriter(Database& database, std::int64_t now_us) : database_(database), now_us_(now_us) {}

  // Errors: InvalidParameter when an entry lacks a UID; StoreFailed. A study that is only described makes
  // room.
  Result<model::CommitOutcome> add(const model::IndexEntry& entry);
  // Counts an object that was refused, because another one with its UID is stored. An unknown UID does
  // nothing.
  Result<void> note_conflict(const std::string& uid);
  // The records of a described study. False: the study is there already. Instances that are there already, in
  // another study, are left out.
  Result<bool> describe(const model::DescribedStudy& study);
  // Takes out what this resource describes.
  Result<void> forget(const std::string& resource);
  // Writes what add() gathered; call once, before the commit.
  Result<void> finish();

 private:
  struct SubjectState {
    std::int64_t id = 0;
    std::string key;
    model::Subject record;
    std::int64_t version = 0;
    bool is_new = false, changed = false, has_objects = false;  // the last: as far as this batch knows
  };
  struct StudyState {
    std::int64_t id = 0;
    SubjectState* subject = nullptr;
    model::Study record;
    model::PersonName patient_name;  // as in `json`; only when `renamed`
    std::vector<std::string> modalities, new_modalities;
    std::string json, metadata;
    std::int64_t version = 0, series_count = 0, instance_count = 0, bytes = 0;
    bool is_new = false, touched = false, refilled = false, renamed = false;
  };
  struct SeriesState {
    std::int64_t id = 0;
    StudyState* study = nullptr;
    model::Series record;
    std::string json, metadata;
    std::string matrix;  // of the first image (defects.h)
    std::int64_t instance_count = 0, bytes = 0;
    std::map<std::string, std::int64_t, std::less<>> sop_classes, transfer_syntaxes;  // what this batch adds
    std::map<std::int64_t, std::int64_t> sets, defects;
    bool is_new = false, touched = false, refilled = false;
  };
  // An instance that is there already.
  struct StoredInstance {
    std::int64_t id = 0, series_id = 0, set_id = 0;
    std::string digest;
    model::BlobRef content;
    std::string sop_class_uid, transfer_syntax_uid;
  };
  struct Added {
    std::int64_t subjects = 0, studies = 0, series = 0, instances = 0;
    std::int64_t bytes = 0;  // may be negative: a smaller object replaces another one
  };
  struct NextIds {
    std::int64_t subject = 0, study = 0, series = 0, set = 0;
  };

  Result<void> make_room(const std::string& study_uid);
  Result<bool> takes_out_of(std::int64_t series_id);
  Result<void> take_out(std::int64_t study_id);
  Result<void> describe_series(StudyState& study, const model::DescribedSeries& described);
  Result<void> describe_subject(SubjectState& subject, const model::Subject& said);
  Result<void> meet_subject(StudyState& study, const model::Subject& said);
  Result<bool> has_objects(const SubjectState& subject);
  Result<void> remove_unused_subjects();
  static bool is_same(const StoredInstance& stored, const model::IndexEntry& entry);
  Result<std::optional<StoredInstance>> find_stored(const std::string& uid);
  Result<model::CommitOutcome> meet(const StoredInstance& stored, const model::IndexEntry& entry);
  Result<model::CommitOutcome> replace(const StoredInstance& stored, const model::IndexEntry& entry);
  Result<bool> lies_in(const model::IndexEntry& entry, std::int64_t series_id);
  Result<SubjectState*> subject_of(const model::IndexEntry& entry);
  Result<SubjectState*> subject_by_id(std::int64_t id);
  Result<StudyState*> study_of(const model::IndexEntry& entry);
  Result<SeriesState*> series_of(StudyState& study, const model::IndexEntry& entry);
  Result<std::int64_t> set_of(const model::AttributeInventory& inventory);
  Result<std::int64_t> next_id(std::int64_t& next, const char* table);
  Result<void> write_instance(const model::IndexEntry& entry, std::int64_t series_id, std::int64_t set_id,
                              std::optional<std::int64_t> replaced_id);
  void count_out(StudyState& study, SeriesState& series, const StoredInstance& stored);
  void count_in(StudyState& study, SeriesState& series, const model::IndexEntry& entry, std::int64_t set_id);
  static void add_modality(StudyState& study, const std::string& modality);
  void fill(StudyState& study, SeriesState& series, const model::IndexEntry& entry);
  void note_defects(const StudyState& study, SeriesState& series, const model::IndexEntry& entry);

  Result<void> write_subject(const SubjectState& subject);
  Result<void> write_study(const StudyState& study);
  Result<void> write_series(const SeriesState& series);
  Result<void> write_modalities(const StudyState& study);
  Result<void> write_series_counts(const SeriesState& series);
  Result<void> write_names(NameKind kind, std::int64_t owner, const model::PersonName& name, bool replace);
  Result<void> write_count(const char* table, const char* column, const SqlValue& value,
                           std::int64_t series_id, std::int64_t count);
  Result<void> write_totals();

  Database& database_;
  const std::int64_t now_us_;
  NextIds next_;
  Added added_;
  bool changed_ = false;
  std::vector<std::int64_t> left_subjects_;                                  // of studies that were taken out
  std::unordered_map<std::string, std::unique_ptr<SubjectState>> subjects_;  // by key
  std::unordered_map<std::string, std::unique_ptr<StudyState>> studies_;     // by UID
  std::unordered_map<std::string, std::unique_ptr<SeriesState>> series_;     // by study id and UID
  std::unordered_map<std::uint64_t, std::vector<std::pair<std::string, std::int64_t>>> sets_;  // by hash
};

}  // namespace gateway::store
