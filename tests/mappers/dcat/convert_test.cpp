#include "mappers/dcat/convert.h"

#include <gtest/gtest.h>

#include <set>

#include "mappers/dcat/vocabulary.h"
#include "tests/mappers/dcat/corpus.h"
#include "tests/mappers/dcat/releases.h"

namespace mappers::dcat {
namespace {

using gateway::codec::Graph;
using gateway::codec::iri;
using gateway::codec::Term;

Graph turtle(const std::string& body) {
  std::string text;
  for (const auto& [prefix, space] : prefixes()) text += "@prefix " + prefix + ": <" + space + "> .\n";
  text += "@prefix ex: <http://example.org/> .\n";
  const auto graph = gateway::codec::parse_turtle(text + body);
  EXPECT_TRUE(graph) << graph.error().text();
  return graph ? *graph : Graph();
}

Conversion to(std::string_view release, const Graph& graph) {
  return convert(sample::releases(), graph, sample::release(release));
}

std::set<std::string> values(const Graph& graph, const std::string& subject, std::string_view property) {
  std::set<std::string> found;
  for (const Term& value : graph.objects(iri("http://example.org/" + subject), expand(property)))
    found.insert(value.text);
  return found;
}

bool says(const LossReport& report, Fate fate, std::string_view property, std::string_view reason) {
  for (const LossNote& note : report.notes)
    if (note.fate == fate && note.property == property && note.reason.find(reason) != std::string::npos)
      return true;
  return false;
}

TEST(Convert, AgentsGetTheContactOfTheRelease) {
  const auto done = to("r8", turtle(R"(ex:d a dcat:Dataset ; dct:publisher ex:p .
    ex:p a foaf:Agent ; dcat:contactPoint ex:c .
    ex:c a vcard:Kind ; vcard:hasEmail <mailto:a@b.example> ; vcard:hasURL <https://b.example/> .)"));
  EXPECT_EQ(values(done.graph, "p", "cv:contactPoint"), (std::set<std::string>{"http://example.org/c"}));
  EXPECT_EQ(values(done.graph, "c", "cv:email"), (std::set<std::string>{"a@b.example"}));
  EXPECT_EQ(values(done.graph, "c", "cv:contactPage"), (std::set<std::string>{"https://b.example/"}));
  EXPECT_TRUE(values(done.graph, "p", "dcat:contactPoint").empty());
  EXPECT_TRUE(done.report.lossless()) << done.report.text();
  EXPECT_TRUE(says(done.report, Fate::Renamed, "vcard:hasEmail", "has this property"));
  const auto back = to("r5", done.graph);
  EXPECT_EQ(values(back.graph, "c", "vcard:hasEmail"), (std::set<std::string>{"mailto:a@b.example"}));
}

TEST(Convert, VariablesMoveBetweenDistributionAndDataset) {
  const Graph old = turtle(R"(ex:d a dcat:Dataset ; dcat:distribution ex:x .
    ex:x a dcat:Distribution ; csvw:tableGroup ex:g . ex:g a csvw:TableGroup ; csvw:table ex:t .
    ex:t csvw:column ex:c . ex:c csvw:name "a" ; csvw:titles "A" .)");
  const auto done = to("r8", old);
  EXPECT_EQ(values(done.graph, "d", "healthdcatap:hasVariables").size(), 1u);
  EXPECT_EQ(values(done.graph, "c", "csvw:title"), (std::set<std::string>{"A"}));
  EXPECT_EQ(values(done.graph, "d", "healthdcatap:hasStructuredData"), (std::set<std::string>{"true"}));
  EXPECT_TRUE(says(done.report, Fate::Moved, "csvw:tableGroup", "at the dataset")) << done.report.text();
  EXPECT_TRUE(says(done.report, Fate::Derived, "has_structured_data", "has variables"));
  const auto back = to("r6", done.graph);
  EXPECT_EQ(values(back.graph, "x", "csvw:tableGroup").size(), 1u);
  EXPECT_TRUE(says(back.report, Fate::Lost, "healthdcatap:hasStructuredData", "came with Release 7"));
}

TEST(Convert, DataUseConditionsBecomeRulesAndComeBack) {
  const std::string space = "<https://eucaim.github.io/eucaim_dcat_ap/releases/controlled-vocabularies/";
  const Graph eucaim =
      turtle("ex:d a dcat:Dataset ; dcat:distribution ex:x . ex:x a dcat:Distribution ; dct:rights " + space +
             "access-conditions/#DOWNLOAD> , " + space + "data-use-conditions/GENERAL_RESEARCH_USE> , " +
             space + "data-use-conditions/#PUBLICATION_REQUIRED> .");
  const auto done = to("r8", eucaim);
  EXPECT_EQ(values(done.graph, "x", "dct:rights").size(), 1u);
  EXPECT_EQ(values(done.graph, "x#data-use", "odrl:permission").size(), 1u);
  EXPECT_EQ(values(done.graph, "x#data-use", "odrl:obligation").size(), 1u);
  EXPECT_TRUE(done.report.lossless()) << done.report.text();
  const auto back = to("eucaim", done.graph);
  EXPECT_EQ(values(back.graph, "x", "dct:rights").size(), 3u);
  EXPECT_TRUE(values(back.graph, "x", "odrl:hasPolicy").empty());
}

// A distribution with a policy of one rule about general research use, which permits.
std::string policy(const std::string& field, const std::string& rule, const std::string& constraint) {
  return "ex:d a dcat:Dataset ; dcat:distribution ex:x . ex:x a dcat:Distribution ; odrl:hasPolicy ex:p . "
         "ex:p a odrl:Policy ; odrl:" +
         field + " ex:r . ex:r " + rule + " ; odrl:constraint ex:c . ex:c " + constraint + " .";
}

TEST(Convert, ARuleThatMeansAnythingElseIsLeftAlone) {
  const std::string operand =
      "odrl:rightOperand <https://eucaim.github.io/eucaim_dcat_ap/releases/controlled-vocabularies/"
      "data-use-conditions/GENERAL_RESEARCH_USE>";
  const std::string right = "odrl:leftOperand odrl:purpose ; odrl:operator odrl:isA ; " + operand;
  const auto lifted = to("eucaim", turtle(policy("permission", "odrl:action odrl:use", right)));
  EXPECT_EQ(values(lifted.graph, "x", "dct:rights").size(), 1u) << lifted.report.text();
  EXPECT_TRUE(lifted.report.lossless()) << lifted.report.text();
  const std::string others[] = {
      policy("prohibition", "odrl:action odrl:use", right),
      policy("obligation", "odrl:action odrl:use", right),
      policy("permission", "odrl:action odrl:sell", right),
      policy("permission", "odrl:action odrl:use, odrl:sell", right),
      policy("permission", "odrl:action odrl:use ; odrl:target ex:t", right),
      policy("permission", "odrl:action odrl:use ; odrl:duty ex:t", right),
      policy("permission", "odrl:action odrl:use",
             "odrl:leftOperand odrl:industry ; odrl:operator odrl:isA ; " + operand),
      policy("permission", "odrl:action odrl:use",
             "odrl:leftOperand odrl:purpose ; odrl:operator odrl:neq ; " + operand),
      policy("permission", "odrl:action odrl:use",
             "odrl:leftOperand odrl:purpose ; odrl:operator odrl:isA, odrl:neq ; " + operand),
      policy("permission", "odrl:action odrl:use", right + ", ex:other"),
      policy("permission", "odrl:action odrl:use", right) + " ex:p odrl:prohibition ex:r .",
      policy("permission", "odrl:action odrl:use", right) +
          " ex:p odrl:prohibition ex:s . ex:s odrl:constraint ex:c .",
  };
  for (const std::string& text : others) {
    const auto done = to("eucaim", turtle(text));
    EXPECT_TRUE(values(done.graph, "x", "dct:rights").empty()) << text;
    EXPECT_EQ(values(done.graph, "c", "odrl:rightOperand").empty(), false) << text;
  }
}

TEST(Convert, ARuleThatIsThereIsNotOverwritten) {
  const std::string space = "<https://eucaim.github.io/eucaim_dcat_ap/releases/controlled-vocabularies/";
  const auto done = to(
      "r8",
      turtle("ex:d a dcat:Dataset ; dcat:distribution ex:x . ex:x a dcat:Distribution ; dct:rights " + space +
             "data-use-conditions/GENERAL_RESEARCH_USE> ; odrl:hasPolicy ex:p . ex:p a odrl:Policy ; "
             "odrl:prohibition <http://example.org/p#GENERAL_RESEARCH_USE> . "
             "<http://example.org/p#GENERAL_RESEARCH_USE> odrl:action odrl:use ."));
  EXPECT_EQ(values(done.graph, "p", "odrl:prohibition"),
            (std::set<std::string>{"http://example.org/p#GENERAL_RESEARCH_USE"}));
  EXPECT_EQ(values(done.graph, "p", "odrl:permission"),
            (std::set<std::string>{"http://example.org/p#GENERAL_RESEARCH_USE-2"}));
}

TEST(Convert, TheChainOfIdentifiersIsNeverBroken) {
  const Graph graph = turtle(R"(<http://example.org/d> a dcat:Dataset ;
    dct:identifier "one", "http://example.org/d" ; adms:identifier ex:i .
    ex:i a adms:Identifier ; skos:notation "zero" .)");
  const auto done = to("eucaim", graph);
  EXPECT_EQ(values(done.graph, "d", "dct:identifier"), (std::set<std::string>{"http://example.org/d"}));
  EXPECT_EQ(values(done.graph, "d", "adms:identifier").size(), 2u);
  EXPECT_EQ(values(done.graph, "d#identifier-1", "skos:notation"), (std::set<std::string>{"one"}));
  const auto anew = convert(sample::releases(), graph, sample::release("r8"), {.identifier = "new"});
  EXPECT_EQ(values(anew.graph, "d", "dct:identifier"), (std::set<std::string>{"new"}));
  EXPECT_EQ(values(anew.graph, "d", "adms:identifier").size(), 3u);
  EXPECT_TRUE(says(anew.report, Fate::Moved, "dct:identifier", "identifier of its own"));
}

TEST(Convert, VocabulariesStandAtTheHostOfTheRelease) {
  const Graph pilot = turtle(R"(ex:d a dcat:Dataset ; healthdcatap:healthCategory
    <http://192.0.2.7:1101/resource/authority/healthcategories/EHRS> .)");
  const auto r8 = to("r8", pilot);
  EXPECT_EQ(values(r8.graph, "d", "healthdcatap:healthCategory"),
            (std::set<std::string>{
                "https://hdeu-dcat.data.health.europa.eu/resource/authority/healthcategories/EHRS"}));
  const auto eucaim = to("eucaim", r8.graph);
  EXPECT_EQ(
      values(eucaim.graph, "d", "healthdcatap:healthCategory"),
      (std::set<std::string>{
          "https://hdeu-dcat.acceptance.data.health.europa.eu/resource/authority/healthcategories/EHRS"}));
}

TEST(Convert, ABodyThatIsNoneIsNotHandedOn) {
  const auto done = to("r8", turtle(R"(ex:d a dcat:Dataset ; healthdcatap:hdab ex:h .
    ex:h a foaf:Agent ; foaf:name "To be determined" .)"));
  EXPECT_TRUE(values(done.graph, "d", "healthdcatap:hdab").empty());
  EXPECT_TRUE(says(done.report, Fate::Lost, "healthdcatap:hdab", "'To be determined' is no access body"));
  for (const char* name : {"TBD", "n/a", "", " - ", "Not yet known"}) EXPECT_TRUE(is_stand_in(name)) << name;
  for (const char* name : {"Example Health Data Access Body", "Findata", "Nadoby"})
    EXPECT_FALSE(is_stand_in(name)) << name;
}

TEST(Convert, WhatTheReleaseHasNoPlaceForIsNamed) {
  const auto done = to("r7", turtle(R"(ex:d a dcat:Dataset ; healthdcatap:hdabCoordinator ex:h ;
    dct:publisher ex:p, ex:q ; ex:unknown "kept" .
    ex:p healthdcatap:trustedDataHolder true . ex:q foaf:name "Q"@en .)"));
  EXPECT_TRUE(says(done.report, Fate::Lost, "healthdcatap:hdabCoordinator", "came with Release 8"));
  EXPECT_TRUE(says(done.report, Fate::Lost, "healthdcatap:trustedDataHolder", "dropped after Release 5"));
  EXPECT_TRUE(says(done.report, Fate::Lost, "dct:publisher", "takes one value"));
  EXPECT_EQ(values(done.graph, "d", "dct:publisher").size(), 1u);
  EXPECT_EQ(done.report.extra, 1u);
  EXPECT_FALSE(done.report.lossless());
  EXPECT_NE(done.report.text().find("lost: dct:publisher: the release takes one value"), std::string::npos);
  EXPECT_EQ(done.report.json().find("lossless")->as_bool() != nullptr, true);
}

TEST(Convert, CodeValuesAreConceptsInR5AndLiteralsSince) {
  const auto done = to("r8", turtle(R"(ex:d a dcat:Dataset ; healthdcatap:hasCodeValues ex:c .
    ex:c a skos:Concept ; skos:notation "Y59.0" ; skos:prefLabel "Viral vaccines" .)"));
  EXPECT_EQ(values(done.graph, "d", "healthdcatap:hasCodeValues"), (std::set<std::string>{"Y59.0"}));
  EXPECT_TRUE(says(done.report, Fate::Narrowed, "healthdcatap:hasCodeValues", "kept unlinked"));
  const auto back = to("r5", done.graph);
  EXPECT_EQ(values(back.graph, "d#code-value-1", "skos:notation"), (std::set<std::string>{"Y59.0"}));
}

TEST(Convert, ColumnsOfASchemaAreSaidOfTheTable) {
  const auto done = to("r8", turtle(R"(ex:d a dcat:Dataset ; healthdcatap:hasVariables ex:g .
    ex:g csvw:table ex:t . ex:t csvw:tableSchema ex:s . ex:s csvw:column ( ex:a ex:b ) .
    ex:a a csvw:Column ; csvw:name "a" . ex:b a csvw:Column ; csvw:name "b" .)"));
  EXPECT_EQ(values(done.graph, "t", "csvw:column").size(), 2u);
  EXPECT_TRUE(done.report.lossless());
}

TEST(Convert, OnlyWhatIsFoundThereHasMoved) {
  const auto done = to("r8", turtle(R"(ex:d a dcat:Dataset ; dct:publisher ex:p ; healthdcatap:publisherNote
    "Notitie"@nl, "Note"@en . ex:p a foaf:Agent .)"));
  EXPECT_EQ(done.report.count(Fate::Moved), 1u) << done.report.text();
  EXPECT_EQ(done.report.count(Fate::Lost), 1u) << done.report.text();
  EXPECT_TRUE(says(done.report, Fate::Lost, "healthdcatap:publisherNote", "arrive at the publisher"));
}

// Adding each value after a look at all others would take minutes.
TEST(Convert, ManyValuesOfOnePropertyAreRead) {
  std::string text = "ex:d a dcat:Dataset ; dcat:keyword \"k\"";
  for (int i = 0; i < 60'000; ++i) text += ", \"" + std::to_string(i) + "\"";
  const Reading reading = read_records(sample::releases(), turtle(text + " ."));
  EXPECT_EQ(reading.records.all("Dataset").front()->of("keyword").size(), 60'001u);
}

TEST(Convert, GuessesTheRelease) {
  const auto guess = [](const std::string& body) {
    return guess_release(sample::releases(), turtle("ex:d a dcat:Dataset ; " + body + " ."))->id;
  };
  EXPECT_EQ(guess("healthdcatap:hdabCoordinator ex:h"), "healthdcat-ap-r8");
  EXPECT_EQ(guess("healthdcatap:hasStructuredData true"), "healthdcat-ap-r7");
  EXPECT_EQ(guess("healthdcatap:hdab ex:h"), "healthdcat-ap-r5");
  EXPECT_EQ(guess("eucaim:hasCondition ex:h ; healthdcatap:hdab ex:h"), "eucaim-dcat-ap-v2");
  EXPECT_EQ(guess("dct:title \"x\""), "dcat-ap-3.0.1");
}

// The values of all records that a note does not name, as lines.
std::set<std::string> lines_of(const RecordSet& records) {
  std::set<std::string> lines;
  for (const auto& [id, record] : records.records) {
    for (const auto& [name, list] : record.values)
      for (const Term& value : list) lines.insert(id.text + " " + name + " " + value.text);
    for (const auto& [name, value] : record.more) lines.insert(id.text + " " + name + " " + value.text);
  }
  for (const auto& triple : records.loose.triples())
    lines.insert(triple.subject.text + " " + triple.predicate.text + " " + triple.object.text);
  return lines;
}

// The property of the whole: each value of each file of the corpus is in the result, whatever the release, or
// the report names it.
TEST(ConvertProperty, EveryValueArrivesOrIsNamed) {
  const auto files = corpus::files();
  if (files.empty()) GTEST_SKIP() << "the corpus is not here";
  EXPECT_GT(files.size(), 60u);
  for (const auto& file : files) {
    const RecordSet before = read_records(sample::releases(), file.graph).records;
    for (const Release& release : sample::releases().all) {
      const Conversion done = convert(sample::releases(), file.graph, release);
      std::set<std::string> named;
      for (const LossNote& note : done.report.notes) {
        EXPECT_NE(note.reason, "it did not arrive")
            << file.name << " to " << release.id << ": " << note.subject << " " << note.property << " "
            << note.value;
        named.insert(note.value);
        named.insert(note.subject);
      }
      const auto after = lines_of(read_records(sample::releases(), done.graph).records);
      for (const auto& [id, record] : before.records)
        for (const auto& [name, list] : record.values)
          for (const Term& value : list) {
            const bool there = after.contains(id.text + " " + name + " " + value.text) ||
                               named.contains(value.text) || named.contains("_:" + value.text) ||
                               named.contains(id.text) || named.contains("_:" + id.text);
            EXPECT_TRUE(there) << file.name << " to " << release.id << ": " << id.text << " " << name << " "
                               << value.text;
          }
      EXPECT_EQ(
          done.report.kept + done.report.extra + done.report.notes.size() - done.report.count(Fate::Derived),
          file.graph.size())
          << file.name << " to " << release.id;
    }
  }
}

TEST(ConvertProperty, TheSameReleaseAgainChangesNothing) {
  for (const auto& file : corpus::files())
    for (const Release& release : sample::releases().all) {
      const Graph once = convert(sample::releases(), file.graph, release).graph;
      const Conversion twice = convert(sample::releases(), once, release);
      EXPECT_TRUE(twice.report.lossless()) << file.name << " " << twice.report.text();
      EXPECT_EQ(twice.graph.size(), once.size()) << file.name << " by " << release.id;
    }
}

}  // namespace
}  // namespace mappers::dcat
