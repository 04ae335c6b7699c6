#include <set>

#include "mappers/fhir/names.h"
#include "mappers/fhir/systems.h"
#include "tests/mappers/fhir/fhir_fixture.h"

namespace mappers::fhir {
namespace {

using testing::at;
using testing::options;
using testing::rendered;
using testing::sample_study;
using testing::Value;
namespace model = gateway::model;

TEST(Patient, HasIdentifierNameGenderAndBirthDate) {
  auto row = sample_study().subject;
  row.subject.birth_date = "19700228";
  const Value patient = rendered(row);
  EXPECT_EQ(at(patient, "id"), row.key);
  EXPECT_EQ(at(patient, "meta.versionId"), "2");
  EXPECT_EQ(at(patient, "identifier"), R"([{"system":"urn:x-local:patient-id","value":"P1"}])");
  EXPECT_EQ(at(patient, "name"),
            R"([{"family":"Doe","given":["Jane","Mary"],"prefix":["Dr"],"suffix":["PhD"]}])");
  EXPECT_EQ(at(patient, "gender"), "female");
  EXPECT_EQ(at(patient, "birthDate"), "1970-02-28");
}

TEST(Patient, WhatIsNotKnownIsLeftOut) {
  auto row = sample_study().subject;
  row.subject = {};
  const Value patient = rendered(row);
  EXPECT_EQ(at(patient, "identifier"), "");
  EXPECT_EQ(at(patient, "name.0.extension.0.valueCode"), "unknown");  // the profile wants a name
  EXPECT_EQ(at(patient, "birthDate"), "");
  EXPECT_EQ(at(patient, "_birthDate.extension.0.valueCode"), "unknown");
  EXPECT_EQ(at(patient, "gender"), "unknown");
  auto mado = options();
  mado.pack = Pack::Mado;
  std::string json;
  append_patient(json, row, mado);
  EXPECT_EQ(at(testing::parsed(json), "name"), "");
}

TEST(Patient, AnImpossibleBirthDateIsLeftOutAndAPartialOneKept) {
  auto row = sample_study().subject;
  EXPECT_EQ(at(rendered(row), "birthDate"), "");
  row.subject.birth_date = "1970";
  EXPECT_EQ(at(rendered(row), "birthDate"), "1970");
}

TEST(Patient, SexesThatFhirDoesNotKnowAreLeftOut) {
  auto row = sample_study().subject;
  const auto gender = [&](const char* sex) {
    row.subject.sex = sex;
    return at(rendered(row), "gender");
  };
  EXPECT_EQ(gender("M"), "male");
  EXPECT_EQ(gender("O"), "other");
  EXPECT_EQ(gender("X"), "");
}

TEST(Patient, NameGroupsAreMarkedByRepresentation) {
  auto row = sample_study().subject;
  row.subject.name = {"Yamada^Tarou", "山田^太郎", "やまだ^たろう"};
  const Value patient = rendered(row);
  EXPECT_EQ(at(patient, "name.0.extension.0.url"),
            "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation");
  EXPECT_EQ(at(patient, "name.0.extension.0.valueCode"), "ABC");
  EXPECT_EQ(at(patient, "name.1.extension.0.valueCode"), "IDE");
  EXPECT_EQ(at(patient, "name.1.family"), "山田");
  EXPECT_EQ(at(patient, "name.2.extension.0.valueCode"), "SYL");
  EXPECT_EQ(at(patient, "name.2.given.0"), "たろう");
}

TEST(Patient, ANameOfSeparatorsOnlyIsNoName) {
  auto row = sample_study().subject;
  row.subject.name.alphabetic = "^^^^";
  EXPECT_EQ(at(rendered(row), "name.0.family"), "");
  EXPECT_EQ(at(rendered(row), "name.0.extension.0.valueCode"), "unknown");
}

TEST(Systems, IssuersBecomeUris) {
  EXPECT_EQ(patient_system("1.2.3", options()), "urn:oid:1.2.3");
  EXPECT_EQ(patient_system("https://hospital.example/mrn", options()), "https://hospital.example/mrn");
  EXPECT_EQ(patient_system("Ward 7", options()), "urn:x-local:issuer:Ward%207");
  EXPECT_EQ(patient_system("", options()), "urn:x-local:patient-id");
  EXPECT_EQ(coding_system("LN", options()), "http://loinc.org");
  EXPECT_EQ(coding_system("", options()), "");
  EXPECT_EQ(coding_system("https://codes.example", options()), "https://codes.example");
  const std::vector<model::Code> schemes = {{"1.2.9", "99MINE", "Mine"}, {"none", "99OTHER", ""}};
  EXPECT_EQ(coding_system("99MINE", options(), schemes), "urn:oid:1.2.9");
  EXPECT_EQ(coding_system("99OTHER", options(), schemes), "urn:x-local:coding-scheme:99OTHER");
  for (const std::string designator : {"SCT", "DCM", "LN", "99OTHER"})
    EXPECT_EQ(designator_of(coding_system(designator, options()), options()), designator);
  EXPECT_EQ(designator_of("https://codes.example", options()), "");
}

TEST(Systems, TheWayBackFindsTheSameIssuers) {
  for (const std::string issuer : {"1.2.3", "https://hospital.example/mrn", "Ward 7", "", "A:B"}) {
    const auto issuers = issuers_of(patient_system(issuer, options()), options());
    EXPECT_NE(std::find(issuers.begin(), issuers.end(), issuer), issuers.end()) << issuer;
  }
  EXPECT_TRUE(issuers_of("not a uri", options()).empty());
}

TEST(Terminology, FaultsNameFileAndLine) {
  EXPECT_FALSE(ConceptTable::load("/nowhere/x.concepts.csv").ok());
  EXPECT_EQ(options().terminology->body_parts.size(), 317u);
}

// Profiles of the tree: everything that can be a body site has its region, but for what is none.
TEST(Terminology, EveryBodyPartHasARegion) {
  const auto& terms = *options().terminology;
  const std::set<std::string_view> none = {"706342009", "39352004", "131183008"};  // phantom, any joint
  for (const auto& [part, site] : terms.body_parts.rows())
    EXPECT_TRUE(!terms.regions.find_all(site).empty() || none.contains(site)) << part << " " << site;
  const std::set<std::string_view> ten = {"63337009", "38266002",  "53120007", "61685007", "67734004",
                                          "774007",   "113257007", "80891009", "76752008", "737561001"};
  for (const auto& [site, region] : terms.regions.rows()) EXPECT_TRUE(ten.contains(region)) << site;
  for (const std::string_view region : ten) ASSERT_NE(terms.regions.find(region), nullptr) << region;
  EXPECT_GE(terms.regions.rows().size(), 384u);
}

}  // namespace
}  // namespace mappers::fhir
