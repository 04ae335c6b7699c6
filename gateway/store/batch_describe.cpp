// BatchWriter: studies that are only described, and how they make room for DICOM objects.
#include <algorithm>

#include "gateway/store/batch_writer.h"
#include "gateway/store/study_removal.h"

namespace gateway::store {

// DICOM objects win: the first one of a study ends its description. What this batch itself began is not
// described.
Result<void> BatchWriter::make_room(const std::string& study_uid) {
  if (studies_.contains(study_uid)) return {};
  const auto study = TRY(described_study(database_, study_uid));
  return study ? take_out(*study) : Result<void>();
}

// So does an object that a description lists, be it in another study. True: the series was described.
Result<bool> BatchWriter::takes_out_of(std::int64_t series_id) {
  const auto study = TRY(described_study_of_series(database_, series_id));
  if (study) TRY_VOID(take_out(*study));
  return study.has_value();
}

// A subject that is left without a study goes at the end: one of this batch may be about to come.
Result<void> BatchWriter::take_out(std::int64_t study_id) {
  const RemovedStudy removed = TRY(remove_study(database_, study_id));
  changed_ = true;
  --added_.studies;
  added_.series -= removed.series;
  added_.instances -= removed.instances;
  added_.bytes -= removed.bytes;
  left_subjects_.push_back(removed.subject_id);
  return {};
}

Result<void> BatchWriter::remove_unused_subjects() {
  for (const std::int64_t id : left_subjects_)
    if (TRY(remove_subject_if_unused(database_, id))) --added_.subjects;
  return {};
}

Result<void> BatchWriter::forget(const std::string& resource) {
  const auto study = TRY(study_described_by(database_, resource));
  return study ? take_out(*study) : Result<void>();
}

Result<bool> BatchWriter::describe(const model::DescribedStudy& described) {
  const model::IndexEntry& head = described.head;
  if (head.object.study.uid.empty())
    return fail(ErrorCode::InvalidParameter, "a study needs its UID", described.resource);
  if (studies_.contains(head.object.study.uid)) return false;  // by this batch, or objects of it
  StudyState* study = TRY(study_of(head));
  if (!study->is_new) return false;
  TRY_VOID(describe_subject(*study->subject, head.object.subject));
  changed_ = study->touched = true;
  for (const std::string& modality : described.modalities) add_modality(*study, modality);
  for (const model::DescribedSeries& series : described.series) TRY_VOID(describe_series(*study, series));
  study->series_count = std::max(study->series_count, static_cast<std::int64_t>(described.series_count));
  study->instance_count =
      std::max(study->instance_count, static_cast<std::int64_t>(described.instance_count));
  Statement note = TRY(database_.prepare(
      "INSERT INTO described_study (study_id, study_uid, subject_id, resource, address) VALUES ($1, $2, $3, "
      "$4, $5)"));
  note.bind(1, study->id).bind(2, head.object.study.uid).bind(3, study->subject->id);
  TRY_VOID(note.bind(4, described.resource).bind(5, described.address).run());
  return true;
}

// Of somebody who is known by descriptions only, the latest one counts.
Result<void> BatchWriter::describe_subject(SubjectState& subject, const model::Subject& said) {
  if (subject.is_new || subject.record == said || TRY(has_objects(subject))) return {};
  subject.record = said;
  subject.changed = true;
  return {};
}

// The first object of somebody whom only descriptions told of says who that is.
Result<void> BatchWriter::meet_subject(StudyState& study, const model::Subject& said) {
  SubjectState& subject = *study.subject;
  if (subject.has_objects || !study.is_new) return {};
  const bool known = subject.is_new || TRY(has_objects(subject));
  subject.has_objects = true;
  if (known || subject.record == said) return {};
  subject.record = said;
  subject.changed = true;
  return {};
}

Result<bool> BatchWriter::has_objects(const SubjectState& subject) {
  if (subject.has_objects) return true;
  Statement find =
      TRY(database_.prepare("SELECT 1 FROM study WHERE subject_id = $1 AND id NOT IN (SELECT study_id FROM "
                            "described_study) LIMIT 1"));
  return find.bind(1, subject.id).step();
}

Result<void> BatchWriter::describe_series(StudyState& study, const model::DescribedSeries& described) {
  SeriesState* series = TRY(series_of(study, described.head));
  series->touched = true;
  add_modality(study, described.head.object.series.modality);
  for (const model::IndexEntry& entry : described.instances) {
    if (TRY(find_stored(entry.object.instance.uid))) continue;
    const std::int64_t set_id = TRY(set_of(entry.inventory));
    TRY_VOID(write_instance(entry, series->id, set_id, std::nullopt));
    count_in(study, *series, entry, set_id);
  }
  const auto said = static_cast<std::int64_t>(described.instance_count);
  if (said <= series->instance_count) return {};
  study.instance_count += said - series->instance_count;
  series->instance_count = said;
  return {};
}

}  // namespace gateway::store
