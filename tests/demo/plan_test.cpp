#include "gateway/demo/plan.h"

#include <gtest/gtest.h>

#include <set>

#include "gateway/demo/studies.h"
#include "mappers/dicom/dataset.h"

namespace gateway::demo {
namespace {

TEST(Plan, MakesThousandsOfInstancesOfSixtySubjects) {
  std::size_t instances = 0;
  for (const Subject& subject : plan_subjects(1, 60)) {
    for (const StudyPlan& study : subject.studies) instances += planned_instances(subject, study);
  }
  EXPECT_GE(instances, 3000u);
  EXPECT_LE(instances, 5000u);
}

TEST(Plan, KeepsTheFirstSubjectsWhenMoreAreAsked) {
  const auto few = plan_subjects(3, 5), many = plan_subjects(3, 50);
  for (std::size_t i = 0; i < few.size(); ++i) {
    EXPECT_EQ(few[i].patient_id, many[i].patient_id);
    EXPECT_EQ(few[i].studies[0].uid, many[i].studies[0].uid);
  }
}

TEST(Plan, IsPlausible) {
  unsigned without_birth_date = 0, other_sex = 0;
  for (const Subject& subject : plan_subjects(5, 200)) {
    without_birth_date += subject.birth_date.empty();
    other_sex += subject.sex != "M" && subject.sex != "F";
    EXPECT_TRUE(subject.cohort != Cohort::Prostate || subject.sex == "M");
    std::string last = "20180101";
    for (const StudyPlan& study : subject.studies) {
      EXPECT_LT(last, study.date);
      EXPECT_LT(study.date, "20260101");
      last = study.date;
      if (study.age.empty()) continue;
      EXPECT_EQ(study.age.size(), 4u);
      EXPECT_GE(study.age, "047Y");
      EXPECT_LE(study.age, "085Y");
    }
  }
  EXPECT_GT(without_birth_date, 0u);
  EXPECT_LT(without_birth_date, 40u);
  EXPECT_GT(other_sex, 0u);
}

TEST(Plan, GivesEveryStudyItsOwnUid) {
  std::set<std::string> uids;
  std::size_t studies = 0;
  for (const Subject& subject : plan_subjects(1, 300)) {
    for (const StudyPlan& study : subject.studies) {
      ++studies;
      uids.insert(study.uid);
      EXPECT_LE(study.uid.size(), 64u);
      EXPECT_TRUE(study.uid.starts_with("2.25."));
      EXPECT_NE(study.uid[5], '0');
    }
  }
  EXPECT_EQ(uids.size(), studies);
}

// Every name survives its character set, and no value is longer than PS3.5 Table 6.2-1 allows.
TEST(Names, AreDecodedToWhatTheyWere) {
  std::set<std::string> sets;
  for (unsigned i = 0; i < 2000; ++i) {
    Dice dice(1, std::to_string(i));
    const PersonText person = person_text(dice, i, i / 16 % 2 == 0);
    const auto set = mappers::dicom::CharacterSet::parse(person.character_set);
    const auto name = mappers::dicom::decode_person_name(person.bytes, set);
    std::string text = name.alphabetic;
    if (!name.ideographic.empty()) text += "=" + name.ideographic + "=" + name.phonetic;
    ASSERT_EQ(text, person.utf8) << person.character_set;
    EXPECT_LE(person.bytes.size(), 64u) << person.utf8;
    sets.insert(person.character_set);
  }
  EXPECT_EQ(sets.size(), 10u);  // the default repertoire among them
}

TEST(Later, StaysWithinTheDay) {
  EXPECT_EQ(later("101500", 3661), "111601");
  EXPECT_EQ(later("235900", 3600), "235959");
}

}  // namespace
}  // namespace gateway::demo
