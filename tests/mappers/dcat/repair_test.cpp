#include "mappers/dcat/repair.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "gateway/base/text.h"
#include "mappers/dcat/convert.h"
#include "mappers/dcat/vocabulary.h"
#include "tests/mappers/dcat/corpus.h"
#include "tests/mappers/dcat/releases.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::iri;
using gateway::codec::Term;

Repair repaired(const std::string& body) {
  std::string text;
  for (const auto& [prefix, space] : prefixes()) text += "@prefix " + prefix + ": <" + space + "> .\n";
  const auto graph = gateway::codec::parse_turtle(text + "@prefix ex: <http://example.org/> .\n" + body);
  EXPECT_TRUE(graph) << graph.error().text();
  return repair(sample::releases(), graph ? *graph : Graph(), sample::release("r8"));
}

struct Case {
  const char* name;
  std::string statement;  // of ex:d, a dataset
  const char* property;   // where the right value stands, at ex:d or at the thing named in the statement
  Term right;
  const char* rule;
};

std::string name_of_case(const testing::TestParamInfo<Case>& each) { return each.param.name; }

class RepairCase : public testing::TestWithParam<Case> {};

TEST_P(RepairCase, IsMendedWithALine) {
  const Case& each = GetParam();
  const Repair done =
      repaired("ex:d a dcat:Dataset ; dcat:distribution ex:x . ex:x a dcat:Distribution . " + each.statement);
  bool found = false;
  for (const auto& triple : done.graph.triples())
    found |= triple.predicate.text == expand(each.property) && triple.object == each.right;
  EXPECT_TRUE(found) << done.text();
  EXPECT_GE(done.count(each.rule), 1u) << done.text();
}

Term number(const char* digits) { return gateway::codec::literal(digits, expand("xsd:nonNegativeInteger")); }

INSTANTIATE_TEST_SUITE_P(
    Repair, RepairCase,
    testing::Values(
        Case{"german", "ex:d <http://data.europa.eu/r5r/healthdcatap#minTypicalAge:> \"0\" .",
             "healthdcatap:minTypicalAge", number("0"), "namespace"},
        Case{"github", "ex:d <https://healthdcat-ap.github.io/ns#hasStructuredData> \"true\" .",
             "healthdcatap:hasStructuredData", gateway::codec::literal("true", expand("xsd:boolean")),
             "namespace"},
        Case{"eucaim1", "ex:d <https://w3id.org/healthdcat-ap#numberOfRecords> 5 .",
             "healthdcatap:numberOfRecords", number("5"), "namespace"},
        Case{"molgenis", "ex:d healthdcatap:maximumTypicalAge 80 .", "healthdcatap:maxTypicalAge",
             number("80"), "property-name"},
        Case{"case", "ex:d healthdcatap:numberofrecords 80 .", "healthdcatap:numberOfRecords", number("80"),
             "property-name"},
        Case{"integer", "ex:d healthdcatap:minTypicalAge 45 .", "healthdcatap:minTypicalAge", number("45"),
             "count"},
        Case{"decimal", "ex:x dcat:byteSize \"912.0\"^^xsd:decimal .", "dcat:byteSize", number("912"),
             "count"},
        Case{
            "host",
            "ex:d healthdcatap:healthCategory "
            "<https://hdeu-dcat.acceptance.data.health.europa.eu/resource/authority/healthcategories/EHRS> .",
            "healthdcatap:healthCategory",
            iri("https://hdeu-dcat.data.health.europa.eu/resource/authority/healthcategories/EHRS"), "host"},
        Case{"mailto", "ex:d dcat:contactPoint ex:c . ex:c vcard:hasEmail \" a@b.example \" .",
             "vcard:hasEmail", iri("mailto:a@b.example"), "email"},
        Case{"email",
             "ex:d dct:publisher ex:p . ex:p cv:contactPoint ex:c . ex:c cv:email <mailto:a@b.example> .",
             "cv:email", gateway::codec::literal("a@b.example"), "email"},
        Case{"literal", "ex:d dcatap:applicableLegislation \"http://data.europa.eu/eli/reg/2025/327/oj\" .",
             "dcatap:applicableLegislation", iri("http://data.europa.eu/eli/reg/2025/327/oj"),
             "iri-from-literal"},
        Case{"media", "ex:x dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> .",
             "dcat:mediaType", iri("http://www.iana.org/assignments/media-types/text/csv"), "media-type"},
        Case{"media_word", "ex:x dcat:mediaType \"text/csv\" .", "dcat:mediaType",
             iri("http://www.iana.org/assignments/media-types/text/csv"), "media-type"},
        Case{"personal", "ex:d dpv:hasPersonalData <https://w3id.org/dpv/pd#Age> .", "dpv:hasPersonalData",
             iri("https://w3id.org/dpv/dpv-pd#Age"), "personal-data"},
        Case{"date", "ex:d dct:issued \"2024-01-31T10:00:00Z\"^^xsd:date .", "dct:issued",
             gateway::codec::literal("2024-01-31T10:00:00Z", expand("xsd:dateTime")), "date"},
        Case{"year", "ex:d dct:issued \"2024\" .", "dct:issued",
             gateway::codec::literal("2024", expand("xsd:gYear")), "date"},
        Case{"spaces", "ex:d dcat:landingPage <http://example.org/page%20> .", "dcat:landingPage",
             iri("http://example.org/page"), "iri-spaces"},
        Case{"checksum",
             "ex:x spdx:checksum ex:s . ex:s spdx:checksumValue \"EA77C251B6945E450AE4D66C581495D4\" .",
             "spdx:checksumValue",
             gateway::codec::literal("ea77c251b6945e450ae4d66c581495d4", expand("xsd:hexBinary")),
             "checksum"},
        Case{"duration", "ex:d dcat:temporalResolution \"P1D\" .", "dcat:temporalResolution",
             gateway::codec::literal("P1D", expand("xsd:duration")), "duration"},
        Case{"class", "ex:d dcatap:applicableLegislation <http://data.europa.eu/eli/reg/2025/327/oj> .",
             "rdf:type", iri("http://data.europa.eu/eli/ontology#LegalResource"), "class"},
        Case{"agent", "ex:d dct:publisher ex:p . ex:p a foaf:agent .", "rdf:type",
             iri("http://xmlns.com/foaf/0.1/Agent"), "property-name"},
        Case{"mbox", "ex:d healthdcatap:hdab ex:p . ex:p foaf:mbox <mailto:a@b.example> .", "cv:email",
             gateway::codec::literal("a@b.example"), "contact-point"}),
    name_of_case);

TEST(Repair, LeavesAloneWhatCannotBeSaidOtherwise) {
  const Repair done = repaired(R"(ex:d a dcat:Dataset ; healthdcatap:minTypicalAge "young", "-3" ;
    dct:issued "last year", "2023-99-99", "2023-02-29", "2023-01-01T25:00:00", "2023-01-01T10:00:00 o'clock" ;
    dcat:temporalResolution "PPP", "P1", "PT", "P1M1Y" ;
    dcatap:applicableLegislation "the EHDS" ; healthdcatap:unheardOf "x" .)");
  EXPECT_TRUE(done.changes.empty()) << done.text();
}

TEST(Repair, SaysFromWhatToWhatAndWhere) {
  const Repair done = repaired("ex:d a dcat:Dataset ; healthdcatap:minTypicalAge \"45\" .");
  ASSERT_EQ(done.changes.size(), 1u);
  EXPECT_EQ(done.text(),
            "count: http://example.org/d healthdcatap:minTypicalAge: \"45\" -> "
            "\"45\"^^xsd:nonNegativeInteger\n");
  EXPECT_EQ(done.json().as_list()->at(0).text("rule"), "count");
}

TEST(Repair, OfARepairedDescriptionChangesNothing) {
  for (const auto& file : corpus::files()) {
    const Repair once = repair(sample::releases(), file.graph, sample::release("r8"));
    const Repair twice = repair(sample::releases(), once.graph, sample::release("r8"));
    EXPECT_TRUE(twice.changes.empty()) << file.name << "\n" << twice.text();
  }
}

TEST(Repair, OfAValidDescriptionOnlyAddsClassesAndLabels) {
  for (const auto& file : corpus::files()) {
    if (file.name.find("r8/examples") == std::string::npos &&
        file.name.find("examples-dual") == std::string::npos)
      continue;
    for (const Change& change : repair(sample::releases(), file.graph, sample::release("r8")).changes)
      EXPECT_TRUE(change.rule == "class" || change.rule == "label") << file.name << " " << change.rule;
  }
}

// The figures of tests/golden/dcat/repair.tsv: what is changed in real descriptions. The outside engine
// measured that their violations fall.
TEST(Repair, OfRealDescriptionsIsAsMeasured) {
  const auto files = corpus::files(true);
  if (files.empty()) GTEST_SKIP() << "the corpus is not here";
  std::ifstream table(SOURCE_DIR "/tests/golden/dcat/repair.tsv");
  std::string line;
  std::map<std::string, std::string> expected;
  while (std::getline(table, line)) {
    const auto cells = gateway::split(line, '\t');
    if (line.starts_with('#') || cells.size() != 4) continue;
    EXPECT_LE(std::stoi(std::string(cells[2])), std::stoi(std::string(cells[1]))) << line;
    expected.emplace(cells[0], cells[3]);
  }
  std::size_t checked = 0;
  for (const auto& file : files) {
    const auto row = expected.find(file.name);
    if (row == expected.end()) continue;
    ++checked;
    std::map<std::string, int> rules;
    for (const Change& change : repair(sample::releases(), file.graph, sample::release("r8")).changes)
      ++rules[change.rule];
    std::string text;
    for (const auto& [rule, count] : rules)
      text += (text.empty() ? "" : " ") + rule + "=" + std::to_string(count);
    EXPECT_EQ(text, row->second) << file.name;
  }
  EXPECT_EQ(checked, expected.size());
}

}  // namespace
}  // namespace mappers::dcat
