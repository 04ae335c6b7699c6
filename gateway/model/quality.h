// What the index knows about the quality of the images of a selection: the raw counts behind the measurable
// part of the quality and utility label (Regulation (EU) 2025/327 Art 78(3)). What the numbers mean and how
// they become metrics: mappers/dcat/quality.h. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::model {

// What an ingest noticed about one object. The numbers are kept in the index: only append.
enum class Defect : std::uint8_t {
  DuplicateUid = 1,       // another object with a SOP Instance UID that is stored already; it was refused
  SexConflict = 2,        // another sex than the subject has
  BirthDateConflict = 3,  // another birth date than the subject has
  PatientConflict = 4,    // another Patient ID than the study has
  ModalityConflict = 5,   // another modality than the series has
  GeometryConflict = 6,   // other rows, columns or pixel spacing than the first image of the series
  BadValue = 7,           // a value that its VR or its defined terms do not allow; `tag` says where
  ReplacedObject = 8,     // an indexed file was found changed; the new object took its place
};
std::string_view name_of(Defect defect);  // "duplicate-uid"

// In an attribute inventory the VR of an attribute without a value is in lower case. Makes it upper case;
// true when it was not.
bool take_empty_mark(std::string& vr);
std::string with_empty_mark(std::string_view vr);

// A defect of one object, found before it is indexed.
struct ObjectDefect {
  Defect defect = Defect::BadValue;
  std::uint32_t tag = 0;  // 0xGGGGEEEE; 0: none in particular
  bool operator==(const ObjectDefect&) const = default;
};

struct DefectCount {
  Defect defect = Defect::BadValue;
  std::uint32_t tag = 0;
  std::uint64_t instances = 0;                          // objects that showed it, refused ones included
  std::uint64_t series = 0, studies = 0, subjects = 0;  // where there is at least one
};

// In how many instances of one modality an attribute is there, and with a value.
struct AttributePresence {
  std::string modality;
  std::uint32_t tag = 0;
  std::uint64_t present = 0, with_value = 0;
};
struct ModalityTotal {
  std::string modality;
  std::uint64_t instances = 0, series = 0;
};

struct QualityFigures {
  std::uint64_t subjects = 0, studies = 0, series = 0, instances = 0;
  std::vector<ModalityTotal> modalities;      // by modality
  std::vector<AttributePresence> attributes;  // by modality, then tag
  std::vector<DefectCount> defects;           // by defect, then tag
  std::uint64_t pixels_known = 0;             // instances with stored pixels that were looked at
  std::uint64_t same_pixels = 0;              // of these, instances with the pixels of another one
  std::uint64_t reused_series_uids = 0;       // series whose UID another study of the selection has too
  // Studies that state both a birth date and an age, and those where they are more than a year apart.
  std::uint64_t ages_stated_twice = 0, ages_apart = 0;
  // Studies that state an age or a birth date, and those where one of them gives an impossible age.
  std::uint64_t ages_stated = 0, ages_impossible = 0;
  std::uint64_t studies_dated = 0;       // with a date that is a day
  std::uint64_t dates_impossible = 0;    // before 1895, or after the study was indexed
  std::uint64_t births_after_study = 0;  // studies before the birth of the person
  std::uint64_t studies_without_patient_id = 0;
  std::string first_date, last_date;           // DA, as in SelectionStatistics
  std::uint64_t years_covered = 0;             // calendar years with at least one study
  std::uint64_t sex_known = 0, age_known = 0;  // subjects
  // Days from the study to its being indexed, over the studies with a possible date.
  std::optional<std::int64_t> median_delay_days, p90_delay_days;
  std::uint64_t subjects_dated = 0;   // with such a study
  std::uint64_t studies_changed = 0;  // that got more objects after the first of theirs
  std::int64_t index_version = 0;
};

}  // namespace gateway::model
