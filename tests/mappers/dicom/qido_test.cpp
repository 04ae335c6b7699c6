#include "mappers/dicom/qido.h"

#include <gtest/gtest.h>

#include "dicom_bytes.h"

using namespace mappers::dicom;
using namespace dicom_test;

namespace {

const std::string kInstance =
    explicit_file(element(0x00080016, "UI", "1.2 ") + element(0x00080018, "UI", "1.5 ") +
                  element(0x00080020, "DA", "20260102") + element(0x00080060, "CS", "CT") +
                  element(0x00100010, "PN", "A^B ") + element(0x0020000D, "UI", "1.3 ") +
                  element(0x0020000E, "UI", "1.4 ") + element(0x00200013, "IS", "7 ") +
                  element(0x00400275, "SQ", item(element(0x00401001, "SH", "RP"))));

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(Qido, StudyHasRequiredAttributesEvenWhenAbsent) {
  const auto file = read(kInstance);
  const auto qido = *render_qido(*file);
  EXPECT_TRUE(has(qido.study, R"("00080020":{"vr":"DA","Value":["20260102"]})"));
  EXPECT_TRUE(has(qido.study, R"("00080030":{"vr":"TM"})"));
  EXPECT_TRUE(has(qido.study, R"("00100010":{"vr":"PN","Value":[{"Alphabetic":"A^B"}]})"));
  EXPECT_TRUE(has(qido.study, R"("00080056":{"vr":"CS","Value":["ONLINE"]})"));
  EXPECT_FALSE(has(qido.study, "00081030"));
}

TEST(Qido, SlotsAreRawControlBytes) {
  const auto file = read(kInstance);
  const auto qido = *render_qido(*file);
  EXPECT_TRUE(has(qido.study, "\"00080061\":{\"vr\":\"CS\",\"Value\":[\x02]}"));
  EXPECT_TRUE(has(qido.study, "\"00201206\":{\"vr\":\"IS\",\"Value\":[\x03]}"));
  EXPECT_TRUE(has(qido.study, "\"00201208\":{\"vr\":\"IS\",\"Value\":[\x04]}"));
  EXPECT_TRUE(has(qido.series, "\"00201209\":{\"vr\":\"IS\",\"Value\":[\x04]}"));
  EXPECT_TRUE(has(qido.study, "\"00081190\":{\"vr\":\"UR\",\"Value\":[\"\x01/studies/1.3\"]}"));
  EXPECT_TRUE(has(qido.series, "[\"\x01/studies/1.3/series/1.4\"]"));
  EXPECT_TRUE(has(qido.instance, "[\"\x01/studies/1.3/series/1.4/instances/1.5\"]"));
}

TEST(Qido, SeriesAndInstanceCarryTheUidsAbove) {
  const auto file = read(kInstance);
  const auto qido = *render_qido(*file);
  EXPECT_TRUE(has(qido.series, R"("0020000D":{"vr":"UI","Value":["1.3"]})"));
  EXPECT_TRUE(
      has(qido.series, R"("00400275":{"vr":"SQ","Value":[{"00401001":{"vr":"SH","Value":["RP"]}}]})"));
  EXPECT_TRUE(has(qido.instance, R"("0020000E":{"vr":"UI","Value":["1.4"]})"));
  EXPECT_TRUE(has(qido.instance, R"("00200013":{"vr":"IS","Value":[7]})"));
}

TEST(Qido, KeysAscend) {
  const auto file = read(kInstance);
  const auto qido = *render_qido(*file);
  for (const std::string& text : {qido.study, qido.instance}) {
    std::string last;
    for (std::size_t at = 0; (at = text.find("\":{\"vr\"", at)) != std::string::npos; ++at) {
      const std::string key = text.substr(at - 8, 8);
      EXPECT_LT(last, key);
      last = key;
    }
  }
}

TEST(Qido, RefusesToGrowWithoutBound) {
  std::string items;
  for (int i = 0; i < 20; ++i) items += item(element(0x00400007, "UT", std::string(60'000, '\x02')));
  const std::string bytes = explicit_file(element(0x00400275, "SQ", items));
  const auto qido = render_qido(*read(bytes));
  ASSERT_FALSE(qido.ok());
  EXPECT_EQ(qido.error().code, gateway::ErrorCode::DicomLimit);
}
