// Matching keys against objects of the DICOM JSON model, both as trees and as text.
#include "mappers/dicom/matching.h"

#include <gtest/gtest.h>

#include "gateway/codec/json.h"
#include "mappers/dicom/date_time.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::Result;

const char* const kObject = R"({
"00080008":{"vr":"CS","Value":["ORIGINAL","PRIMARY",null,"AXIAL"]},
"00080016":{"vr":"UI","Value":["1.2.840"]},
"00080020":{"vr":"DA","Value":["20240131"]},
"00080030":{"vr":"TM","Value":["2330"]},
"0008002A":{"vr":"DT","Value":["20240131233000.5+0100"]},
"00080050":{"vr":"SH"},
"00080201":{"vr":"SH","Value":["+0200"]},
"00081030":{"vr":"LO","Value":["Thorax, nativ \"x\""]},
"00081140":{"vr":"SQ"},
"00090010":{"vr":"LO","Value":["ACME 1"]},
"00091001":{"vr":"DA","Value":["20240101"]},
"00091002":{"vr":"UN","InlineBinary":"AAAA"},
"00091003":{"vr":"PN","Value":[{"Alphabetic":"Roe^Richard"}]},
"00100010":{"vr":"PN","Value":[{"Alphabetic":"Müller^Jörg","Ideographic":"山田^太郎"}]},
"00101002":{"vr":"SQ","Value":[{"00100020":{"vr":"LO","Value":["OTHER1"]}},
  {"00100020":{"vr":"LO","Value":["OTHER2"]},"00100024":{"vr":"SQ","Value":[{"00400032":{"vr":"UT","Value":["1.9"]}}]}}]},
"00180050":{"vr":"DS","Value":[1.50]},
"0020000D":{"vr":"UI","Value":["1.2.3"]},
"00200013":{"vr":"IS","Value":[7]},
"00280009":{"vr":"AT","Value":["00181063"]},
"00280010":{"vr":"US","Value":[512]},
"00081115":{"vr":"SQ","Value":[{"7FE00010":{"vr":"OW","BulkDataURI":")"
                            "\x01"
                            R"(/studies/1"},"00080100":{"vr":"SH","Value":["X"]}}]},
"7FE00010":{"vr":"OW","BulkDataURI":"/x"}})";

Result<MatchKey> key_of(const std::string& name, const std::string& value, const MatchOptions& options = {}) {
  auto path = parse_tag_path(name);
  if (!path.ok()) return path.error();
  EXPECT_TRUE(path->has_value()) << name;
  return parse_key(**path, value, options);
}

// The tree and the text have to agree.
bool is_match(const std::string& name, const std::string& value, const MatchOptions& options = {}) {
  const auto key = key_of(name, value, options);
  EXPECT_TRUE(key.ok()) << name << "=" << value << ": " << key.error().text();
  if (!key.ok()) return false;
  std::string clean(kObject);
  clean.erase(clean.find('\x01'), 1);
  const auto tree = gateway::codec::parse_json(clean);
  EXPECT_TRUE(tree.ok()) << tree.error().text();
  const bool by_tree = matches(*tree, *key), by_text = matches_text(kObject, *key);
  EXPECT_EQ(by_tree, by_text) << name << "=" << value;
  return by_text;
}

struct Row {
  const char *name, *value;
  bool expected;
};

TEST(Matching, FollowsTheValueRepresentation) {
  const Row rows[] = {
      {"00080016", "1.2.840", true},
      {"SOPClassUID", "1.2,1.2.840", true},
      {"SOPClassUID", "1.2\\1.2.840", true},
      {"SOPClassUID", "1.2.8", false},
      {"ImageType", "AXIAL", true},
      {"ImageType", "axial", false},
      {"ImageType", "ORIG*", true},
      {"ImageType", "PRIMAR?", true},
      {"ImageType", "ORIGINAL\\AXIAL", false},  // one value, unless multiple value matching is asked for
      {"StudyDate", "20240131", true},
      {"StudyDate", "2024.01.31", true},
      {"StudyDate", "20240101-20240131", true},
      {"StudyDate", "-20240130", false},
      {"StudyDate", "20240131-", true},
      {"StudyTime", "23", true},
      {"StudyTime", "2330", true},
      {"StudyTime", "23:30-23:45", true},
      {"StudyTime", "2200-0600", true},
      {"StudyTime", "0600-2200", false},
      {"StudyTime", "2331-0600", false},
      {"AcquisitionDateTime", "20240131", true},
      {"AcquisitionDateTime", "20240131233000.5", true},
      {"AcquisitionDateTime", "20240131223000.5+0000", true},
      {"AcquisitionDateTime", "20240131233000.5+0000", false},
      {"AcquisitionDateTime", "20240131-20240201", true},
      {"AcquisitionDateTime", "202402-", false},
      {"AcquisitionDateTime", "20240131-0500", true},  // an offset: that day in another zone
      {"AcquisitionDateTime", "20240201-0500", false},
      {"AccessionNumber", "A", false},
      {"AccessionNumber", "*", true},
      {"AccessionNumber", "?*", false},
      {"StudyDescription", "Thorax, nativ \"x\"", true},
      {"StudyDescription", "*nativ*", true},
      {"StudyDescription", "Thorax", false},
      {"PatientName", "müller^jörg", true},
      {"PatientName", "MÜLLER*", true},
      {"PatientName", "=山田*", true},
      {"PatientName", "山田^太郎", true},
      {"PatientName", "Muller^Jorg", false},
      {"PatientName", "^^", true},
      {"SliceThickness", "1.5", true},
      {"SliceThickness", "+1.50", true},
      {"SliceThickness", "1.51", false},
      {"InstanceNumber", "07", true},
      {"Rows", "512", true},
      {"Rows", "513", false},
      {"00280009", "00181063", true},
      {"OtherPatientIDsSequence.PatientID", "OTHER2", true},
      {"00101002.00100020", "OTHER*", true},
      {"00101002.00100020", "OTHER3", false},
      {"OtherPatientIDsSequence.IssuerOfPatientIDQualifiersSequence.UniversalEntityID", "1.9", true},
      {"OtherPatientIDsSequence.PatientSex", "M", false},
      {"00081140.00081155", "1.2", false},
      {"00081115.00080100", "X", true},
      {"00091001", "20240101", true},
      {"00091001", "20231231-20240102", true},
      {"00091001", "20240102-", false},
      {"00091001", "nonsense", false},
      {"00091002", "AAAA", false},
      {"00091003", "roe^*", true},
      {"00091004", "x", false},
  };
  for (const Row& row : rows)
    EXPECT_EQ(is_match(row.name, row.value), row.expected) << row.name << "=" << row.value;
}

// PS3.4 section C.2.2.2.7: two quotation marks, when it is asked for.
TEST(Matching, EmptyValuesAreMatchedOnRequest) {
  const MatchOptions on{false, true, false};
  const Row rows[] = {{"AccessionNumber", "\"\"", true},   {"StudyID", "\"\"", true},
                      {"StudyDate", "\"\"", false},        {"PatientName", "\"\"", false},
                      {"00081140.00081155", "\"\"", true}, {"00101002.00100040", "\"\"", true},
                      {"00091004", "\"\"", true},          {"00091001", "\"\"", false},
                      {"InstanceNumber", "\"\"", false},   {"7FE00010", "*", true}};
  for (const Row& row : rows)
    EXPECT_EQ(is_match(row.name, row.value, on), row.expected) << row.name << "=" << row.value;
  EXPECT_FALSE(is_match("AccessionNumber", "\"\""));
  EXPECT_FALSE(key_of("StudyDate", "\"\"").ok());
}

TEST(Matching, SeveralValuesAreAlternativesOnRequest) {
  const MatchOptions on{false, true, true};
  const Row rows[] = {{"ImageType", "LOCALIZER\\AXIAL", true},
                      {"ImageType", "LOCALIZER,AXI*", true},
                      {"ImageType", "LOCALIZER,SECONDARY", false},
                      {"PatientName", "Doe*\\müller*", true},
                      {"StudyDescription", "Thorax, nativ \"x\"\\Abdomen", true},  // LO may have commas
                      {"StudyDescription", "Abdomen,Thorax*", false},
                      {"StudyDate", "20230101\\20240101-20240201", true},
                      {"InstanceNumber", "1,7", true},
                      {"AccessionNumber", "A1\\\"\"", true}};
  for (const Row& row : rows)
    EXPECT_EQ(is_match(row.name, row.value, on), row.expected) << row.name << "=" << row.value;
}

TEST(Matching, FuzzyNamesAreASupersetOfLiteralOnes) {
  const MatchOptions on{true, false, false};
  for (const char* value : {"Muller", "mueler^jorg", "müller^jörg", "MÜLLER*", "太郎", "山田"})
    EXPECT_TRUE(is_match("PatientName", value, on)) << value;
  EXPECT_FALSE(is_match("PatientName", "Maurer", on));
  EXPECT_TRUE(is_match("00091003", "Rho Ricardo", on) || is_match("00091003", "Roe", on));
}

TEST(MatchKeys, ThatMakeNoSenseAreRefused) {
  const std::pair<const char*, const char*> rows[] = {{"StudyDate", "2020"},
                                                      {"StudyDate", "20201301"},
                                                      {"StudyDate", "-"},
                                                      {"StudyDate", "2020-13-01"},
                                                      {"StudyTime", "930"},
                                                      {"StudyTime", "2500"},
                                                      {"StudyTime", "1061"},
                                                      {"InstanceNumber", "one"},
                                                      {"Rows", "x"},
                                                      {"PixelData", "AAAA"},
                                                      {"AcquisitionDateTime", "yesterday"},
                                                      {"RequestAttributesSequence", "x"},
                                                      {"AcquisitionDateTime", "2024-13"}};
  for (const auto& [name, value] : rows) {
    const auto key = key_of(name, value);
    ASSERT_FALSE(key.ok()) << name << "=" << value;
    EXPECT_EQ(key.error().code, ErrorCode::InvalidParameter);
  }
  EXPECT_FALSE(key_of("PatientID", std::string(2000, '*') + "x").ok());
  std::string many = "1";
  for (int i = 0; i < 2000; ++i) many += ",1";
  EXPECT_FALSE(key_of("SOPClassUID", many).ok());
}

TEST(TagPaths, AreReadByTagKeywordAndDots) {
  for (const char* name : {"00400275.00400009", "RequestAttributesSequence.ScheduledProcedureStepID",
                           "RequestAttributesSequence.00400009"})
    EXPECT_EQ(path_text(**parse_tag_path(name)), "00400275.00400009") << name;
  for (const char* name : {"", "limit", "nosuch.PatientID", "0010,0020"}) {
    const auto path = parse_tag_path(name);
    ASSERT_TRUE(path.ok()) << name;
    EXPECT_FALSE(path->has_value()) << name;
  }
  for (const char* name :
       {"PatientID.PatientName", "RequestAttributesSequence.nosuch", "RequestAttributesSequence."})
    EXPECT_FALSE(parse_tag_path(name).ok()) << name;
  std::string deep = "00081140";
  for (int i = 0; i < 20; ++i) deep += ".00081140";
  EXPECT_FALSE(parse_tag_path(deep).ok());
}

TEST(Matching, TextThatIsNoObjectMatchesNothing) {
  const auto key = key_of("StudyID", "\"\"", {false, true, false});
  for (const char* text : {"", "[]", "{", "null", "\"00200010\"", "}{"})
    EXPECT_FALSE(matches_text(text, *key)) << text;
  EXPECT_TRUE(matches_text("{}", *key));
}

TEST(DateTime, InstantsCoverWhatTheyAreShortFor) {
  const auto february = parse_instant("202402");
  ASSERT_TRUE(february);
  EXPECT_EQ(february->last_us - february->first_us + 1, 29ll * 86'400 * 1'000'000);
  EXPECT_EQ(parse_instant("1970")->first_us, 0);
  EXPECT_EQ(*parse_instant("197001010100+0100")->offset_us, 3'600'000'000ll);
  for (const char* text :
       {"", "197", "19701", "1970010", "19701301", "1970010125", "1970+9999", "19700101.5"})
    EXPECT_FALSE(parse_instant(text)) << text;
}

TEST(DateTime, AHyphenIsAnOffsetWhenItCanBe) {
  EXPECT_EQ(parse_instant_range("20240101-0500")->low, "20240101-0500");
  EXPECT_EQ(parse_instant_range("20240101-2025")->high, "2025");
  EXPECT_EQ(parse_instant_range("20240101-0500-20240102-0500")->high, "20240102-0500");
  EXPECT_EQ(parse_instant_range("-2025")->low, "");
  EXPECT_EQ(parse_instant_range("2025-")->high, "");
}

}  // namespace
}  // namespace mappers::dicom
