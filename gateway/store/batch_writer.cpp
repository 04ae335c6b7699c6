#include "gateway/store/batch_writer.h"

#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/store/attribute_text.h"
#include "gateway/store/blob_ref.h"
#include "gateway/store/defects.h"
#include "gateway/store/external_file.h"
#include "gateway/store/record_columns.h"
#include "gateway/store/study_removal.h"

namespace gateway::store {
namespace {

using model::CommitOutcome;
using model::IndexEntry;

std::string digest_text(const IndexEntry& entry) { return entry.digest ? hex(as_text(*entry.digest)) : ""; }

std::vector<std::string> split_modalities(std::string_view text) {
  std::vector<std::string> modalities;
  if (text.empty()) return modalities;
  for (const std::string_view one : split(text, '\\')) modalities.emplace_back(one);
  return modalities;
}

std::string series_key(std::int64_t study_id, const std::string& uid) {
  return std::to_string(study_id) + ' ' + uid;
}

bool is_external(const model::BlobRef& ref) { return ref.kind == model::BlobRef::Kind::External; }

}  // namespace

// Digests decide; where one is missing (indexed in place) only the unchanged file itself, or a caller who
// compared the bytes. Anything less would drop other pixels as a copy.
bool BatchWriter::is_same(const StoredInstance& stored, const IndexEntry& entry) {
  if (!stored.digest.empty() && entry.digest) return stored.digest == digest_text(entry);
  if (entry.content.kind == model::BlobRef::Kind::Remote) return true;  // what was indexed first stays
  return entry.same_content_verified || (is_external(entry.content) && stored.content == entry.content);
}

std::string subject_key(const model::Subject& subject, const std::string& study_uid) {
  const std::string text =
      subject.patient_id.empty() ? "study\x1F" + study_uid : subject.issuer + '\x1F' + subject.patient_id;
  return sha256_hex(text).substr(0, 32);
}

Result<CommitOutcome> BatchWriter::add(const IndexEntry& entry) {
  const auto& object = entry.object;
  if (object.study.uid.empty() || object.series.uid.empty() || object.instance.uid.empty())
    return fail(ErrorCode::InvalidParameter, "an instance needs the UIDs of study, series and instance",
                object.instance.uid);
  TRY_VOID(make_room(object.study.uid));
  const auto stored = TRY(find_stored(object.instance.uid));
  if (stored && !TRY(takes_out_of(stored->series_id))) return meet(*stored, entry);
  StudyState* study = TRY(study_of(entry));
  TRY_VOID(meet_subject(*study, object.subject));
  SeriesState* series = TRY(series_of(*study, entry));
  const std::int64_t set_id = TRY(set_of(entry.inventory));
  TRY(write_instance(entry, series->id, set_id, std::nullopt));
  fill(*study, *series, entry);
  note_defects(*study, *series, entry);
  count_in(*study, *series, entry, set_id);
  return CommitOutcome::Stored;
}

Result<std::optional<BatchWriter::StoredInstance>> BatchWriter::find_stored(const std::string& uid) {
  Statement find =
      TRY(database_.prepare("SELECT id, series_id, set_id, digest, content, sop_class_uid, "
                            "transfer_syntax_uid FROM instance WHERE uid = $1"));
  if (!TRY(find.bind(1, uid).step())) return std::optional<StoredInstance>();
  return std::optional(StoredInstance{find.integer(0), find.integer(1), find.integer(2), find.string(3),
                                      parse_blob_ref(find.text(4)), find.string(5), find.string(6)});
}

// A file indexed in place that was moved, touched or rewritten since is Gone for ever: what is found now
// takes its place. Anything else that is not the same object is refused.
Result<CommitOutcome> BatchWriter::meet(const StoredInstance& stored, const IndexEntry& entry) {
  const bool same = is_same(stored, entry);
  const bool gone = is_external(entry.content) && is_external(stored.content) &&
                    !(stored.content == entry.content) && !is_unchanged(stored.content);
  if (!gone && !same) TRY_VOID(note_conflict(entry.object.instance.uid));
  if (!gone) return same ? CommitOutcome::Identical : CommitOutcome::Conflict;
  if (!same) return replace(stored, entry);
  const std::string content = blob_ref_text(entry.content);
  Statement move =
      TRY(database_.prepare("UPDATE instance SET content = $1, external_key = $2 WHERE id = $3"));
  TRY(move.bind(1, content).bind(2, external_key(entry.content.name)).bind(3, stored.id).run());
  return CommitOutcome::Identical;
}

// Whether the series with this id is the one that the entry names. What this batch began is not written yet.
Result<bool> BatchWriter::lies_in(const IndexEntry& entry, std::int64_t series_id) {
  const auto& object = entry.object;
  if (const auto study = studies_.find(object.study.uid); study != studies_.end()) {
    const auto series = series_.find(series_key(study->second->id, object.series.uid));
    if (series != series_.end()) return series->second->id == series_id;
  }
  Statement find =
      TRY(database_.prepare("SELECT 1 FROM series, study WHERE series.id = $1 AND series.uid = $2 AND "
                            "study.id = series.study_id AND study.uid = $3"));
  return find.bind(1, series_id).bind(2, object.series.uid).bind(3, object.study.uid).step();
}

// The instance is the new object in everything. Study and series keep what their first object said, as they
// do when any later object disagrees.
Result<CommitOutcome> BatchWriter::replace(const StoredInstance& stored, const IndexEntry& entry) {
  if (!TRY(lies_in(entry, stored.series_id))) return CommitOutcome::Conflict;
  StudyState* study = TRY(study_of(entry));
  SeriesState* series = TRY(series_of(*study, entry));
  const std::int64_t set_id = TRY(set_of(entry.inventory));
  TRY(write_instance(entry, series->id, set_id, stored.id));
  fill(*study, *series, entry);
  note_defects(*study, *series, entry);
  ++series->defects[defect_kind({model::Defect::ReplacedObject, 0})];
  count_out(*study, *series, stored);
  count_in(*study, *series, entry, set_id);
  return CommitOutcome::Stored;
}

Result<std::int64_t> BatchWriter::next_id(std::int64_t& next, const char* table) {
  if (next == 0) {
    Statement last = TRY(database_.prepare(std::string("SELECT coalesce(max(id), 0) FROM ") + table));
    TRY(last.step());
    next = std::max(last.integer(0), TRY(last_removed_id(database_, table)));
  }
  return ++next;
}

Result<BatchWriter::SubjectState*> BatchWriter::subject_of(const IndexEntry& entry) {
  const std::string key = subject_key(entry.object.subject, entry.object.study.uid);
  if (const auto found = subjects_.find(key); found != subjects_.end()) return found->second.get();
  static const std::string sql =
      "SELECT id, version, " + columns<model::Subject>() + " FROM subject WHERE key = $1";
  auto state = std::make_unique<SubjectState>();
  state->key = key;
  Statement find = TRY(database_.prepare(sql));
  if (TRY(find.bind(1, key).step())) {
    state->id = find.integer(0);
    state->version = find.integer(1);
    state->record = read_record<model::Subject>(find, 2);
  } else {
    state->id = TRY(next_id(next_.subject, "subject"));
    state->record = entry.object.subject;
    state->is_new = true;
    ++added_.subjects;
  }
  return subjects_.emplace(key, std::move(state)).first->second.get();
}

Result<BatchWriter::SubjectState*> BatchWriter::subject_by_id(std::int64_t id) {
  static const std::string sql =
      "SELECT key, version, " + columns<model::Subject>() + " FROM subject WHERE id = $1";
  Statement find = TRY(database_.prepare(sql));
  if (!TRY(find.bind(1, id).step()))
    return fail(ErrorCode::StoreFailed, "a study has no subject in the index");
  auto& slot = subjects_[find.string(0)];
  if (slot) return slot.get();
  slot = std::make_unique<SubjectState>();
  slot->id = id;
  slot->key = find.text(0);
  slot->version = find.integer(1);
  slot->record = read_record<model::Subject>(find, 2);
  return slot.get();
}

Result<BatchWriter::StudyState*> BatchWriter::study_of(const IndexEntry& entry) {
  const model::Study& study = entry.object.study;
  if (const auto found = studies_.find(study.uid); found != studies_.end()) return found->second.get();
  static const std::string sql =
      "SELECT id, subject_id, version, modalities, series_count, instance_count, bytes, metadata, json, " +
      columns<model::Study>() + " FROM study WHERE uid = $1";
  auto state = std::make_unique<StudyState>();
  Statement find = TRY(database_.prepare(sql));
  if (TRY(find.bind(1, study.uid).step())) {
    state->id = find.integer(0);
    state->subject = TRY(subject_by_id(find.integer(1)));
    state->version = find.integer(2);
    state->modalities = split_modalities(find.text(3));
    state->series_count = find.integer(4);
    state->instance_count = find.integer(5);
    state->bytes = find.integer(6);
    state->metadata = find.text(7);
    state->json = find.text(8);
    state->record = read_record<model::Study>(find, 9);
  } else {
    state->id = TRY(next_id(next_.study, "study"));
    state->subject = TRY(subject_of(entry));
    state->metadata = blob_ref_text(entry.metadata);
    state->json = entry.json.study;
    state->record = study;
    state->patient_name = entry.object.subject.name;
    state->is_new = state->renamed = true;
    ++added_.studies;
  }
  return studies_.emplace(study.uid, std::move(state)).first->second.get();
}

Result<BatchWriter::SeriesState*> BatchWriter::series_of(StudyState& study, const IndexEntry& entry) {
  const model::Series& series = entry.object.series;
  const std::string key = series_key(study.id, series.uid);
  if (const auto found = series_.find(key); found != series_.end()) return found->second.get();
  static const std::string sql = "SELECT id, instance_count, bytes, metadata, json, matrix, " +
                                 columns<model::Series>() + " FROM series WHERE uid = $1 AND study_id = $2";
  auto state = std::make_unique<SeriesState>();
  state->study = &study;
  Statement find = TRY(database_.prepare(sql));
  if (TRY(find.bind(1, series.uid).bind(2, study.id).step())) {
    state->id = find.integer(0);
    state->instance_count = find.integer(1);
    state->bytes = find.integer(2);
    state->metadata = find.text(3);
    state->json = find.text(4);
    state->matrix = find.text(5);
    state->record = read_record<model::Series>(find, 6);
  } else {
    state->id = TRY(next_id(next_.series, "series"));
    state->metadata = blob_ref_text(entry.metadata);
    state->json = entry.json.series;
    state->record = series;
    state->is_new = true;
    ++study.series_count;
    ++added_.series;
  }
  return series_.emplace(key, std::move(state)).first->second.get();
}

Result<std::int64_t> BatchWriter::set_of(const model::AttributeInventory& inventory) {
  auto& same_hash = sets_[inventory.hash];
  const std::string text = attribute_text(inventory.attributes);
  for (const auto& [attributes, id] : same_hash)
    if (attributes == text) return id;
  const auto hash = static_cast<std::int64_t>(inventory.hash);
  {
    Statement find =
        TRY(database_.prepare("SELECT id FROM attribute_set WHERE hash = $1 AND attributes = $2"));
    if (TRY(find.bind(1, hash).bind(2, text).step()))
      return same_hash.emplace_back(text, find.integer(0)).second;
  }
  const std::int64_t id = TRY(next_id(next_.set, "attribute_set"));
  Statement insert =
      TRY(database_.prepare("INSERT INTO attribute_set (id, hash, attributes) VALUES ($1, $2, $3)"));
  TRY(insert.bind(1, id).bind(2, hash).bind(3, text).run());
  return same_hash.emplace_back(text, id).second;
}

Result<void> BatchWriter::write_instance(const IndexEntry& entry, std::int64_t series_id, std::int64_t set_id,
                                         std::optional<std::int64_t> replaced_id) {
  static const int count = column_count<model::Instance>();
  static const std::string insert_sql =
      "INSERT INTO instance (series_id, sort_number, set_id, external_key, digest, content, metadata, "
      "json, frame_table, pixel_key, " +
      columns<model::Instance>() + ") VALUES (" + placeholders(1, 10 + count) + ")";
  static const std::string update_sql =
      "UPDATE instance SET series_id = $1, sort_number = $2, set_id = $3, external_key = $4, digest = $5, "
      "content = $6, metadata = $7, json = $8, frame_table = $9, "
      "pixel_key = $10, " +
      assignments<model::Instance>(11) + " WHERE id = $" + std::to_string(11 + count);
  const std::string digest = digest_text(entry);
  const std::string content = blob_ref_text(entry.content);
  const std::string metadata = blob_ref_text(entry.metadata);
  const std::string frames = blob_ref_text(entry.frames);
  std::optional<std::int64_t> external;
  if (is_external(entry.content)) external = external_key(entry.content.name);
  Statement write = TRY(database_.prepare(replaced_id ? update_sql : insert_sql));
  write.bind(1, series_id).bind(2, entry.object.instance.number.value_or(INT64_MAX)).bind(3, set_id);
  write.bind(4, external).bind(5, digest).bind(6, content).bind(7, metadata).bind(8, entry.json.instance);
  std::optional<std::int64_t> pixel_key;
  if (entry.pixel_key) pixel_key = static_cast<std::int64_t>(*entry.pixel_key);
  write.bind(9, frames).bind(10, pixel_key);
  bind_record(write, 11, entry.object.instance);
  if (replaced_id) write.bind(11 + count, *replaced_id);
  return write.run();
}

// The first object decides; what it did not say may come from a later one. The JSON follows only when the
// later object agrees in everything, else the two would say different things.
void BatchWriter::fill(StudyState& study, SeriesState& series, const IndexEntry& entry) {
  const auto& object = entry.object;
  SubjectState& subject = *study.subject;
  const bool same_person = subject.record.patient_id == object.subject.patient_id;
  const bool subject_filled = same_person && fill_missing(subject.record, object.subject);
  const bool study_filled = fill_missing(study.record, object.study);
  subject.changed = subject.changed || subject_filled;
  study.refilled = study.refilled || study_filled;
  if ((subject_filled || study_filled) && agree(study.record, object.study) &&
      agree(subject.record, object.subject)) {
    study.json = entry.json.study;
    study.patient_name = object.subject.name;
    study.renamed = true;
  }
  if (fill_missing(series.record, object.series)) {
    series.refilled = true;
    if (agree(series.record, object.series)) series.json = entry.json.series;
  }
}

// After fill(): what the object says otherwise than the records it now belongs to.
void BatchWriter::note_defects(const StudyState& study, SeriesState& series, const IndexEntry& entry) {
  if (series.matrix.empty()) series.matrix = matrix_text(entry.object);
  for (const auto& defect : disagreements(study.subject->record, series.record, series.matrix, entry.object))
    ++series.defects[defect_kind(defect)];
  for (const auto& defect : entry.defects) ++series.defects[defect_kind(defect)];
}

Result<void> BatchWriter::note_conflict(const std::string& uid) {
  const auto stored = TRY(find_stored(uid));
  if (!stored) return {};
  return write_count("series_defect", "kind", defect_kind({model::Defect::DuplicateUid, 0}),
                     stored->series_id, 1);
}

// Undoes count_in() for an object that is replaced; count_in() of the new one follows.
void BatchWriter::count_out(StudyState& study, SeriesState& series, const StoredInstance& stored) {
  const auto bytes = static_cast<std::int64_t>(stored.content.length);
  --study.instance_count;
  --series.instance_count;
  study.bytes -= bytes;
  series.bytes -= bytes;
  --added_.instances;
  added_.bytes -= bytes;
  --series.sets[stored.set_id];
  --series.sop_classes[stored.sop_class_uid];
  --series.transfer_syntaxes[stored.transfer_syntax_uid];
}

void BatchWriter::count_in(StudyState& study, SeriesState& series, const IndexEntry& entry,
                           std::int64_t set_id) {
  const auto bytes = static_cast<std::int64_t>(entry.content.length);
  changed_ = true;
  study.touched = series.touched = true;
  ++study.instance_count;
  ++series.instance_count;
  study.bytes += bytes;
  series.bytes += bytes;
  ++added_.instances;
  added_.bytes += bytes;
  ++series.sets[set_id];
  ++series.sop_classes[entry.object.instance.sop_class_uid];
  ++series.transfer_syntaxes[entry.object.instance.transfer_syntax_uid];
  add_modality(study, series.record.modality);
}

void BatchWriter::add_modality(StudyState& study, const std::string& modality) {
  const auto place = std::ranges::lower_bound(study.modalities, modality);
  if (modality.empty() || (place != study.modalities.end() && *place == modality)) return;
  study.modalities.insert(place, modality);
  study.new_modalities.push_back(modality);
}

}  // namespace gateway::store
