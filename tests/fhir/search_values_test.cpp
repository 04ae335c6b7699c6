#include "gateway/fhir/search_values.h"

#include <gtest/gtest.h>

namespace gateway::fhir {
namespace {

TEST(SearchValues, CommasSeparateUnlessEscaped) {
  EXPECT_EQ(alternatives("a,b\\,c,,d"), (std::vector<std::string_view>{"a", "b\\,c", "d"}));
  EXPECT_EQ(alternatives(""), std::vector<std::string_view>());
  EXPECT_EQ(unescape("b\\,c\\|\\$\\\\"), "b,c|$\\");
  EXPECT_EQ(unescape("end\\"), "end\\");
}

TEST(SearchValues, TokensHaveFourForms) {
  EXPECT_EQ(parse_token("c").system, std::nullopt);
  EXPECT_EQ(parse_token("|c").system, "");
  EXPECT_EQ(parse_token("s|").code, "");
  EXPECT_EQ(parse_token("s\\|t|c").system, "s|t");
  EXPECT_EQ(parse_token("s|c").code_in("s"), "c");
  EXPECT_EQ(parse_token("x|c").code_in("s"), std::nullopt);
  EXPECT_EQ(parse_token("c").code_in("s"), "c");
}

TEST(SearchValues, ReferencesAreOfThisServerOnly) {
  EXPECT_EQ(local_id("Patient/1", "Patient", "http://h/fhir"), "1");
  EXPECT_EQ(local_id("1", "Patient", "http://h/fhir"), "1");
  EXPECT_EQ(local_id("http://h/fhir/Patient/1", "Patient", "http://h/fhir"), "1");
  EXPECT_EQ(local_id("http://h/fhirPatient/1", "Patient", "http://h/fhir"), std::nullopt);
  EXPECT_EQ(local_id("Device/1", "Patient", "http://h/fhir"), std::nullopt);
  EXPECT_EQ(local_id("Patient/1/_history/2", "Patient", "http://h/fhir"), std::nullopt);
}

TEST(SearchValues, DatesHavePrefixAndPrecision) {
  const auto date = parse_date_value("ge2024-02", "p", "", 0);
  ASSERT_TRUE(date.ok());
  EXPECT_EQ(date->prefix, Prefix::Ge);
  EXPECT_EQ(date->first_day, "20240201");
  EXPECT_EQ(date->last_day, "20240229");
  EXPECT_FALSE(date->has_time);
  for (const char* bad : {"ge", "xx2024", "2024-02-30", "2024-02-01T", "", "2024-02-01T10"})
    EXPECT_FALSE(parse_date_value(bad, "p", "", 0).ok()) << bad;
}

}  // namespace
}  // namespace gateway::fhir
