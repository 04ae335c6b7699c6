#include "gateway/model/fields.h"

#include <gtest/gtest.h>

#include <set>

namespace gateway::model {
namespace {

TEST(FieldRef, FindsEveryFieldByItsPath) {
  std::set<std::string> paths;
  for (const FieldRef& field : FieldRef::all()) {
    EXPECT_TRUE(paths.insert(field.path()).second) << field.path() << " is there twice";
    const auto found = FieldRef::find(field.path());
    ASSERT_TRUE(found.has_value()) << field.path();
    EXPECT_EQ(*found, field);
  }
  EXPECT_EQ(paths.size(), fields<Subject>().size() + fields<Study>().size() + fields<Series>().size() +
                              fields<Instance>().size());
}

TEST(FieldRef, UnknownPathsAreNothing) {
  for (const char* path : {"", "subject", "subject.", ".patient_id", "subject.nothing", "patient.patient_id",
                           "study.uid.more", "Study.uid"})
    EXPECT_FALSE(FieldRef::find(path).has_value()) << path;
}

TEST(FieldRef, EveryPointerIsOfItsTypeAndLeadsToItsOwnMember) {
  ImagingObject object;
  for (const FieldRef& field : FieldRef::all()) {
    const FieldRef::Pointer pointer = field.of(object);
    EXPECT_EQ(pointer.index(), static_cast<std::size_t>(field.type())) << field.path();
    if (auto* const* text = std::get_if<std::string*>(&pointer)) **text = field.path();
  }
  EXPECT_EQ(object.subject.patient_id, "subject.patient_id");
  EXPECT_EQ(object.study.trial_protocol_id, "study.trial_protocol_id");
  EXPECT_EQ(object.series.protocol_name, "series.protocol_name");
  EXPECT_EQ(object.instance.content_time, "instance.content_time");
  for (const FieldRef& field : FieldRef::all()) {
    const FieldRef::Pointer pointer = field.of(object);
    auto* const* text = std::get_if<std::string*>(&pointer);
    EXPECT_TRUE(!text || **text == field.path()) << field.path();
  }
}

TEST(ToValue, LeavesEmptyFieldsOut) {
  EXPECT_EQ(to_value(Study{}), Value::map());
  Series series;
  series.uid = "1.2";
  series.number = 0;
  series.anatomic_regions = {{"51185008", "SCT", "Thorax"}};
  series.performing_physician.ideographic = "山田";
  const Value value = to_value(series);
  ASSERT_EQ(value.as_map()->size(), 4u);
  EXPECT_EQ(value.text("uid"), "1.2");
  EXPECT_EQ(*value.find("number"), Value(0));
  EXPECT_EQ(value.find("anatomic_regions")->as_list()->front().text("meaning"), "Thorax");
  EXPECT_EQ(value.find("performing_physician")->text("ideographic"), "山田");
  EXPECT_EQ(value.find("performing_physician")->find("alphabetic"), nullptr);
}

TEST(ToValue, KeepsTheOrderOfTheRecord) {
  Subject subject{"id", "issuer", {"A^B", "", ""}, "19700101", "F"};
  const Value value = to_value(subject);
  std::vector<std::string> names;
  for (const auto& [name, member] : *value.as_map()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"patient_id", "issuer", "name", "birth_date", "sex"}));
}

}  // namespace
}  // namespace gateway::model
