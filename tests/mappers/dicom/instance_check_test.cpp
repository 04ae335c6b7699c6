#include "mappers/dicom/instance_check.h"

#include <gtest/gtest.h>

#include "dicom_bytes.h"
#include "mappers/dicom/attribute_set.h"

using namespace mappers::dicom;
using namespace dicom_test;
using gateway::ErrorCode;

namespace {

std::string instance(std::string_view study, std::string_view rest = {}) {
  return explicit_file(element(0x00080016, "UI", "1.2 ") + element(0x00080018, "UI", "1.5 ") +
                       element(0x0020000D, "UI", study) + element(0x0020000E, "UI", "1.4 ") +
                       std::string(rest));
}

}  // namespace

TEST(InstanceCheck, AcceptsAnInstanceAndOddUids) {
  const std::string good = instance("1.3 "), odd = instance("1.03ABC ");
  EXPECT_TRUE(check_storable(*read(good)).ok());
  EXPECT_TRUE(odd_uids(*read(good)).empty());
  EXPECT_TRUE(check_storable(*read(odd)).ok());
  ASSERT_EQ(odd_uids(*read(odd)).size(), 1u);
  EXPECT_EQ(odd_uids(*read(odd))[0].where, "0020000D");
}

TEST(InstanceCheck, RefusesMissingAndUnusableUids) {
  for (const std::string& study :
       {std::string(), std::string("1/2 "), std::string("1 2 "), std::string(66, '1')}) {
    const std::string bytes = instance(study);
    const auto checked = check_storable(*read(bytes));
    ASSERT_FALSE(checked.ok()) << study;
    EXPECT_EQ(checked.error().code, ErrorCode::DicomMissingAttribute);
    EXPECT_EQ(checked.error().where, "0020000D");
  }
}

TEST(InstanceCheck, RefusesTruncatedPixelData) {
  const std::string bytes = instance("1.3 ", explicit_header(0x7FE00010, "OW", 100) + "short");
  const auto checked = check_storable(*read(bytes));
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, ErrorCode::DicomTruncated);
}

TEST(InstanceCheck, RefusesADirectory) {
  const std::string bytes = instance("1.3 ", element(0x00041220, "SQ", ""));
  const auto checked = check_storable(*read(bytes));
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, ErrorCode::DicomNotAnInstance);
}

TEST(AttributeSet, HoldsStandardAttributesAndAStableHash) {
  const std::string a = instance("1.3 ", element(0x00290010, "LO", "ACME"));
  const std::string b = instance("1.33"), c = instance("1.3 ", element(0x00280010, "US", number(1, 2)));
  const auto set_a = attribute_set(read(a)->data);
  EXPECT_EQ(set_a.attributes.size(), 4u);
  EXPECT_EQ(set_a.hash, attribute_set(read(b)->data).hash);
  EXPECT_NE(set_a.hash, attribute_set(read(c)->data).hash);
}
