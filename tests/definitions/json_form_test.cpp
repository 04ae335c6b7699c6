// The strict reading of JSON resources, and the parts that _summary and _elements leave of them.
#include "gateway/definitions/json_form.h"

#include <gtest/gtest.h>

#include "gateway/base/json_text.h"
#include "tests/support/fhir_corpus.h"
#include "tests/support/r4_definitions.h"

namespace {

using namespace gateway;
using namespace gateway::definitions;
using tests::r4_definitions;

TEST(JsonForm, EveryOfficialExampleIsTaken) {
  std::size_t count = 0;
  for (const auto& resource :
       tests::corpus_resources({"examples/r4-core", "examples/mado-study-B", "examples/balp",
                                "examples/hl7-eu-imaging-r4", "examples/mcode", "profiles"})) {
    const auto checked = check_json(resource.value, r4_definitions());
    EXPECT_TRUE(checked.ok()) << resource.name << ": " << checked.error().text();
    ++count;
  }
  if (count == 0) GTEST_SKIP() << "no corpus at " << tests::kFhirCorpus;
}

struct Bad {
  const char* name;
  const char* json;
  const char* where;
};
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }
class BadJson : public ::testing::TestWithParam<Bad> {};

TEST_P(BadJson, IsRefusedWithItsPlace) {
  const auto value = from_json(GetParam().json, r4_definitions());
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().face().http_status / 100, 4) << value.error().text();
  EXPECT_EQ(value.error().where, GetParam().where) << value.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    JsonForm, BadJson,
    ::testing::Values(
        Bad{"List", "[]", ""}, Bad{"NoType", R"({"id":"x"})", ""},
        Bad{"TypeIsNoText", R"({"resourceType":1})", ""},
        Bad{"UnknownType", R"({"resourceType":"Patent"})", ""},
        Bad{"AbstractType", R"({"resourceType":"DomainResource"})", ""},
        Bad{"ADatatype", R"({"resourceType":"HumanName"})", ""},
        Bad{"DuplicateKeys", R"({"resourceType":"Patient","id":"a","id":"b"})", "byte 44"},
        Bad{"NaN", R"({"resourceType":"Patient","multipleBirthInteger":NaN})", "byte 50"},
        Bad{"EmptyObject", R"({"resourceType":"Patient","name":[{}]})", "Patient.name[0]"},
        Bad{"EmptyList", R"({"resourceType":"Patient","name":[]})", "Patient.name"},
        Bad{"Null", R"({"resourceType":"Patient","birthDate":null})", "Patient.birthDate"},
        Bad{"NullInAList", R"({"resourceType":"Patient","name":[null]})", "Patient.name[0]"},
        Bad{"ListInAList", R"({"resourceType":"Patient","name":[["x"]]})", "Patient.name[0]"},
        Bad{"ContainedType", R"({"resourceType":"Patient","contained":[{"resourceType":"X"}]})",
            "Patient.contained[0]"},
        Bad{"EntryWithoutType", R"({"resourceType":"Bundle","entry":[{"resource":{"id":"x"}}]})",
            "Bundle.entry[0].resource"},
        Bad{"DoctypeInNarrative",
            R"({"resourceType":"Patient","text":{"status":"generated","div":"<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><div>&x;</div>"}})",
            "Patient.text.div"},
        Bad{"EntityInNarrative",
            R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">&xxe;</div>"}})",
            "Patient.text.div"},
        Bad{"HandlerInNarrative",
            R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><b onclick=\"x()\">a</b></div>"}})",
            "Patient.text.div"},
        Bad{"ScriptLinkInNarrative",
            R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\" java\nscript:x\">a</a></div>"}})",
            "Patient.text.div"},
        Bad{"NarrativeOfAContainedResource",
            R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","text":{"div":"<p/>"}}}]})",
            "Bundle.entry[0].resource.text.div"}),
    [](const auto& row) { return row.param.name; });

TEST(JsonForm, DeepNestingIsRefused) {
  std::string text = R"({"resourceType":"Patient")";
  for (int i = 0; i < 80; ++i) text += R"(,"extension":[{"url":"u")";
  for (int i = 0; i < 80; ++i) text += "}]";
  const auto value = from_json(text + "}", r4_definitions());
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().face().http_status / 100, 4);
}

TEST(JsonForm, AnObjectOfTooManyMembersIsRefused) {
  std::string text = R"({"resourceType":"Basic")";
  for (int i = 0; i < 999; ++i) text += ",\"a" + std::to_string(i) + "\":[1]";
  EXPECT_TRUE(from_json(text + "}", r4_definitions()).ok()) << "unknown members are the validator's question";
  const auto value = from_json(text + ",\"b\":[1]}", r4_definitions());
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().code, ErrorCode::BodyTooLarge);
  EXPECT_EQ(value.error().where, "Basic");
}

TEST(JsonForm, NullsThatHoldAPlaceAndDecimalsAreKept) {
  constexpr std::string_view kText =
      R"({"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"id":"x"}]}],"extension":[{"url":"u","valueDecimal":1.50}]})";
  const auto value = from_json(kText, r4_definitions());
  ASSERT_TRUE(value.ok()) << value.error().text();
  EXPECT_EQ(to_json(*value), kText);
}

constexpr std::string_view kStudy = R"({
  "resourceType": "ImagingStudy", "id": "s", "meta": {"versionId": "3"}, "language": "de",
  "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},
  "extension": [{"url": "u", "valueCode": "c"}], "status": "available", "_status": {"id": "q"},
  "subject": {"reference": "Patient/p"}, "note": [{"text": "n"}], "description": "d",
  "series": [{"uid": "1", "number": 4, "modality": {"code": "CT"}, "started": "2020",
    "performer": [{"actor": {"display": "a"}}],
    "instance": [{"uid": "2", "sopClass": {"code": "c"}, "number": 7}]}]})";

std::string part(const Subset& wanted) {
  const auto value = codec::parse_json(kStudy);
  return to_json(subset(*value, wanted, r4_definitions()));
}

constexpr std::string_view kTag =
    R"("tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"subsetted"}])";

std::string with_tag(std::string text) {
  const auto at = text.find("@");
  return text.replace(at, 1, kTag);
}

TEST(JsonForm, ElementsKeepWhatIsMandatoryOrAModifier) {
  EXPECT_EQ(
      part({Summary::False, {"description", "ImagingStudy.language", "Patient.name"}}),
      with_tag(
          R"({"resourceType":"ImagingStudy","id":"s","meta":{"versionId":"3",@},"language":"de","status":"available","_status":{"id":"q"},"subject":{"reference":"Patient/p"},"description":"d"})"));
}

TEST(JsonForm, ElementsOfOtherTypesLeaveAResourceWhole) {
  EXPECT_EQ(part({Summary::False, {"Patient.name"}}), to_json(*codec::parse_json(kStudy)));
}

TEST(JsonForm, ASummaryHasWhatTheDefinitionsMark) {
  EXPECT_EQ(
      part({Summary::True, {}}),
      with_tag(
          R"({"resourceType":"ImagingStudy","id":"s","meta":{"versionId":"3",@},"status":"available","_status":{"id":"q"},"subject":{"reference":"Patient/p"},"note":[{"text":"n"}],"description":"d","series":[{"uid":"1","number":4,"modality":{"code":"CT"},"started":"2020","performer":[{"actor":{"display":"a"}}]}]})"));
}

TEST(JsonForm, TextAndDataAreTheTwoHalves) {
  EXPECT_EQ(
      part({Summary::Text, {}}),
      with_tag(
          R"({"resourceType":"ImagingStudy","id":"s","meta":{"versionId":"3",@},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"status":"available","_status":{"id":"q"},"subject":{"reference":"Patient/p"}})"));
  const std::string data = part({Summary::Data, {}});
  EXPECT_EQ(data.find("\"text\":{"), std::string::npos);
  EXPECT_NE(data.find("\"extension\""), std::string::npos);
  EXPECT_NE(data.find("SUBSETTED"), std::string::npos);
}

TEST(JsonForm, NothingAskedIsNothingChanged) {
  EXPECT_EQ(part({}), to_json(*codec::parse_json(kStudy)));
  EXPECT_EQ(summary_of("data"), Summary::Data);
  EXPECT_EQ(summary_of("TRUE"), std::nullopt);
}

TEST(JsonForm, ASubsetOfTheCorpusIsStillAResource) {
  for (const auto& resource : tests::corpus_resources({"examples/r4-core", "examples/mado-study-B"}))
    for (const Summary summary : {Summary::True, Summary::Text, Summary::Data}) {
      const Value piece = subset(resource.value, {summary, {}}, r4_definitions());
      const auto checked = check_json(piece, r4_definitions());
      EXPECT_TRUE(checked.ok()) << resource.name << ": " << checked.error().text();
    }
}

}  // namespace
