// What the demonstration data holder consists of: subjects and their studies, decided before anything is
// drawn.
//
// A plan is a pure function of seed and number of subjects. Plain values, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/demo/names.h"

namespace gateway::demo {

enum class Cohort : std::uint8_t { Lung, Prostate, Breast };

struct CohortFacts {
  const char* id;        // dataset id and folder
  const char* protocol;  // Clinical Trial Protocol ID: what the dataset definition selects
  const char* protocol_name;
  const char* short_name;  // in subject ids and UID positions
};
const CohortFacts& facts(Cohort cohort);

// One device with the spelling of its vendor.
struct Device {
  const char* manufacturer;
  const char* model;
  const char* software;
};

struct Site {
  const char* name;
  const char* id;
  const char* issuer;    // Issuer of Patient ID
  const char* timezone;  // empty: not sent
};

struct StudyPlan {
  unsigned number = 1;     // 1 is the first of the subject
  std::string date, time;  // DA, TM
  std::string age;         // AS; empty when the birth date is unknown
  std::string accession, study_id, uid;
  bool pet = false;          // lung: PET/CT
  bool contrast = false;     // lung: enhanced CT
  bool implicit_vr = false;  // written in Implicit VR Little Endian
  double growth = 1;         // of the lesion since the first study
};

struct Subject {
  Cohort cohort = Cohort::Lung;
  unsigned number = 1;   // within the cohort
  std::string position;  // "lung/0001", the prefix of every UID position
  PersonText name;
  std::string sex;         // as written: M, F, O or empty
  bool female = false;     // as drawn
  std::string birth_date;  // DA or empty
  std::string patient_id, subject_id;
  double weight_kg = 75, height_m = 1.7;
  bool lesion = true;
  const Site* site = nullptr;
  std::vector<StudyPlan> studies;
};

// Lung, prostate, breast in turn as 4 : 3 : 3.
std::vector<Subject> plan_subjects(std::uint64_t seed, unsigned subjects);
// Images and segmentations that a study will have.
std::size_t planned_instances(const Subject& subject, const StudyPlan& study);

// Seconds added to a TM value of six digits, within the day.
std::string later(const std::string& time, int seconds);

}  // namespace gateway::demo
