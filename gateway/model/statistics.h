// What the images of a selection say, for a dataset description. All figures of one SelectionStatistics are
// of one moment.
//
// As counted these figures are exact and stay inside the gateway. What is published, or answered to a search,
// has gone through gateway/disclosure: it gives the same structure with what the policy of the site leaves of
// it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gateway::model {

// One value of an attribute, and how much has it.
struct CountedValue {
  std::string value;
  std::uint64_t series = 0;
  std::uint64_t subjects = 0;
  std::uint64_t studies = 0;
  std::uint64_t instances = 0;
};
struct CountedAttribute {
  std::uint32_t tag = 0;
  std::string vr;
  std::uint64_t instances = 0;  // in how many it is present
  std::uint64_t empty = 0;      // of these, in how many without a value (type 2 of PS3.5 7.4)
};

// Persons of one sex and age: the cells of a table, so that a person left out of one figure can be left out
// of all. The age is that at the first study of the selection for which it is known.
struct PersonCell {
  std::string sex;               // M, F, O; empty: not known
  std::optional<int> age_years;  // completed years
  std::uint64_t subjects = 0, studies = 0, series = 0, instances = 0, bytes = 0;
};

// A value of the images as a concept: what mappers/engine/coded_terms.h makes of the counted values.
struct TermCode {
  std::string system;  // "SCT", "EUCAIM", "BPE", ...: as in profiles/terminology/concepts.spellings.csv
  std::string code;
  std::string list;  // release of the vocabulary; may be empty
};
struct CodedTerm {
  std::string category;         // "body-part", "manufacturer", "modality", "sex"
  std::string id;               // of the concept in our tables: "breast"
  std::string label;            // English
  std::vector<TermCode> codes;  // one a vocabulary: that to be written
  bool certain = true;          // false: the values behind it can be read in another way
  std::uint64_t series = 0;
  std::uint64_t subjects = 0;  // at most: who has two of the values behind it counts twice
};

// How the numbers were treated before they were shown; `policy` is empty as long as they are exact.
struct AppliedPrivacy {
  std::string policy;             // id of the policy
  std::uint64_t below = 1;        // counts of persons below it are not shown
  std::uint64_t step = 1;         // counts are multiples of it
  int age_band = 1, age_top = 0;  // width of the bands; from this age on there is one; 0: no such age
  bool noise = false;
  bool exact() const { return below <= 1 && step <= 1 && age_band <= 1 && !noise; }
};

struct AgeBand {
  int from = 0;
  std::optional<int> to;  // nothing: and older
  std::uint64_t subjects = 0;
};

struct SelectionStatistics {
  std::uint64_t subjects = 0, studies = 0, series = 0, instances = 0, bytes = 0;
  std::optional<int> min_age_years, max_age_years;  // at the study date; from birth date, else patient age
  std::string first_date, last_date;                // DA of the earliest and latest study
  std::vector<CountedValue> modalities, body_parts, manufacturers, sexes,
      sop_classes;                           // by count, then value
  std::vector<CountedAttribute> attributes;  // by tag
  std::int64_t index_version = 0;
  // All of them count as one subject, since they may be of one person: then `subjects` is no number of
  // individuals.
  std::uint64_t studies_without_patient_id = 0;
  std::int64_t newest_us = 0;                       // when one of the studies changed last; 0: none
  std::vector<CountedValue> transfer_syntaxes;      // by count, then value
  std::vector<CountedValue> years;                  // of the studies, "2019"; by year
  std::string first_series_date, last_series_date;  // DA; Series Date (0008,0021): when images were acquired
  std::vector<PersonCell> persons;                  // by sex, then age
  std::vector<AgeBand> ages;                        // by age; as counted one band a year
  // SHA-256 over the objects, in hex: definition in digest.h of the store. Empty: of some object it is not
  // known (indexed in place), or there is none.
  std::string checksum;
  // Filled by mappers/engine/coded_terms.h: concepts behind the values, and values that stand for none.
  std::vector<CodedTerm> terms;
  std::vector<CountedValue> unmapped;  // value is "body-part: SERVICE"
  // Fewer persons than the policy allows to be shown: all counts are 0 and must be left out of a description.
  bool withheld = false;
  AppliedPrivacy privacy;
};

// Instances whose SOP class is one of a kind (PS3.4 annex B.5), from the counted SOP classes.
enum class DerivedKind : std::uint8_t { Segmentation, StructuredReport, RtStructureSet };
std::uint64_t count_instances(const SelectionStatistics& statistics, DerivedKind kind);
std::uint64_t count_studies(const SelectionStatistics& statistics, DerivedKind kind);  // at most

}  // namespace gateway::model
