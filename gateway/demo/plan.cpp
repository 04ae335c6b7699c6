#include "gateway/demo/plan.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "gateway/demo/studies.h"

namespace gateway::demo {
namespace {

constexpr std::array<CohortFacts, 3> kFacts = {{
    {"lung-ct-pet", "EHDS-DEMO-LUNG", "Lung cancer: CT and FDG PET/CT", "lung"},
    {"prostate-mr", "EHDS-DEMO-PROSTATE", "Prostate cancer: multiparametric MR", "prostate"},
    {"breast-mg", "EHDS-DEMO-BREAST", "Breast cancer screening: mammography", "breast"},
}};

constexpr std::array<Site, 4> kSites = {{
    {"Demonstration Hospital North", "DEMO-N", "DEMO-HOSPITAL-NORTH", "+0100"},
    {"Demonstration Hospital South", "DEMO-S", "DEMO-HOSPITAL-SOUTH", "+0200"},
    {"Demonstration University Clinic", "DEMO-U", "DEMO-UNIVERSITY-CLINIC", ""},
    {"Demonstration Cancer Centre", "DEMO-C", "DEMO-CANCER-CENTRE", "+0000"},
}};

std::string digits(std::uint64_t number, int width) {
  std::string text = std::to_string(number);
  return text.size() < static_cast<std::size_t>(width) ? std::string(width - text.size(), '0') + text : text;
}

using Day = std::chrono::sys_days;

std::string da(Day day) {
  const std::chrono::year_month_day ymd(day);
  return digits(static_cast<std::uint64_t>(static_cast<int>(ymd.year())), 4) +
         digits(static_cast<unsigned>(ymd.month()), 2) + digits(static_cast<unsigned>(ymd.day()), 2);
}

Day first_day(Dice& dice) {
  using namespace std::chrono;
  return Day(2018y / January / 8) + days(dice.whole(0, 5 * 365 + 300));
}

struct AgeRange {
  int low, high;
};
constexpr AgeRange age_range(Cohort cohort) {
  return cohort == Cohort::Lung       ? AgeRange{47, 84}
         : cohort == Cohort::Prostate ? AgeRange{51, 79}
                                      : AgeRange{50, 69};
}

StudyPlan plan_study(std::uint64_t seed, const Subject& subject, unsigned number, Day day, Day born,
                     Dice& dice) {
  StudyPlan study;
  study.number = number;
  study.date = da(day);
  study.time = digits(dice.whole(7, 17), 2) + digits(dice.whole(0, 59), 2) + digits(dice.whole(0, 59), 2);
  if (!subject.birth_date.empty()) study.age = digits((day - born).count() * 10000 / 3652425, 3) + "Y";
  study.uid = uid_of(seed, subject.position + "/" + std::to_string(number));
  study.accession = "D" + std::to_string(dice.whole(10, 99)) + digits(dice.next() % 10000000, 7);
  study.study_id = digits(dice.next() % 1000000, 6);
  study.pet = subject.cohort == Cohort::Lung && subject.number % 5 != 3 && number == 1;
  study.contrast = subject.cohort == Cohort::Lung && !study.pet;
  study.implicit_vr = subject.cohort == Cohort::Prostate && subject.number == 2;
  study.growth = number == 1 ? 1.0 : dice.between(0.55, 1.35);
  return study;
}

void plan_studies(std::uint64_t seed, Subject& subject, Day born, Day first, Dice& dice) {
  // Lung: every third subject is followed up. Breast: every third was screened two years later again.
  const bool again = subject.number % 3 == 1 && subject.cohort != Cohort::Prostate;
  const int gap = subject.cohort == Cohort::Lung ? dice.whole(80, 200) : dice.whole(700, 760);
  for (int number = 1; number <= (again ? 2 : 1); ++number) {
    const Day day = first + std::chrono::days((number - 1) * gap);
    subject.studies.push_back(plan_study(seed, subject, static_cast<unsigned>(number), day, born, dice));
  }
}

Subject plan_subject(std::uint64_t seed, Cohort cohort, unsigned number, unsigned overall) {
  Subject subject;
  subject.cohort = cohort;
  subject.number = number;
  subject.position = std::string(facts(cohort).short_name) + "/" + digits(number, 4);
  Dice dice(seed, subject.position);
  subject.female = cohort == Cohort::Breast || (cohort == Cohort::Lung && dice.chance(0.42));
  subject.name = person_text(dice, overall, subject.female);
  // What real archives hold: a few people without known birth date, of other or unrecorded sex.
  subject.sex = cohort != Cohort::Lung || number % 11 != 4 ? (subject.female ? "F" : "M")
                : number % 2                               ? ""
                                                           : "O";
  const auto [low, high] = age_range(cohort);
  const Day first = first_day(dice);
  const Day born = first - std::chrono::days(dice.whole(low * 365 + 800, high * 365));
  if (number % 13 != 5) subject.birth_date = da(born);
  subject.site = &dice.pick(kSites);
  subject.patient_id = digits(dice.next() % 90000000 + 10000000, 8);
  subject.subject_id =
      "SYN-" + std::string(1, static_cast<char>(facts(cohort).short_name[0] - 32)) + digits(number, 4);
  subject.height_m = subject.female ? dice.between(1.54, 1.76) : dice.between(1.66, 1.92);
  subject.weight_kg = dice.between(21, 32) * subject.height_m * subject.height_m;
  subject.lesion = cohort != Cohort::Breast || number % 5 < 2;  // screening: most are well
  plan_studies(seed, subject, born, first, dice);
  return subject;
}

}  // namespace

const CohortFacts& facts(Cohort cohort) { return kFacts[static_cast<std::size_t>(cohort)]; }

std::vector<Subject> plan_subjects(std::uint64_t seed, unsigned subjects) {
  static constexpr Cohort kTurns[] = {Cohort::Lung,     Cohort::Prostate, Cohort::Breast, Cohort::Lung,
                                      Cohort::Prostate, Cohort::Breast,   Cohort::Lung,   Cohort::Prostate,
                                      Cohort::Breast,   Cohort::Lung};
  std::array<unsigned, 3> count{};
  std::vector<Subject> plan;
  for (unsigned i = 0; i < subjects; ++i) {
    const Cohort cohort = kTurns[i % std::size(kTurns)];
    plan.push_back(plan_subject(seed, cohort, ++count[static_cast<std::size_t>(cohort)], i));
  }
  return plan;
}

std::size_t planned_instances(const Subject& subject, const StudyPlan& study) {
  switch (subject.cohort) {
    case Cohort::Lung:
      return kCtSlices + (study.pet ? kCtSlices : 0) + 1;
    case Cohort::Prostate:
      return kT2Slices + kSagittalSlices + 3 * kDwiSlices + 1;
    case Cohort::Breast:
      break;
  }
  return 4;
}

std::string later(const std::string& time, int seconds) {
  const int now =
      std::stoi(time.substr(0, 2)) * 3600 + std::stoi(time.substr(2, 2)) * 60 + std::stoi(time.substr(4, 2));
  const int then = std::min(now + seconds, 86399);
  return digits(then / 3600, 2) + digits(then / 60 % 60, 2) + digits(then % 60, 2);
}

}  // namespace gateway::demo
