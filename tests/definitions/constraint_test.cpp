// Constraints of definitions given at run time: what cannot be checked is told.
#include <gtest/gtest.h>

#include <fstream>

#include "gateway/definitions/validator.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace gateway;
using namespace gateway::definitions;

std::string profile_with(const std::string& expression) {
  return R"({"resourceType":"StructureDefinition","url":"http://example.org/sd/Own","name":"Own",
    "kind":"resource","abstract":false,"type":"Basic","derivation":"constraint",
    "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Basic","snapshot":{"element":[
    {"id":"Basic","path":"Basic","min":0,"max":"*","constraint":[
    {"key":"own-1","severity":"error","human":"has a subject","expression":")" +
         expression + R"("}]},{"id":"Basic.code","path":"Basic.code","min":1,"max":"1",
    "type":[{"code":"CodeableConcept"}]}]}})";
}

Findings findings_with(const std::string& expression) {
  const gateway::testing::TempFolder folder;
  const std::string path = folder.path() + "/own.json";
  std::ofstream(path) << profile_with(expression);
  const auto loaded = Definitions::load(
      {.folder = SOURCE_DIR "/profiles/fhir", .packs = {"r4-core-4.0.1"}, .packages = {path}, .limits = {}});
  EXPECT_TRUE(loaded.ok()) << loaded.error().text();
  const Value resource = Value::map().set("resourceType", "Basic").set("code", Value::map().set("text", "x"));
  ValidationOptions options;
  options.profiles = {"http://example.org/sd/Own"};
  return Validator(*loaded).validate(resource, options);
}

TEST(Constraints, WhatIsNoFhirPathIsToldWithItsKey) {
  const Findings findings = findings_with("subject.exists( and");
  std::size_t told = 0;
  for (const Finding& finding : findings.list()) {
    if (finding.key != "own-1") continue;
    ++told;
    EXPECT_EQ(finding.severity, Finding::Severity::Warning);
    EXPECT_EQ(finding.profile, "http://example.org/sd/Own");
    EXPECT_NE(finding.message.find("character "), std::string::npos) << finding.message;
  }
  EXPECT_EQ(told, 1u);
  EXPECT_EQ(findings.errors(), 0u);
}

TEST(Constraints, OneThatCanBeCheckedIs) {
  EXPECT_EQ(findings_with("subject.exists()").errors(), 1u);
  EXPECT_EQ(findings_with("subject.empty()").errors(), 0u);
}

}  // namespace
