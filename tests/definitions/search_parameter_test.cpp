// Search parameters: one expression a resource type, and which parameter a type has by a code.
#include "gateway/definitions/search_parameter.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/definitions/definitions.h"

namespace {

using namespace gateway::definitions;

struct Case {
  const char *expression, *base, *part;
};

TEST(SearchParameter, AUnionIsCutIntoThePartsOfEachType) {
  const std::vector<Case> cases = {{"Patient.name", "Patient", "Patient.name"},
                                   {"Patient.name", "Person", ""},
                                   {"Patient.name | Practitioner.name", "Practitioner", "Practitioner.name"},
                                   {"A.x | B.y | A.z", "A", "A.x | A.z"},
                                   {"(Condition.onset as Age) | Condition.onset.as(Range) | (Group.x as Age)",
                                    "Condition", "(Condition.onset as Age) | Condition.onset.as(Range)"},
                                   {"A.where(b = 'x|y').c | B.d", "A", "A.where(b = 'x|y').c"},
                                   {"A.where((b | c).exists()) | B.d", "A", "A.where((b | c).exists())"},
                                   {"PatientLike.name", "Patient", ""},
                                   {"name | alias", "InsurancePlan", "name | alias"},
                                   {"", "Patient", ""}};
  for (const Case& one : cases) EXPECT_EQ(part_for(one.expression, one.base), one.part) << one.expression;
}

const SearchParameters& shipped() {
  Sources sources;
  sources.folder = SOURCE_DIR "/profiles/fhir";
  sources.packs = Definitions::shipped_packs();
  static const auto definitions = Definitions::load(sources);
  EXPECT_TRUE(definitions.ok());
  return (*definitions)->search_parameters();
}

TEST(SearchParameters, AreFoundByTypeAndCode) {
  const SearchParameter* patient = shipped().find("ImagingStudy", "patient");
  ASSERT_TRUE(patient);
  EXPECT_EQ(patient->type, SearchType::Reference);
  EXPECT_EQ(patient->expression("ImagingStudy"), "ImagingStudy.subject.where(resolve() is Patient)");
  EXPECT_EQ(patient->expression("Account"), "");
  const SearchParameter* id = shipped().find("ImagingStudy", "_id");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->expression("ImagingStudy"), "Resource.id");
  EXPECT_EQ(shipped().find("ImagingStudy", "no-such"), nullptr);
  EXPECT_EQ(shipped().find("NoSuch", "identifier"), nullptr);
  EXPECT_EQ(shipped().by_url("http://hl7.org/fhir/SearchParameter/ImagingStudy-started|4.0.1")->code,
            "started");
}

TEST(SearchParameters, OfATypeIncludeThoseOfEveryResource) {
  const auto of = shipped().of("ImagingStudy");
  std::vector<std::string> codes;
  for (const SearchParameter* parameter : of) codes.push_back(parameter->code);
  EXPECT_TRUE(std::ranges::is_sorted(codes));
  for (const char* code :
       {"_id", "_lastUpdated", "_profile", "_text", "basedon", "bodysite", "identifier", "started"})
    EXPECT_TRUE(std::ranges::count(codes, code)) << code;
  const auto bundle = shipped().of("Bundle");
  EXPECT_TRUE(std::ranges::none_of(bundle, [](auto* parameter) { return parameter->code == "_text"; }));
}

TEST(SearchParameters, CompositesNameTheirParts) {
  const SearchParameter* composite = shipped().find("Observation", "code-value-quantity");
  ASSERT_TRUE(composite);
  EXPECT_EQ(composite->type, SearchType::Composite);
  ASSERT_EQ(composite->components.size(), 2u);
  EXPECT_EQ(shipped().by_url(composite->components[0].definition)->code, "code");
}

TEST(SearchParameters, EveryParameterOfAValueHasAnExpressionForEachType) {
  for (const SearchParameter& parameter : shipped().all()) {
    if (parameter.type == SearchType::Special || parameter.code.starts_with('_')) continue;
    for (const std::string& base : parameter.bases)
      EXPECT_FALSE(parameter.expression(base).empty()) << parameter.url << " on " << base;
  }
}

}  // namespace
