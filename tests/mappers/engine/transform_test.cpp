#include "mappers/engine/transform.h"

#include <gtest/gtest.h>

#include "mappers/engine/dicom_values.h"
#include "tests/support/tag_source.h"

namespace mappers::engine {
namespace {

template <bool Normalise(std::string&)>
std::string normal(std::string text) {
  return Normalise(text) ? text : "refused";
}

TEST(DicomValues, DatesMustExist) {
  EXPECT_EQ(normal<normalise_date>("20240229"), "20240229");
  EXPECT_EQ(normal<normalise_date>("1999.12.31"), "19991231");
  for (const char* bad :
       {"", "2024", "20230229", "20241301", "20240100", "2024-01-01", "2024010a", "202401011"})
    EXPECT_EQ(normal<normalise_date>(bad), "refused") << bad;
}

TEST(DicomValues, TimesMayBeShort) {
  for (const char* good : {"00", "2359", "235960", "093000.1", "093000.123456"})
    EXPECT_EQ(normal<normalise_time>(good), good);
  EXPECT_EQ(normal<normalise_time>("09:30:15.5"), "093015.5");
  for (const char* bad :
       {"", "9", "24", "0960", "235961", "0930.5", "093000.", "093000.1234567", "09:30", "09300"})
    EXPECT_EQ(normal<normalise_time>(bad), "refused") << bad;
}

TEST(DicomValues, AgesAndOffsets) {
  EXPECT_EQ(normal<normalise_age>("7W"), "007W");
  for (const char* bad : {"", "Y", "063y", "1234Y", "063", "-63Y"})
    EXPECT_EQ(normal<normalise_age>(bad), "refused") << bad;
  EXPECT_EQ(normal<normalise_timezone>("-0330"), "-0330");
  EXPECT_EQ(normal<normalise_timezone>("+1400"), "+1400");
  for (const char* bad : {"", "0100", "+1401", "-1230", "+0160", "+01:00", "+010"})
    EXPECT_EQ(normal<normalise_timezone>(bad), "refused") << bad;
}

TEST(DicomValues, UidsCanStandInAUrl) {
  EXPECT_EQ(normal<normalise_uid>("1.2.3"), "1.2.3");
  EXPECT_EQ(normal<normalise_uid>("odd-uid"), "odd-uid");
  EXPECT_EQ(normal<normalise_uid>(std::string(64, '1')), std::string(64, '1'));
  for (const std::string& bad : {std::string(), std::string("1 2"), std::string("1/2"), std::string("1\\2"),
                                 std::string("ü"), std::string(65, '1'), std::string("1\0002", 3)})
    EXPECT_EQ(normal<normalise_uid>(bad), "refused") << bad;
}

TEST(IssuerFunction, PrefersTheUniversalEntity) {
  tests::TagSource source;
  source.add("00400031=local");
  const Transform* issuer = find_transform("fn:issuer");
  ASSERT_NE(issuer, nullptr);
  std::string field;
  std::string_view reason;
  EXPECT_EQ(issuer->run({source, source.root(), 0}, &field, reason), Verdict::Applied);
  EXPECT_EQ(field, "local");
  source.add("00400032=1.2.3");
  issuer->run({source, source.root(), 0}, &field, reason);
  EXPECT_EQ(field, "1.2.3");
  const tests::TagSource empty;
  EXPECT_EQ(issuer->run({empty, empty.root(), 0}, &field, reason), Verdict::Absent);
}

TEST(IssuerFunction, AUuidBecomesAUrn) {
  tests::TagSource source;
  source.add("00400032=f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
  source.add("00400033=UUID");
  std::string field;
  std::string_view reason;
  find_transform("fn:issuer")->run({source, source.root(), 0}, &field, reason);
  EXPECT_EQ(field, "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
}

TEST(Transforms, HaveDistinctNames) {
  for (const Transform& transform : transforms()) EXPECT_EQ(find_transform(transform.name), &transform);
  EXPECT_EQ(find_transform("nothing"), nullptr);
}

}  // namespace
}  // namespace mappers::engine
