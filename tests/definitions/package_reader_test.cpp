// Official definitions as their publishers ship them: read whole, queried by type, canonical and code.
#include "gateway/definitions/package_reader.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gateway/base/bytes.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace gateway;
using namespace gateway::definitions;
using gateway::testing::TempFolder;

constexpr std::string_view kProfile = R"json({
  "resourceType": "StructureDefinition", "url": "http://example.org/sd/Small", "version": "2", "name": "Small",
  "kind": "resource", "abstract": false, "type": "Patient", "derivation": "constraint",
  "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
  "snapshot": {"element": [
    {"id": "Patient", "path": "Patient", "min": 0, "max": "*", "constraint": [
      {"key": "pat-1", "severity": "error", "human": "h", "expression": "name.exists()"}]},
    {"id": "Patient.name", "path": "Patient.name", "min": 0, "max": "*", "base": {"max": "*"},
     "slicing": {"discriminator": [{"type": "value", "path": "use"}], "rules": "closed", "ordered": true},
     "type": [{"code": "HumanName"}], "constraint": [
      {"key": "ele-1", "severity": "error", "human": "h", "expression": "hasValue()"}]},
    {"id": "Patient.name:official", "path": "Patient.name", "sliceName": "official", "min": 1, "max": "1",
     "base": {"max": "*"}, "type": [{"code": "HumanName"}], "mustSupport": true},
    {"id": "Patient.name:official.use", "path": "Patient.name.use", "min": 1, "max": "1", "base": {"max": "1"},
     "type": [{"code": "code"}], "fixedCode": "official", "isModifier": true, "isSummary": true,
     "binding": {"strength": "required", "valueSet": "http://hl7.org/fhir/ValueSet/name-use|4.0.1"}},
    {"id": "Patient.deceased[x]", "path": "Patient.deceased[x]", "min": 0, "max": "1",
     "type": [{"code": "boolean"}, {"code": "dateTime"}]},
    {"id": "Patient.deceased[x]:deceasedBoolean", "path": "Patient.deceased[x]",
     "sliceName": "deceasedBoolean", "min": 0, "max": "1", "type": [{"code": "boolean"}]}]}})json";

Result<void> read(std::string_view json, Definitions& into, PackageLimits limits = {}) {
  return read_package_file(json, "small.json", "test", limits, into);
}

TEST(PackageReader, ASnapshotBecomesATreeOfElements) {
  Definitions definitions;
  ASSERT_TRUE(read(kProfile, definitions));
  const Structure* profile = definitions.structure("http://example.org/sd/Small|2");
  ASSERT_TRUE(profile);
  EXPECT_TRUE(profile->constraint);
  EXPECT_FALSE(definitions.type("Patient")) << "a profile is no type";
  ASSERT_EQ(profile->root->children.size(), 2u);
  const Element& name = *profile->root->children[0];
  EXPECT_TRUE(name.list);
  EXPECT_TRUE(name.constraints.empty()) << "ele-1 comes with the type";
  ASSERT_TRUE(name.slicing);
  EXPECT_EQ(name.slicing->rules, Slicing::Rules::Closed);
  EXPECT_TRUE(name.slicing->ordered);
  ASSERT_EQ(name.slices.size(), 1u);
  ASSERT_EQ(name.slices[0]->children.size(), 1u);
  const Element& use = *name.slices[0]->children[0];
  EXPECT_EQ(&use, profile->element("Patient.name:official.use"));
  EXPECT_EQ(use.fixed, Value("official"));
  EXPECT_EQ(use.binding->strength, Strength::Required);
  EXPECT_TRUE(use.modifier && use.summary && !use.list);
}

TEST(PackageReader, SlicesOfAChoiceImplySlicingByType) {
  Definitions definitions;
  ASSERT_TRUE(read(kProfile, definitions));
  const Element* choice = definitions.structures()[0]->element("Patient.deceased[x]");
  ASSERT_TRUE(choice && choice->slicing);
  EXPECT_EQ(choice->slicing->discriminators.at(0).kind, Discriminator::Kind::Type);
  EXPECT_EQ(choice->slices.size(), 1u);
}

TEST(PackageReader, AVersionThatIsNotThereIsUnknown) {
  Definitions definitions;
  ASSERT_TRUE(read(kProfile, definitions));
  EXPECT_TRUE(definitions.structure("http://example.org/sd/Small"));
  EXPECT_FALSE(definitions.structure("http://example.org/sd/Small|1"));
  EXPECT_FALSE(definitions.structure("http://example.org/sd/Large"));
}

struct Refusal {
  const char* what;
  std::string json;
  ErrorCode code;
  std::string where;
};

std::string structure_with(std::string_view elements) {
  return R"({"resourceType":"StructureDefinition","url":"u","kind":"resource","type":"T","snapshot":{"element":[)" +
         std::string(elements) + "]}}";
}

TEST(PackageReader, FaultsAreNamedWithFileAndPlace) {
  const std::vector<Refusal> refusals = {
      {"broken JSON", "{", ErrorCode::ProfileInvalid, "small.json: byte 2"},
      {"no snapshot", R"({"resourceType":"StructureDefinition","url":"u","kind":"resource","type":"T"})",
       ErrorCode::ProfileInvalid, "small.json: u"},
      {"no elements", structure_with(""), ErrorCode::ProfileInvalid, "small.json"},
      {"no path", structure_with(R"({"id":"T.a","min":0,"max":"1"})"), ErrorCode::ProfileInvalid,
       "small.json: T.a"},
      {"no cardinality", structure_with(R"({"id":"T","path":"T","max":"1"})"), ErrorCode::ProfileInvalid,
       "small.json: T"},
      {"an orphan", structure_with(R"({"path":"T","min":0,"max":"*"},{"path":"T.a.b","min":0,"max":"1"})"),
       ErrorCode::ProfileInvalid, "small.json: T.a.b"},
      {"in a Bundle", R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient"}},
        {"resource":{"resourceType":"CodeSystem","url":"c"}}]})",
       ErrorCode::ProfileInvalid, "small.json entry 1: c"},
      {"no url", R"({"resourceType":"ValueSet"})", ErrorCode::ProfileInvalid, "small.json: ValueSet"},
      {"a parameter of no type", R"({"resourceType":"SearchParameter","url":"s","code":"c","base":["T"]})",
       ErrorCode::ProfileInvalid, "small.json: s"}};
  for (const Refusal& refusal : refusals) {
    Definitions definitions;
    const auto outcome = read(refusal.json, definitions);
    ASSERT_FALSE(outcome) << refusal.what;
    EXPECT_EQ(outcome.error().code, refusal.code) << refusal.what;
    EXPECT_EQ(outcome.error().where, refusal.where) << refusal.what;
  }
}

TEST(PackageReader, ElementsBytesAndFilesAreLimited) {
  Definitions definitions;
  EXPECT_EQ(read(kProfile, definitions, {.max_elements = 5}).error().code, ErrorCode::BodyTooLarge);
  EXPECT_EQ(read(kProfile, definitions, {.max_file_bytes = 100}).error().code, ErrorCode::BodyTooLarge);
  EXPECT_FALSE(read(kProfile, definitions, {.max_depth = 3}));
  std::string path = "T", deep = R"({"path":"T","min":0,"max":"1"})";
  for (int level = 0; level < 70; ++level) {
    path += ".a";
    deep += R"(,{"path":")" + path + R"(","min":0,"max":"1"})";
  }
  EXPECT_EQ(read(structure_with(deep), definitions).error().code, ErrorCode::BodyTooLarge);
  const TempFolder folder;
  for (const char* name : {"a.json", "b.json", "c.json"})
    std::ofstream(folder / name) << R"({"resourceType":"Patient"})";
  const std::string& package = folder.path();
  EXPECT_TRUE(read_package(package, {}, definitions));
  EXPECT_EQ(read_package(package, {.max_files = 2}, definitions).error().code, ErrorCode::BodyTooLarge);
  EXPECT_EQ(read_package(package, {.max_total_bytes = 60}, definitions).error().code,
            ErrorCode::BodyTooLarge);
  EXPECT_EQ(read_package(package + "/none", {}, definitions).error().code, ErrorCode::NotFound);
}

TEST(PackageReader, ReadsTheProfilesOfTheCorpus) {
  const std::string folder = SOURCE_DIR "/../shared/corpus/fhir/profiles";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the corpus is not here";
  Definitions definitions;
  const auto read_all = read_package(folder, {}, definitions);
  ASSERT_TRUE(read_all) << read_all.error().text();
  const Structure* study =
      definitions.structure("https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoImagingStudy");
  ASSERT_TRUE(study);
  const Element* wado = study->element("ImagingStudy.series.endpoint:wado");
  ASSERT_TRUE(wado);
  EXPECT_EQ(wado->min, 1u);
  EXPECT_EQ(wado->max, kUnbounded);
  EXPECT_TRUE(definitions.search_parameters().find("DocumentReference", "study-instance-uid"));
  EXPECT_EQ(
      definitions.value_sets().contains("http://hl7.eu/fhir/imaging/ValueSet/im-anatomical-region-valueset",
                                        "http://snomed.info/sct", "80891009"),
      Membership::Yes);
}

}  // namespace
