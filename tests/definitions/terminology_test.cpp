// Terminology operations over what the packs and tables hold; and the definitions as resources.
#include "gateway/definitions/terminology.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "gateway/base/json_text.h"
#include "gateway/definitions/json_form.h"
#include "gateway/definitions/terminology_resources.h"
#include "tests/support/r4_definitions.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace gateway;
using namespace gateway::definitions;
using tests::r4_definitions;

constexpr const char* kSct = "http://snomed.info/sct";
constexpr const char* kDcm = "http://dicom.nema.org/resources/ontology/DCM";
constexpr const char* kGender = "http://hl7.org/fhir/ValueSet/administrative-gender";
constexpr const char* kGenderSystem = "http://hl7.org/fhir/administrative-gender";
constexpr const char* kRegions = "http://hl7.eu/fhir/imaging/ValueSet/im-anatomical-region-valueset";

const Terminology& terminology() {
  static const auto loaded = Terminology::load(SOURCE_DIR "/profiles", r4_definitions());
  EXPECT_TRUE(loaded.ok()) << loaded.error().text();
  return **loaded;
}

// "result=true;display=Male" of Parameters; parts of a match joined by '/'.
std::string shown(const Result<Value>& result) {
  if (!result.ok()) return std::string(result.error().face().name) + ": " + result.error().message;
  std::string text;
  for (const Value& parameter : *result->find("parameter")->as_list()) {
    text += (text.empty() ? "" : ";") + std::string(parameter.text("name"));
    const auto add = [&](const Value& whole, char before) {
      for (const auto& [key, value] : *whole.as_map()) {
        if (!key.starts_with("value")) continue;
        text += before;
        text += value.as_map()      ? std::string(value.text("code"))
                : value.as_string() ? *value.as_string()
                                    : to_json(value);
      }
    };
    add(parameter, '=');
    if (const Value* parts = parameter.find("part"))
      for (const Value& part : *parts->as_list()) add(part, part.text("name") == "equivalence" ? '=' : '/');
  }
  return text;
}

std::vector<std::string> codes(const Result<Value>& result) {
  std::vector<std::string> all;
  if (!result.ok()) return {result.error().text()};
  if (const Value* contains = result->find("expansion")->find("contains"))
    for (const Value& item : *contains->as_list()) all.emplace_back(item.text("code"));
  return all;
}

TEST(Terminology, AnExpansionListsFiltersAndPages) {
  ExpandRequest request;
  request.url = kGender;
  request.now_us = 1'700'000'000'000'000;
  const auto whole = terminology().expand(request);
  EXPECT_EQ(codes(whole), (std::vector<std::string>{"male", "female", "other", "unknown"}));
  EXPECT_EQ(whole->find("expansion")->text("timestamp"), "2023-11-14T22:13:20Z");
  EXPECT_TRUE(check_json(*whole, r4_definitions()).ok());
  request.filter = "MALE";
  EXPECT_EQ(codes(terminology().expand(request)), (std::vector<std::string>{"male", "female"}));
  request.offset = 1;
  request.count = 5;
  const auto page = terminology().expand(request);
  EXPECT_EQ(codes(page), (std::vector<std::string>{"female"}));
  EXPECT_EQ(*page->find("expansion")->find("total")->as_int(), 2);
  request.count = 0;
  EXPECT_EQ(codes(terminology().expand(request)), (std::vector<std::string>{}));
}

TEST(Terminology, TheTenRegionsAreASet) {
  ExpandRequest request;
  request.url = kRegions;
  EXPECT_EQ(codes(terminology().expand(request)).size(), 10u);
}

TEST(Terminology, WhatCannotBeListedIsRefused) {
  ExpandRequest request;
  request.url = "http://hl7.eu/fhir/imaging/ValueSet/im-procedure-type";
  EXPECT_EQ(terminology().expand(request).error().code, ErrorCode::Unprocessable);
  request.url = "http://example.org/none";
  EXPECT_EQ(terminology().expand(request).error().code, ErrorCode::NotFound);
}

TEST(Terminology, ACodeIsInASetOrNotOrNobodyKnows) {
  const auto ask = [](const char* url, Coding coding) {
    return shown(terminology().validate_in_value_set({url, {std::move(coding)}}));
  };
  EXPECT_EQ(ask(kGender, {kGenderSystem, "male", "", false}), "result=true;display=Male");
  EXPECT_EQ(ask(kGender, {"", "male", "male", false}), "result=true;display=Male");
  EXPECT_EQ(ask(kGender, {kGenderSystem, "male", "Man", false}),
            "result=false;message=the display of male is \"Male\";display=Male");
  EXPECT_EQ(ask(kGender, {kGenderSystem, "men", "", false}),
            "result=false;message=http://hl7.org/fhir/administrative-gender|men is not in the value set "
            "http://hl7.org/fhir/ValueSet/administrative-gender");
  EXPECT_EQ(ask("http://hl7.eu/fhir/imaging/ValueSet/im-procedure-type", {kSct, "77477000", "", false})
                .substr(0, 13),
            "Unprocessable");
  EXPECT_EQ(shown(terminology().validate_in_value_set({kGender, {}})).substr(0, 16), "InvalidParameter");
}

TEST(Terminology, OneOfSeveralCodingsIsEnough) {
  EXPECT_EQ(shown(terminology().validate_in_value_set(
                {kGender, {{"urn:x", "m", "", false}, {kGenderSystem, "female", "", false}}})),
            "result=true;display=Female");
}

TEST(Terminology, ACodeOfADicomSystemIsLookedUp) {
  EXPECT_EQ(shown(terminology().lookup({kDcm, "113000", "", false})).substr(0, 5), "name=");
  EXPECT_NE(shown(terminology().lookup({kDcm, "113000", "", false})).find("display=Of Interest"),
            std::string::npos);
  EXPECT_EQ(terminology().lookup({kDcm, "nonsense", "", false}).error().code, ErrorCode::NotFound);
  EXPECT_EQ(terminology().lookup({"urn:x", "1", "", false}).error().code, ErrorCode::NotFound);
  EXPECT_EQ(terminology().lookup({"", "1", "", false}).error().code, ErrorCode::InvalidParameter);
}

TEST(Terminology, ACodeSystemKnowsItsCodes) {
  EXPECT_EQ(shown(terminology().validate_in_code_system({kGenderSystem, {{"", "other", "", false}}})),
            "result=true;display=Other");
  EXPECT_EQ(shown(terminology().validate_in_code_system({kGenderSystem, {{"urn:x", "other", "", false}}})),
            "result=false;message=urn:x|other is of another code system");
}

struct Translation {
  const char* name;
  const char* map;  // the end of its URL, or empty
  const char* system;
  const char* code;
  const char* target;  // value set
  bool reverse;
  const char* expected;
};
void PrintTo(const Translation& row, std::ostream* out) { *out << row.name; }
class Translations : public ::testing::TestWithParam<Translation> {};

TEST_P(Translations, AreThoseOfTheTables) {
  TranslateRequest request;
  if (*GetParam().map) request.url = std::string("urn:x-local:concept-map:") + GetParam().map;
  request.codings = {{GetParam().system, GetParam().code, "", false}};
  request.target = GetParam().target;
  request.reverse = GetParam().reverse;
  EXPECT_EQ(shown(terminology().translate(request)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Terminology, Translations,
    ::testing::Values(
        Translation{"BodyPart", "body-part-snomed", "", "ABDOMEN", "", false,
                    "result=true;match=equivalent/818981001/urn:x-local:concept-map:body-part-snomed"},
        Translation{"Region", "", kSct, "69536005", kRegions, false,
                    "result=true;match=wider/774007/urn:x-local:concept-map:anatomical-region"},
        Translation{"RegionOfItself", "anatomical-region", kSct, "80891009", "", false,
                    "result=true;match=equal/80891009/urn:x-local:concept-map:anatomical-region"},
        Translation{"Laterality", "laterality-snomed", "", "L", "", false,
                    "result=true;match=equivalent/7771000/urn:x-local:concept-map:laterality-snomed"},
        Translation{"LateralityBack", "laterality-snomed", kSct, "24028007", "", true,
                    "result=true;match=equivalent/R/urn:x-local:concept-map:laterality-snomed"},
        Translation{"SnomedRt", "srt-snomed", "http://snomed.info/srt", "A-00203", "", false,
                    "result=true;match=equivalent/128981007/urn:x-local:concept-map:srt-snomed"},
        Translation{"Nothing", "laterality-snomed", "", "Q", "", false,
                    "result=false;message=no map that is held here has this concept"},
        Translation{"NoSystem", "", "", "L", "", false,
                    "InvalidParameter: a code needs its system unless a map is named"},
        Translation{"NoMap", "none", "", "L", "", false,
                    "NotFound: this server has no concept map urn:x-local:concept-map:none"}),
    [](const auto& row) { return row.param.name; });

TEST(Terminology, EveryTargetOfTheRegionsIsOneOfTheTen) {
  const ConceptMap* map = terminology().concept_map("urn:x-local:concept-map:anatomical-region");
  ASSERT_TRUE(map);
  for (const ConceptMap::Row& row : map->groups.front().rows)
    for (const ConceptMap::Target& target : row.targets)
      EXPECT_EQ(r4_definitions().value_sets().contains(kRegions, kSct, target.code), Membership::Yes)
          << row.code;
}

TEST(Terminology, AFaultyTableIsNamedWithItsLine) {
  const gateway::testing::TempFolder folder;
  std::filesystem::create_directory(folder / "terminology");
  std::ofstream(folder / "terminology/concept-maps.csv")
      << "table,name,source_system,target_system,equivalence,target_set\nx,X,a,b,same,\n";
  const auto loaded = Terminology::load(folder / "", r4_definitions());
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().text(), "there is no equivalence same (concept-maps.csv:2)");
}

TEST(Terminology, WhatIsHeldIsAResourceOfItsType) {
  const DefinitionResources held(terminology());
  for (const std::string& type : DefinitionResources::types()) EXPECT_GT(held.count(type), 0u) << type;
  const auto region = held.by_url("ConceptMap", "urn:x-local:concept-map:anatomical-region");
  ASSERT_EQ(region.size(), 1u);
  EXPECT_EQ(region[0].text("id"), "anatomical-region");
  for (const char* url : {"ValueSet|http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1",
                          "CodeSystem|http://hl7.org/fhir/administrative-gender",
                          "StructureDefinition|http://hl7.org/fhir/StructureDefinition/Patient",
                          "SearchParameter|http://hl7.org/fhir/SearchParameter/ImagingStudy-started"}) {
    const std::string_view text(url);
    const auto bar = text.find('|');
    const auto found = held.by_url(text.substr(0, bar), text.substr(bar + 1));
    ASSERT_EQ(found.size(), 1u) << url;
    EXPECT_TRUE(check_json(found[0], r4_definitions()).ok());
    EXPECT_EQ(held.read(text.substr(0, bar), found[0].text("id")), found[0]);
  }
  EXPECT_FALSE(held.read("ValueSet", "none"));
  EXPECT_TRUE(held.by_url("ValueSet", "http://hl7.org/fhir/ValueSet/administrative-gender|9").empty());
}

}  // namespace
