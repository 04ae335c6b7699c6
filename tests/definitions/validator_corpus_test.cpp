// The validator over the shared corpus: broken copies are found, official examples are clean, and the
// outcomes of HL7's own validator are met where they do not need a terminology server.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "gateway/base/bytes.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "tests/definitions/shipped_definitions.h"

namespace {

using namespace gateway;
using definitions::Findings;
namespace fs = std::filesystem;

const std::string kCorpus = SOURCE_DIR "/../shared/corpus/fhir";

class ValidatorCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kCorpus)) GTEST_SKIP() << "no corpus beside the source tree";
    if (!tests::shipped_validator().ok()) FAIL() << tests::shipped_validator().error().text();
  }
  static const definitions::Validator& validator() { return **tests::shipped_validator(); }
  static Value read(const std::string& path) {
    auto value = codec::parse_json(*read_file(kCorpus + path));
    return value ? std::move(*value) : Value();
  }
  static std::string errors_of(const Findings& findings) {
    std::string text;
    for (const auto& finding : findings.list())
      if (finding.severity <= definitions::Finding::Severity::Error)
        text += "\n  " + definitions::to_text(finding);
    return text;
  }
};

TEST_F(ValidatorCorpus, finds_the_broken_imaging_studies) {
  const Value mutants = read("/validator/imagingstudy-r4-mutants.json");
  std::size_t errors = 0, findings = 0, all = 0;
  for (const auto& [name, mutant] : *mutants.as_map()) {
    const Findings found = validator().validate(*mutant.find("resource"));
    if (mutant.text("expect") == "ok") {
      EXPECT_EQ(found.errors(), 0u) << name << errors_of(found);
      EXPECT_EQ(found.warnings(), 1u) << "the type of the identifier comes from outside of an extensible set";
      continue;
    }
    ++all;
    errors += found.errors() > 0;
    findings += found.errors() > 0 || found.warnings() > 1;
  }
  EXPECT_EQ(all, 36u);
  EXPECT_GE(errors, 35u) << "a count that is larger than what is listed is allowed, and so a warning";
  EXPECT_EQ(findings, 36u);
}

TEST_F(ValidatorCorpus, finds_what_breaks_the_profiles) {
  const Value mutants = read("/validator/profile-mutants-mado-eu.json");
  for (const auto& [family, list] : *mutants.as_map()) {
    definitions::ValidationOptions options;
    options.profiles = {family == "M"
                            ? "https://profiles.ihe.net/RAD/MADO/StructureDefinition/MadoImagingStudy"
                            : "http://hl7.eu/fhir/imaging/StructureDefinition/ImagingStudyEuImaging"};
    std::size_t good_warnings = 0;
    for (const Value& pair : *list.as_list()) {
      const std::string& name = *(*pair.as_list())[0].as_string();
      const Findings found = validator().validate((*pair.as_list())[1], options);
      if (name == "good") {
        EXPECT_EQ(found.errors(), 0u) << family << errors_of(found);
        good_warnings = found.warnings();
      } else if (name.find("warning") != std::string::npos) {
        EXPECT_GT(found.warnings(), good_warnings) << name;
      } else {
        EXPECT_GT(found.errors(), 0u) << name;
      }
    }
  }
}

TEST_F(ValidatorCorpus, finds_no_fault_with_official_examples) {
  std::size_t resources = 0;
  const auto check = [&resources](const std::string& name, std::string_view text) {
    const auto resource = codec::parse_json(text);
    ASSERT_TRUE(resource.ok()) << name;
    const Findings found = validator().validate(*resource);
    EXPECT_EQ(found.errors(), 0u) << name << errors_of(found);
    ++resources;
  };
  for (const char* folder : {"r4-core", "mado-study-B", "hl7-eu-imaging-r4", "balp", "mcode"})
    for (const auto& entry : fs::directory_iterator(kCorpus + "/examples/" + folder)) {
      const std::string path = entry.path();
      if (path.ends_with(".json")) check(path, *read_file(path));
      if (!path.ends_with(".ndjson")) continue;
      const std::string text = *read_file(path);
      for (const std::string_view line : split(text, '\n'))
        if (!line.empty()) check(path, line);
    }
  EXPECT_GT(resources, 80u);
}

// A hit is: at least one error exactly when HL7's validator has one.
TEST_F(ValidatorCorpus, agrees_with_the_outcomes_of_hl7) {
  const Value cases = read("/validator/fhir-test-cases/expected.json");
  std::size_t right = 0, false_errors = 0;
  std::string wrong;
  for (const auto& [name, test] : *cases.as_map()) {
    const auto text = read_file(kCorpus + "/validator/fhir-test-cases/" + std::string(test.text("file")));
    const auto resource = codec::parse_json(*text);
    const bool found = !resource.ok() || validator().validate(*resource).errors() > 0;
    const bool expected = *test.find("errors")->as_int() > 0;
    right += found == expected;
    false_errors += found && !expected;
    if (found != expected) wrong += " " + name;
  }
  const std::size_t all = cases.as_map()->size();
  EXPECT_GE(right * 100, all * 90) << wrong;
  EXPECT_LE(false_errors, 2u) << wrong;
}

// A resource of the size of a large study comes back in milliseconds; the bound leaves room for slow
// machines.
TEST_F(ValidatorCorpus, is_quick_with_a_large_resource) {
  Value study = *read("/validator/imagingstudy-r4-mutants.json").find("00-good")->find("resource");
  Value series = (*study.find("series")->as_list())[0];
  const Value instance = (*series.find("instance")->as_list())[0];
  Value instances = Value::list();
  for (int i = 0; i < 700; ++i)
    instances.push(Value(instance).set("uid", "1.2.3." + std::to_string(i)).set("number", i));
  series.set("instance", std::move(instances)).set("numberOfInstances", 700);
  study.set("series", Value::list().push(std::move(series))).set("numberOfInstances", 700);
  EXPECT_GT(to_json(study).size(), 80'000u);
  ASSERT_EQ(validator().validate(study).errors(), 0u);
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(validator().validate(study).errors(), 0u);
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(std::chrono::duration_cast<std::chrono::milliseconds>(took).count(), 200);
}

}  // namespace
