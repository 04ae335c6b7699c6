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
  EXPECT_EQ(at(patient, "name"), "");
  EXPECT_EQ(at(patient, "birthDate"), "");
  EXPECT_EQ(at(patient, "gender"), "unknown");
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
  EXPECT_EQ(at(rendered(row), "name"), "");
}

TEST(Systems, IssuersBecomeUris) {
  EXPECT_EQ(patient_system("1.2.3", options()), "urn:oid:1.2.3");
  EXPECT_EQ(patient_system("https://hospital.example/mrn", options()), "https://hospital.example/mrn");
  EXPECT_EQ(patient_system("Ward 7", options()), "urn:x-local:issuer:Ward%207");
  EXPECT_EQ(patient_system("", options()), "urn:x-local:patient-id");
  EXPECT_EQ(coding_system("LN", options()), "http://loinc.org");
  EXPECT_EQ(coding_system("", options()), "");
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

}  // namespace
}  // namespace mappers::fhir
