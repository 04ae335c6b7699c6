#include "mappers/dicom/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "dicom_bytes.h"

using namespace mappers::dicom;
using namespace dicom_test;

namespace {

// The member of the one element of a data set.
std::string member(std::uint32_t tag, std::string_view vr, std::string_view value) {
  const std::string json = json_of(explicit_file(element(tag, vr, value)));
  return json.size() > 2 ? json.substr(1, json.size() - 2) : json;
}

std::string real(float value) { return number(std::bit_cast<std::uint32_t>(value), 4); }
std::string real(double value) { return number(std::bit_cast<std::uint64_t>(value), 8); }

struct NumberCase {
  const char* raw;
  const char* json;
};

class NumberTexts : public ::testing::TestWithParam<NumberCase> {};

TEST_P(NumberTexts, AreJsonNumbersOrStrings) {
  EXPECT_EQ(member(0x00180050, "DS", GetParam().raw),
            std::string(R"("00180050":{"vr":"DS","Value":[)") + GetParam().json + "]}");
}

INSTANTIATE_TEST_SUITE_P(
    All, NumberTexts,
    ::testing::Values(NumberCase{"1.25", "1.25"}, NumberCase{"1.50", "1.50"}, NumberCase{" 7 ", "7"},
                      NumberCase{"+1", "1"}, NumberCase{"-007", "-7"}, NumberCase{".03", "0.03"},
                      NumberCase{"-.5", "-0.5"}, NumberCase{"5.", "5"}, NumberCase{"5.e-002", "\"5.e-002\""},
                      NumberCase{"5.e-02", "5E-02"}, NumberCase{"1E+10", "1E+10"}, NumberCase{"@ ", "\"@\""},
                      NumberCase{"1e999", "\"1e999\""}, NumberCase{"1,5", "\"1,5\""},
                      NumberCase{"--1 ", "\"--1\""}, NumberCase{"NaN ", "\"NaN\""}, NumberCase{"0", "0"},
                      NumberCase{"00", "0"}, NumberCase{"1\\\\2", "1,null,2"}));

}  // namespace

TEST(Json, EmptyElementsHaveOnlyTheirVr) {
  EXPECT_EQ(member(0x00100020, "LO", ""), R"("00100020":{"vr":"LO"})");
  EXPECT_EQ(member(0x00100020, "LO", "  "), R"("00100020":{"vr":"LO"})");
  EXPECT_EQ(member(0x00081032, "SQ", ""), R"("00081032":{"vr":"SQ"})");
  EXPECT_EQ(member(0x00420011, "OB", ""), R"("00420011":{"vr":"OB"})");
}

TEST(Json, EmptyItemsAndValuesKeepTheirPlace) {
  EXPECT_EQ(member(0x00081032, "SQ", item("")), R"("00081032":{"vr":"SQ","Value":[{}]})");
  EXPECT_EQ(member(0x00080008, "CS", "A\\\\B "), R"("00080008":{"vr":"CS","Value":["A",null,"B"]})");
  EXPECT_EQ(member(0x00080008, "CS", "\\A"), R"("00080008":{"vr":"CS","Value":[null,"A"]})");
}

TEST(Json, PersonNamesAreGroupsWithoutTheEmptyOnes) {
  EXPECT_EQ(member(0x00100010, "PN", "A^B"), R"("00100010":{"vr":"PN","Value":[{"Alphabetic":"A^B"}]})");
  EXPECT_EQ(member(0x00100010, "PN", "=I "), R"("00100010":{"vr":"PN","Value":[{"Ideographic":"I"}]})");
  EXPECT_EQ(member(0x00100010, "PN", "A==P"),
            R"("00100010":{"vr":"PN","Value":[{"Alphabetic":"A","Phonetic":"P"}]})");
  EXPECT_EQ(member(0x00101001, "PN", "A\\=\\B "),
            R"("00101001":{"vr":"PN","Value":[{"Alphabetic":"A"},null,{"Alphabetic":"B"}]})");
}

TEST(Json, PaddingIsGoneAndTextOfOneValueKeepsBackslashes) {
  EXPECT_EQ(member(0x00080018, "UI", std::string("1.2\0", 4)), R"("00080018":{"vr":"UI","Value":["1.2"]})");
  EXPECT_EQ(member(0x00104000, "LT", " a\\b \r\n"), R"("00104000":{"vr":"LT","Value":[" a\\b \r\n"]})");
  EXPECT_EQ(member(0x00102154, "SH", " A \\B"), R"("00102154":{"vr":"SH","Value":[" A","B"]})");
}

TEST(Json, BinaryNumbersAreNumbersAndTagsHexadecimal) {
  EXPECT_EQ(member(0x00280010, "US", number(65535, 2)), R"("00280010":{"vr":"US","Value":[65535]})");
  EXPECT_EQ(member(0x00189219, "SS", number(0xFFFE, 2)), R"("00189219":{"vr":"SS","Value":[-2]})");
  EXPECT_EQ(member(0x00209165, "AT", tag_bytes(0x0010103E)),
            R"("00209165":{"vr":"AT","Value":["0010103E"]})");
  EXPECT_EQ(member(0x00720082, "SV", number(~0ull, 8)), R"("00720082":{"vr":"SV","Value":[-1]})");
  EXPECT_EQ(member(0x00720083, "UV", number(~0ull, 8)),
            R"("00720083":{"vr":"UV","Value":["18446744073709551615"]})");
}

TEST(Json, RealsHaveTheShortestDigitsAndNoNumbersAreStrings) {
  EXPECT_EQ(member(0x00082135, "FL", real(0.1f) + real(-3.0f)), R"("00082135":{"vr":"FL","Value":[0.1,-3]})");
  EXPECT_EQ(member(0x00189073, "FD", real(0.1)), R"("00189073":{"vr":"FD","Value":[0.1]})");
  EXPECT_EQ(member(0x00189073, "FD", real(std::nan("")) + real(HUGE_VAL) + real(-HUGE_VAL)),
            R"("00189073":{"vr":"FD","Value":["NaN","Infinity","-Infinity"]})");
}

TEST(Json, BinaryValuesAreInlineUpToTheLimit) {
  EXPECT_EQ(member(0x00420011, "OB", "ab"), R"("00420011":{"vr":"OB","InlineBinary":"YWI="})");
  EXPECT_EQ(member(0x00291010, "UN", "abcd"), R"("00291010":{"vr":"UN","InlineBinary":"YWJjZA=="})");
  EXPECT_EQ(
      member(0x00420011, "OB", std::string(1026, 'x')),
      "\"00420011\":{\"vr\":\"OB\",\"BulkDataURI\":\"\x01/studies//series//instances//bulkdata/00420011\"}");
}

TEST(Json, BigEndianBinaryComesOutLittleEndian) {
  const std::string bytes =
      file_of("1.2.840.10008.1.2.2",
              element(0x00100020, "LO", "P1", true) + element(0x00281201, "OW", "\x01\x02\x03\x04", true));
  EXPECT_NE(json_of(bytes).find(R"("InlineBinary":"AgEEAw==")"), std::string::npos);
}

TEST(Json, BulkDataUriNamesInstanceAndItemPath) {
  const std::string icon = element(0x00880200, "SQ", item("") + item(element(0x7FE00010, "OW", "abcd")));
  const std::string json =
      json_of(explicit_file(element(0x00080018, "UI", "1.3 ") + element(0x0020000D, "UI", "1 ") +
                            element(0x0020000E, "UI", "2\"") + icon + element(0x7FE00010, "OW", "abcd")));
  EXPECT_NE(json.find("\x01/studies/1/series/2%22/instances/1.3/bulkdata/00880200/1/7FE00010"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find("\x01/studies/1/series/2%22/instances/1.3/bulkdata/7FE00010"), std::string::npos);
}

TEST(Json, SpecificCharacterSetSaysUtf8AndTextIsDecoded) {
  const std::string bytes =
      explicit_file(element(0x00080005, "CS", "ISO_IR 100") + element(0x00100010, "PN", "J\xF6rg"));
  EXPECT_EQ(
      json_of(bytes),
      R"({"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Jörg"}]}})");
}

TEST(Json, AnOverlongUidIsNotRepeatedInEveryUrl) {
  const std::string json = json_of(explicit_file(element(0x0020000D, "UI", std::string(60'000, '1')) +
                                                 element(0x00420011, "OB", std::string(2000, 'x')) +
                                                 element(0x00420013, "OB", std::string(2000, 'x'))));
  EXPECT_LT(json.size(), 61'000u);
}

TEST(Json, LeavesOutGroupLengthsAndAscends) {
  const std::string bytes = explicit_file(element(0x00080000, "UL", number(1, 4)) +
                                          element(0x00100020, "LO", "P1") + element(0x00080060, "CS", "CT"));
  EXPECT_EQ(json_of(bytes),
            R"({"00080060":{"vr":"CS","Value":["CT"]},"00100020":{"vr":"LO","Value":["P1"]}})");
}

TEST(Json, ControlCharactersNeverComeOutRaw) {
  const std::string json = json_of(explicit_file(element(0x00100020, "LO",
                                                         "a\x01\x02"
                                                         "b")));
  EXPECT_EQ(json, R"({"00100020":{"vr":"LO","Value":["a\u0001\u0002b"]}})");
}

// Bulk data in nested items: a few bytes each in the file, a long URI each in the JSON.
TEST(Json, GivesUpWhenItGrowsBeyondItsLimit) {
  std::string items;
  for (int i = 0; i < 2000; ++i) items += item(element(0x7FE00010, "OW", "ab"));
  const std::string bytes = explicit_file(element(0x00081140, "SQ", items));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  JsonOptions options;
  options.max_bytes = 10'000;
  std::string json = "before";
  const auto made = append_dicom_json(json, *file, options);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, gateway::ErrorCode::DicomLimit);
  EXPECT_EQ(made.error().where, "00081140");
  EXPECT_LT(json.size(), 11'000u);
  json.clear();
  EXPECT_TRUE(append_dicom_json(json, *file).ok());
}
