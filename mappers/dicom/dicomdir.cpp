#include "mappers/dicom/dicomdir.h"

#include <algorithm>

#include "mappers/dicom/transfer_syntax.h"

namespace mappers::dicom {
namespace {

using gateway::fail;
using gateway::Result;
namespace model = gateway::model;

constexpr std::string_view kDirectoryStorage = "1.2.840.10008.1.3.10";
constexpr std::size_t kItemHeader = 8;

struct TypeRow {
  std::string_view sop_class;  // or, ending with a dot, the beginning of several
  std::string_view type;
};

// PS3.3 annex F.5 by storage SOP class; what is not here is an image.
constexpr TypeRow kTypes[] = {
    {"1.2.840.10008.5.1.4.1.1.88.59", "KEY OBJECT DOC"},
    {"1.2.840.10008.5.1.4.1.1.88.", "SR DOCUMENT"},
    {"1.2.840.10008.5.1.4.1.1.11.", "PRESENTATION"},
    {"1.2.840.10008.5.1.4.1.1.9.", "WAVEFORM"},
    {"1.2.840.10008.5.1.4.1.1.481.2", "RT DOSE"},
    {"1.2.840.10008.5.1.4.1.1.481.3", "RT STRUCTURE SET"},
    {"1.2.840.10008.5.1.4.1.1.481.5", "RT PLAN"},
    {"1.2.840.10008.5.1.4.1.1.481.8", "RT PLAN"},
    {"1.2.840.10008.5.1.4.1.1.481.4", "RT TREAT RECORD"},
    {"1.2.840.10008.5.1.4.1.1.481.6", "RT TREAT RECORD"},
    {"1.2.840.10008.5.1.4.1.1.481.7", "RT TREAT RECORD"},
    {"1.2.840.10008.5.1.4.1.1.481.9", "RT TREAT RECORD"},
    {"1.2.840.10008.5.1.4.1.1.66.1", "REGISTRATION"},
    {"1.2.840.10008.5.1.4.1.1.66.3", "REGISTRATION"},
    {"1.2.840.10008.5.1.4.1.1.66.2", "FIDUCIAL"},
    {"1.2.840.10008.5.1.4.1.1.66.5", "SURFACE"},
    {"1.2.840.10008.5.1.4.1.1.66.6", "TRACT"},
    {"1.2.840.10008.5.1.4.1.1.66", "RAW DATA"},
    {"1.2.840.10008.5.1.4.1.1.67", "VALUE MAP"},
    {"1.2.840.10008.5.1.4.1.1.77.1.5.3", "STEREOMETRIC"},
    {"1.2.840.10008.5.1.4.1.1.4.2", "SPECTROSCOPY"},
    {"1.2.840.10008.5.1.4.1.1.104.", "ENCAP DOC"},
    {"1.2.840.10008.5.1.4.1.1.78.", "MEASUREMENT"},
    {"1.2.840.10008.5.1.4.1.1.91.1", "ANNOTATION"},
};

std::string person(const model::PersonName& name) {
  std::string text = name.alphabetic;
  if (!name.ideographic.empty() || !name.phonetic.empty()) text += "=" + name.ideographic;
  if (!name.phonetic.empty()) text += "=" + name.phonetic;
  return text;
}

// Type 1 keys must not be empty (PS3.3 annex F.5): an unknown one says so in a value of its VR.
std::string or_else(const std::string& value, std::string_view fallback) {
  return value.empty() ? std::string(fallback) : value;
}

Draft record_of(std::string_view type) {
  Draft draft;
  draft.set_number("OffsetOfTheNextDirectoryRecord", 0).set_number("RecordInUseFlag", 0xFFFF);
  draft.set_number("OffsetOfReferencedLowerLevelDirectoryEntity", 0);
  return draft.set("DirectoryRecordType", type).set("SpecificCharacterSet", "ISO_IR 192");
}

Draft patient_keys(const model::Subject& subject, const std::string& study_uid) {
  Draft draft = record_of("PATIENT");
  draft.set("PatientName", person(subject.name));
  // Without an id each study is a patient of its own; an identifier has to be there all the same.
  return draft.set("PatientID", or_else(subject.patient_id, study_uid.substr(0, 64)));
}

Draft study_keys(const model::Study& study) {
  Draft draft = record_of("STUDY");
  draft.set("StudyDate", or_else(study.date, "19000101")).set("StudyTime", or_else(study.time, "000000"));
  draft.set("StudyDescription", study.description).set("AccessionNumber", study.accession_number);
  return draft.set("StudyInstanceUID", study.uid).set("StudyID", or_else(study.study_id, "0"));
}

Draft series_keys(const model::Series& series) {
  Draft draft = record_of("SERIES");
  draft.set("Modality", or_else(series.modality, "OT")).set("SeriesInstanceUID", series.uid);
  draft.set("SeriesNumber", std::to_string(series.number.value_or(0)));
  if (!series.description.empty()) draft.set("SeriesDescription", series.description);
  return draft;
}

std::vector<Draft> concept_items(const std::vector<model::Code>& codes) {
  std::vector<Draft> items;
  for (const model::Code& code : codes) {
    Draft item;
    item.set("CodeValue", code.value).set("CodingSchemeDesignator", code.scheme);
    items.push_back(item.set("CodeMeaning", code.meaning));
  }
  return items;
}

// PS3.3 F.5.23 and F.5.25: what a document is about.
void add_document_keys(Draft& draft, const model::Instance& instance) {
  draft.set("ContentDate", or_else(instance.content_date, "19000101"));
  draft.set("ContentTime", or_else(instance.content_time, "000000"));
  draft.set_items("ConceptNameCodeSequence", concept_items(instance.concept_name));
}

Draft instance_keys(const model::Instance& instance, const std::vector<std::string>& file_id,
                    std::string_view transfer_syntax) {
  const std::string_view type = directory_record_type(instance.sop_class_uid);
  Draft draft = record_of(type);
  std::string path;
  for (const std::string& component : file_id) path += (path.empty() ? "" : "\\") + component;
  draft.set("ReferencedFileID", path).set("ReferencedSOPClassUIDInFile", instance.sop_class_uid);
  draft.set("ReferencedSOPInstanceUIDInFile", instance.uid);
  draft.set("ReferencedTransferSyntaxUIDInFile", transfer_syntax);
  draft.set("InstanceNumber", std::to_string(instance.number.value_or(0)));
  if (type == "SR DOCUMENT" || type == "KEY OBJECT DOC") add_document_keys(draft, instance);
  return draft;
}

std::string encoded(const Draft& draft) {
  std::string out;
  draft.encode(out, Encoding::ExplicitLittle);
  return out;
}

void append_little(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

std::string file_meta(std::string_view file_set_uid) {
  return encode_file_meta({kDirectoryStorage, file_set_uid, transfer_syntax::kExplicitLittle, {}, {}, {}});
}

}  // namespace

std::string_view directory_record_type(std::string_view sop_class_uid) {
  for (const TypeRow& row : kTypes) {
    const bool group = row.sop_class.ends_with('.');
    if (group ? sop_class_uid.starts_with(row.sop_class) : sop_class_uid == row.sop_class) return row.type;
  }
  return "IMAGE";
}

// The current record of a level, or a new one when that is another's.
std::size_t DicomDirectory::place(std::size_t level, std::size_t parent, const std::string& uid, Draft keys) {
  const bool same = last_[level] < records_.size() && records_[last_[level]].level == level &&
                    records_[last_[level]].uid == uid &&
                    (level == 0 || records_[last_[level]].parent == parent);
  if (same) return last_[level];
  last_[level] = records_.size();
  records_.push_back({std::move(keys), level == 0 ? records_.size() : parent, level, uid});
  return last_[level];
}

void DicomDirectory::add(const model::ImagingObject& object, const std::vector<std::string>& file_id,
                         std::string_view transfer_syntax) {
  const auto& [subject, study, series, instance] = object;
  const std::string person_key =
      subject.patient_id.empty() ? study.uid : subject.issuer + '\n' + subject.patient_id;
  const std::size_t patient = place(0, 0, person_key, patient_keys(subject, study.uid));
  const std::size_t of_study = place(1, patient, study.uid, study_keys(study));
  const std::size_t of_series = place(2, of_study, series.uid, series_keys(series));
  place(3, of_series, instance.uid, instance_keys(instance, file_id, transfer_syntax));
}

// PS3.3 F.3.2.2: offsets count from the first byte of the file to the item of a record.
Result<std::string> DicomDirectory::finish(std::string_view file_set_uid) const {
  Draft head;
  head.set("FileSetID").set_number("OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity", 0);
  head.set_number("OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity", 0);
  head.set_number("FileSetConsistencyFlag", 0);
  std::string out = file_meta(file_set_uid);
  std::vector<Record> records = records_;
  std::vector<std::uint32_t> offsets;
  constexpr std::size_t kSequenceHeader = 12;
  std::uint64_t at = out.size() + encoded(head).size() + kSequenceHeader;
  for (const Record& record : records) {
    if (!record.keys.fault().empty())
      return fail(gateway::ErrorCode::Internal, "the directory cannot be written", record.keys.fault());
    offsets.push_back(static_cast<std::uint32_t>(at));
    at += kItemHeader + encoded(record.keys).size();
  }
  if (at > 0xFFFFFFFE) return fail(gateway::ErrorCode::NotSupported, "too many files for one directory");
  // The last record of each level below each parent, to chain brothers.
  std::vector<std::size_t> brother(records.size(), 0);
  std::size_t last_root = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const bool root = records[i].parent == i;
    std::size_t& last = root ? last_root : brother[records[i].parent];
    if (last > 0) {
      records[last - 1].keys.set_number("OffsetOfTheNextDirectoryRecord", offsets[i]);
    } else if (!root) {
      records[records[i].parent].keys.set_number("OffsetOfReferencedLowerLevelDirectoryEntity", offsets[i]);
    }
    last = i + 1;
  }
  if (!records.empty()) {
    head.set_number("OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity", offsets.front());
    head.set_number("OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity", offsets[last_root - 1]);
  }
  out += encoded(head);
  append_little(out, 0x12200004, 4);  // (0004,1220)
  out += std::string_view("SQ\0\0", 4);
  append_little(out, static_cast<std::uint32_t>(at - out.size() - 4), 4);
  for (const Record& record : records) {
    const std::string keys = encoded(record.keys);
    append_little(out, 0xE000FFFE, 4);
    append_little(out, static_cast<std::uint32_t>(keys.size()), 4);
    out += keys;
  }
  return out;
}

}  // namespace mappers::dicom
