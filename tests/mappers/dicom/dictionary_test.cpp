#include "mappers/dicom/dictionary.h"

#include <gtest/gtest.h>

using namespace mappers::dicom;

TEST(Tag, HexIsEightCapitalsAndParsesBack) {
  EXPECT_EQ(hex(make_tag(0x7FE00010)), "7FE00010");
  EXPECT_EQ(hex(make_tag(0x0008103e)), "0008103E");
  EXPECT_EQ(parse_tag("0008103e"), make_tag(0x0008103E));
  for (const char* bad : {"", "0010001", "001000100", "0010001G", "0010,010"})
    EXPECT_FALSE(parse_tag(bad)) << bad;
}

TEST(Tag, KnowsPrivateTags) {
  EXPECT_TRUE(make_tag(0x00290010).is_private_creator());
  EXPECT_FALSE(make_tag(0x00291010).is_private_creator());
  EXPECT_FALSE(make_tag(0x00280010).is_private());
}

TEST(Vr, EveryNameParsesToItself) {
  for (const auto& row : kVrTraits) {
    const auto vr = parse_vr(std::string_view(row.name, 2));
    ASSERT_TRUE(vr) << row.name;
    EXPECT_EQ(name(*vr), row.name);
  }
  for (const char* bad : {"", "P", "pn", "XX", "??", "OX"}) EXPECT_FALSE(parse_vr(bad)) << bad;
}

TEST(Dictionary, FindsByTagAndKeyword) {
  const auto* entry = find(make_tag(0x00100010));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->vr, VR::PN);
  EXPECT_EQ(entry->keyword, "PatientName");
  EXPECT_EQ(entry->name, "Patient's Name");
  EXPECT_EQ(find_keyword("PatientName"), entry);
  EXPECT_EQ(find_keyword("ImageType")->multiplicity, "2-n");
  EXPECT_EQ(find_keyword("Nonsense"), nullptr);
  EXPECT_EQ(find(make_tag(0x00080004)), nullptr);
  EXPECT_EQ(find(make_tag(0x00090010)), nullptr);
}

TEST(Dictionary, FindsFileMetaCommandAndRepeatingGroups) {
  EXPECT_EQ(find(make_tag(0x00020010))->keyword, "TransferSyntaxUID");
  EXPECT_EQ(find(make_tag(0x00000100))->keyword, "CommandField");
  EXPECT_EQ(find(make_tag(0x60003000))->keyword, "OverlayData");
  EXPECT_EQ(find(make_tag(0x60023000))->keyword, "OverlayData");
  EXPECT_EQ(find(make_tag(0x500A0005))->keyword, "CurveDimensions");
  EXPECT_EQ(find(make_tag(0x60013000)), nullptr);
}

TEST(Dictionary, ImplicitVrFollowsThePrivateAndGroupLengthRules) {
  EXPECT_EQ(implicit_vr(make_tag(0x00080000)), VR::UL);
  EXPECT_EQ(implicit_vr(make_tag(0x00290010)), VR::LO);
  EXPECT_EQ(implicit_vr(make_tag(0x00291010)), VR::UN);
  EXPECT_EQ(implicit_vr(make_tag(0x00280106)), VR::US);
  EXPECT_EQ(implicit_vr(make_tag(0x7FE00010)), VR::OW);
}
