#include "gateway/store/packed_fields.h"

#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

model::Series busy_series() {
  model::Series series;
  series.uid = "1.2.3";
  series.department = "Radiology: 7\x1F wing\n\"ä\"";
  series.operators = {{"A^B", "山田", ""}, {"", "", "x"}};
  series.operator_ids = {{"1", "99STAFF", "One"}};
  series.requests.resize(2);
  series.requests[0].accession = {"A-1", "1.2.3", "TEXT"};
  series.requests[0].codes = {{"24627-2", "LN", "CT"}, {"2", "", ""}};
  series.requests[1].reason = "Cough";
  return series;
}

TEST(PackedFields, EveryFieldComesBack) {
  const model::Series series = busy_series();
  model::Series back;
  back.uid = series.uid;
  read_packed(packed_text(series), back);
  EXPECT_EQ(back, series);
  model::Instance instance, other;
  instance.specimens = {{{"SP", "PATH", ""}, "1.2", "Liver", {{"1", "SCT", "x"}}}, {}};
  read_packed(packed_text(instance), other);
  EXPECT_EQ(other, instance);
  model::Subject subject, person;
  subject.other_ids = {{"1", "a", ""}, {"2", "", "RFID"}};
  read_packed(packed_text(subject), person);
  EXPECT_EQ(person, subject);
}

TEST(PackedFields, NothingSaidIsAnEmptyText) {
  EXPECT_EQ(packed_text(model::Study{}), "");
  model::Study study;
  study.description = "has a column of its own";
  EXPECT_EQ(packed_text(study), "");
}

TEST(PackedFields, WhatCannotBeReadIsLeftEmpty) {
  const std::string text = packed_text(busy_series());
  for (std::size_t length = 0; length < text.size(); ++length) {
    model::Series series;
    read_packed(std::string_view(text).substr(0, length), series);
    EXPECT_TRUE(series.uid.empty());
  }
  for (const char* bad : {"5:abc", ":", "-1:x", "99999999999999999999:x", "3:kvp", "3:uid1:x", "3:new1:x"}) {
    model::Series series;
    read_packed(bad, series);
    EXPECT_EQ(series, model::Series{}) << bad;
  }
}

using PackedColumn = StoreTest;

TEST_F(PackedColumn, TheIndexKeepsPackedFieldsOfAllRecords) {
  auto entry = gateway::testing::make_entry({1, 1, 1, 1});
  entry.object.subject.address = "Main Street 1";
  entry.object.study.admission_id = "V-1";
  entry.object.series.requests = busy_series().requests;
  entry.object.instance.image_type = "ORIGINAL\\PRIMARY";
  commit({entry});
  const auto rows = index().studies({Level::Study, {}}, model::Depth::Instances);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ((*rows)[0].subject.subject, entry.object.subject);
  EXPECT_EQ((*rows)[0].study, entry.object.study);
  EXPECT_EQ((*rows)[0].series[0].series, entry.object.series);
  EXPECT_EQ((*rows)[0].series[0].instances[0], entry.object.instance);
}

TEST_F(PackedColumn, ALaterObjectFillsWhatTheFirstDidNotSay) {
  commit({gateway::testing::make_entry({1, 1, 1, 1})});
  auto later = gateway::testing::make_entry({1, 1, 1, 2});
  later.object.series.department = "Radiology";
  commit({later});
  const auto rows = index().studies({Level::Study, {}}, model::Depth::Series);
  EXPECT_EQ((*rows)[0].series[0].series.department, "Radiology");
}

TEST_F(PackedColumn, NoQueryCanNameAPackedField) {
  EXPECT_FALSE(index().search({Level::Series, {any_of("series.department", {"x"})}}).ok());
}

}  // namespace
}  // namespace gateway::store
