#include "mappers/dicom/query_keys.h"

#include <gtest/gtest.h>

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::model::Level;
using gateway::model::Match;

std::optional<std::string> path_of(std::uint32_t tag) {
  switch (tag) {
    case 0x00100010:
      return "subject.name";
    case 0x00100020:
      return "subject.patient_id";
    case 0x00100040:
      return "subject.sex";
    case 0x00080020:
      return "study.date";
    case 0x00080030:
      return "study.time";
    case 0x00081050:
      return "series.performing_physician";
    case 0x00080060:
      return "series.modality";
    case 0x00200011:
      return "series.number";
    case 0x00080016:
      return "instance.sop_class_uid";
    case 0x00280010:
      return "instance.rows";
    default:
      return std::nullopt;
  }
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Result<KeyPlan> plan(Level level, const Pairs& pairs, const MatchOptions& options = {}, bool combine = true) {
  std::vector<MatchKey> keys;
  for (const auto& [name, value] : pairs) {
    auto key = parse_key(**parse_tag_path(name), value, options);
    EXPECT_TRUE(key.ok()) << name << "=" << value;
    keys.push_back(std::move(*key));
  }
  return plan_keys(level, keys, path_of, combine);
}

Match only(const Result<KeyPlan>& planned) {
  EXPECT_TRUE(planned.ok() && planned->matches.size() == 1 && planned->others.empty());
  return planned.ok() && !planned->matches.empty() ? planned->matches[0] : Match();
}

TEST(PlanKeys, FieldsBecomeMatches) {
  EXPECT_EQ(only(plan(Level::Study, {{"PatientID", "P1"}})).kind, Match::Kind::AnyOf);
  EXPECT_EQ(only(plan(Level::Study, {{"PatientID", "P?"}})).kind, Match::Kind::Wildcard);
  EXPECT_EQ(only(plan(Level::Study, {{"StudyDate", "20240101-"}})).kind, Match::Kind::Range);
  EXPECT_EQ(only(plan(Level::Study, {{"PatientName", "doe*"}})).kind, Match::Kind::AnyOf);
  EXPECT_EQ(only(plan(Level::Study, {{"PatientName", "doe"}}, {true, false, false})).kind,
            Match::Kind::Fuzzy);
  EXPECT_EQ(only(plan(Level::Study, {{"PatientID", "\"\""}}, {false, true, false})).kind, Match::Kind::Empty);
  EXPECT_EQ(only(plan(Level::Series, {{"SeriesNumber", "+07"}})).values, std::vector<std::string>{"7"});
  EXPECT_TRUE(only(plan(Level::Series, {{"SeriesNumber", "7.5"}})).values.empty());
  EXPECT_EQ(only(plan(Level::Study, {{"ModalitiesInStudy", "CT,MR"}})).values.size(), 2u);
  const Match several = only(plan(Level::Study, {{"PatientID", "P1\\Q*"}}, {false, false, true}));
  EXPECT_EQ(several.kind, Match::Kind::Wildcard);
  EXPECT_EQ(several.values.size(), 2u);
}

TEST(PlanKeys, KeysOfLowerLevelsAskForSomethingBelow) {
  EXPECT_EQ(only(plan(Level::Study, {{"Modality", "CT"}})).field, "series.modality");
  EXPECT_EQ(only(plan(Level::Study, {{"SOPClassesInStudy", "1.2"}})).field, "instance.sop_class_uid");
  EXPECT_EQ(only(plan(Level::Study, {{"00400275.00400009", "S"}})).field, "series.00400275.00400009");
}

TEST(PlanKeys, OthersAreTestedOneByOneWhereOneInstanceSpeaksForAll) {
  const auto others = [](Level level, const char* name, const char* value, const MatchOptions& options = {}) {
    const auto planned = plan(level, {{name, value}}, options);
    return planned.ok() && planned->matches.empty() && planned->others.size() == 1;
  };
  EXPECT_TRUE(others(Level::Study, "OtherPatientIDsSequence.PatientID", "X"));
  EXPECT_TRUE(others(Level::Study, "NumberOfStudyRelatedInstances", "3"));
  EXPECT_TRUE(others(Level::Series, "PerformingPhysicianName", "Second*"));  // the record has the first only
  EXPECT_TRUE(others(Level::Study, "PatientSex", "U"));
  EXPECT_TRUE(others(Level::Instance, "KVP", "120"));
  EXPECT_TRUE(others(Level::Instance, "00091001", "x"));
  EXPECT_TRUE(others(Level::Study, "StudyDate", "20240101\\20240201-", {false, false, true}));
}

TEST(PlanKeys, WhatCannotBeDecidedIsRefusedByItsPath) {
  for (const auto& [level, name] :
       {std::pair(Level::Study, "Rows"), std::pair(Level::Study, "KVP"), std::pair(Level::Series, "KVP"),
        std::pair(Level::Study, "00091001"), std::pair(Level::Study, "RetrieveURL")}) {
    const auto planned = plan(level, {{name, "1"}});
    ASSERT_FALSE(planned.ok()) << name;
    EXPECT_EQ(planned.error().code, ErrorCode::InvalidParameter);
    EXPECT_EQ(planned.error().where, path_text(**parse_tag_path(name)));
  }
}

TEST(PlanKeys, DateAndTimeRangesAreOneRangeWhenCombined) {
  const Match night =
      only(plan(Level::Study, {{"StudyDate", "20240101-20240102"}, {"StudyTime", "2200-0600"}}));
  EXPECT_EQ(night.kind, Match::Kind::Between);
  EXPECT_EQ(night.low, "20240101220000");
  EXPECT_EQ(night.high, "20240102060059");
  const Match open = only(plan(Level::Study, {{"StudyTime", "1200-"}, {"StudyDate", "20240101-"}}));
  EXPECT_EQ(open.low, "20240101120000");
  EXPECT_EQ(open.high, "");
  EXPECT_EQ(plan(Level::Study, {{"StudyDate", "20240101-20240102"}, {"StudyTime", "2200-0600"}}, {}, false)
                ->matches.size(),
            2u);
  EXPECT_EQ(plan(Level::Study, {{"StudyDate", "20240101"}, {"StudyTime", "2200-2300"}})->matches.size(), 2u);
}

TEST(PlanKeys, UniversalKeysAndTheCharacterSetOfTheRequestAskForNothing) {
  const auto planned =
      plan(Level::Study, {{"PatientName", "*"}, {"StudyDate", ""}, {"SpecificCharacterSet", "ISO_IR 192"}});
  ASSERT_TRUE(planned.ok());
  EXPECT_TRUE(planned->matches.empty() && planned->others.empty());
}

}  // namespace
}  // namespace mappers::dicom
