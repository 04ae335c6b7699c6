// The attribute requirements of PS3.4 table CC.2.5-3.
#include "gateway/workitems/requirements.h"

#include <gtest/gtest.h>

#include "gateway/codec/json.h"
#include "gateway/workitems/attributes.h"
#include "tests/support/workitem_data.h"

namespace gateway::workitems {
namespace {

Value json(const std::string& text) { return in_order(*codec::parse_json(text)); }

TEST(Requirements, AWholeItemHasNoProblems) { EXPECT_EQ(joined(check_new(json(tests::new_workitem()))), ""); }

TEST(Requirements, EachMissingAttributeIsNamed) {
  for (const char* tag :
       {"00741000", "00741200", "00741204", "00404041", "00404005", "00741202", "00741210", "00404025",
        "00404018", "00400400", "00100010", "0040A370", "00741002", "00741216"}) {
    Value data = json(tests::new_workitem());
    const std::uint32_t number = static_cast<std::uint32_t>(std::stoul(tag, nullptr, 16));
    ASSERT_TRUE(erase(data, number)) << tag;
    const Problems problems = check_new(data);
    ASSERT_EQ(problems.size(), 1u) << tag;
    EXPECT_NE(problems.front().find(name_of(number)), std::string::npos) << problems.front();
  }
}

TEST(Requirements, WhatHasToBeEmptyOrOfAKindIsNamed) {
  const std::pair<std::uint32_t, const char*> cases[] = {
      {tag::kState, R"({"vr":"CS","Value":["IN PROGRESS"]})"},
      {tag::kTransactionUid, R"({"vr":"UI","Value":["1.2.3"]})"},
      {tag::kPerformed, R"({"vr":"SQ","Value":[{"00404050":{"vr":"DT","Value":["2026"]}}]})"},
      {tag::kInputReadiness, R"({"vr":"CS","Value":["PERHAPS"]})"},
      {tag::kPriority, R"({"vr":"CS","Value":["URGENT"]})"},
      {tag::kSopClassUid, R"({"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]})"},
      {0x00404018, R"({"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["X"]}}]})"},
      {0x00404021, R"({"vr":"SQ","Value":[{"0040E020":{"vr":"CS","Value":["DICOM"]}}]})"},
      {0x00404034, R"({"vr":"SQ","Value":[{}]})"},
  };
  for (const auto& [tag, element] : cases) {
    Value data = json(tests::new_workitem());
    put_element(data, tag, json(element));
    EXPECT_NE(joined(check_new(data)).find(name_of(tag)), std::string::npos) << name_of(tag);
  }
  Value data = json(tests::new_workitem());
  put_element(data, tag::kTransactionUid, json(R"({"vr":"UI"})"));
  EXPECT_EQ(joined(check_new(data)), "");
}

TEST(Requirements, MissingTypeTwoCanBeSupplied) {
  Value data = json(
      R"({"00741000":{"vr":"CS","Value":["SCHEDULED"]},"00741200":{"vr":"CS","Value":["LOW"]},
          "00741204":{"vr":"LO","Value":["x"]},"00404041":{"vr":"CS","Value":["READY"]},
          "00404005":{"vr":"DT","Value":["2026"]}})");
  EXPECT_GT(check_new(data).size(), 10u);
  EXPECT_TRUE(supply_empty(data));
  EXPECT_EQ(joined(check_new(data)), "");
  EXPECT_FALSE(supply_empty(data));
}

TEST(Requirements, AChangeMayRepeatButNotChangeWhatIsFixed) {
  const Value present = json(tests::new_workitem());
  EXPECT_EQ(joined(check_change(present, present)), "");
  EXPECT_NE(joined(check_change(json(R"({"00741000":{"vr":"CS","Value":["COMPLETED"]}})"), present)), "");
  EXPECT_NE(joined(check_change(json(R"({"00100020":{"vr":"LO","Value":["P2"]}})"), present)), "");
  EXPECT_NE(joined(check_change(json(R"({"00741204":{"vr":"LO"}})"), present)), "");
  EXPECT_EQ(joined(check_change(json(tests::performed()), present)), "");
}

TEST(Requirements, TheFinalStatesAskForTheirOwn) {
  using model::WorkitemState;
  Value data = json(tests::new_workitem());
  put_element(data, tag::kModified, json(R"({"vr":"DT","Value":["2026"]})"));
  EXPECT_NE(joined(missing_for(WorkitemState::Completed, data)).find("(0074,1216)"), std::string::npos);
  EXPECT_NE(joined(missing_for(WorkitemState::Canceled, data)), "");
  put_element(data, tag::kPerformed, *element(json(tests::performed()), tag::kPerformed));
  EXPECT_EQ(joined(missing_for(WorkitemState::Completed, data)), "");
  for (const std::uint32_t each : {0x00404028u, 0x00404050u, 0x00404019u, 0x00404051u}) {
    Value less = data;
    erase(ensure_item(less, tag::kPerformed), each);
    EXPECT_NE(joined(missing_for(WorkitemState::Completed, less)).find(name_of(each)), std::string::npos);
  }
}

}  // namespace
}  // namespace gateway::workitems
