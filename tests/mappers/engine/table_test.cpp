#include "mappers/engine/table.h"

#include <gtest/gtest.h>

#include "mappers/engine/coverage.h"
#include "tests/support/tag_source.h"

namespace mappers::engine {
namespace {

using gateway::Result;
using gateway::model::FieldRef;

constexpr std::string_view kHeader = "to,from,as,when,codes,spec\n";

Result<Table> compile(const std::string& rules) {
  TableText text;
  text.map_name = "test.map.csv";
  text.map = std::string(kHeader) + rules;
  text.profile.constants["report"] = "SR";
  text.codes.emplace("strict", CodeTable::parse("from,to,spec\na,A,x\n*,error,x\n", "strict").value());
  return Table::compile(std::move(text));
}

struct Fault {
  const char* rules;
  const char* where;
  const char* message;  // a part of it
};

TEST(Table, NamesFileLineAndColumnOfEveryFault) {
  for (const Fault& fault : {
           Fault{"study.nothing,00080020,date,,,x\n", "test.map.csv:2", "to: unknown field"},
           Fault{"# c\n\nstudy.date,0008002,date,,,x\n", "test.map.csv:4", "from: "},
           Fault{"study.date,00080020.00080021,date,,,x\n", "test.map.csv:2", "needs []"},
           Fault{"study.date,,date,,,x\n", "test.map.csv:2", "from: "},
           Fault{"study.date,00080020,day,,,x\n", "test.map.csv:2", "as: unknown transform \"day\""},
           Fault{"series.number,00080020,date,,,x\n", "test.map.csv:2",
                 "as: date gives text, series.number is an integer"},
           Fault{"study.procedures,00081032,concept,,,x\n", "test.map.csv:2", "must end with []"},
           Fault{"study.date,00081032[],date,,,x\n", "test.map.csv:2", "must not end with []"},
           Fault{"study.date,00080020,date,00080020.exist(),,x\n", "test.map.csv:2",
                 "when: unknown function exist()"},
           Fault{"study.date,00080020,date,%nothing,,x\n", "test.map.csv:2",
                 "when: unknown constant %nothing"},
           Fault{"study.date,00080020,date,,nothing,x\n", "test.map.csv:2", "codes: unknown code table"},
           Fault{"series.number,00200011,integer,,strict,x\n", "test.map.csv:2", "codes: only text fields"},
           Fault{"study.date,00080020,date,,,x\nstudy.date,00080021,date,,,x\n", "test.map.csv:3",
                 "is filled by test.map.csv:2 already"},
           Fault{"study.date,00080020,date,,,\n", "test.map.csv:2", "spec: "},
           Fault{"study.date,00080020,date\n", "test.map.csv:2", "3 cells"},
           Fault{"", "test.map.csv", "without rules"},
           Fault{"study.accession_issuer,00080051[],fn:issuer,,,x\nsubject.issuer,00100024[],fn:issuer,,,x\n",
                 "test.map.csv", "more than a tenth"},
       }) {
    const auto table = compile(fault.rules);
    ASSERT_FALSE(table.ok()) << fault.rules;
    EXPECT_EQ(table.error().code, gateway::ErrorCode::ProfileInvalid);
    EXPECT_EQ(table.error().where, fault.where) << table.error().message;
    EXPECT_NE(table.error().message.find(fault.message), std::string::npos) << table.error().message;
  }
}

TEST(Table, RulesGoThroughNestedSequencesToTheFirstValue) {
  const auto table = compile("series.protocol_name,00400275[].00400008[].00080104,text,,,x\n");
  ASSERT_TRUE(table.ok()) << table.error().text();
  tests::TagSource source;
  ASSERT_TRUE(source.add("00400275[0].00400008[0]"));
  ASSERT_TRUE(source.add("00400275[1].00400008[0].00080104=first"));
  ASSERT_TRUE(source.add("00400275[1].00400008[1].00080104=second"));
  gateway::model::ImagingObject object;
  MappingReport report;
  table->run(source, object, report);
  EXPECT_EQ(object.series.protocol_name, "first");
  EXPECT_EQ(report.applied, 1u);
}

TEST(Table, ConditionsSeeTagsAndConstants) {
  const auto table =
      compile("study.description,00081030,text,00080060 = %report and 00400275.00400007.exists(),,x\n");
  ASSERT_TRUE(table.ok()) << table.error().text();
  for (const bool complete : {false, true}) {
    tests::TagSource source;
    source.add("00080060=SR");
    source.add("00081030=text");
    if (complete) source.add("00400275[0].00400007=step");
    gateway::model::ImagingObject object;
    MappingReport report;
    table->run(source, object, report);
    EXPECT_EQ(object.study.description, complete ? "text" : "");
    EXPECT_TRUE(report.dropped.empty());
  }
}

TEST(Table, AConditionThatCannotBeEvaluatedDropsTheValueAndSaysSo) {
  const auto table = compile("study.description,00081030,text,00080060 in 00080061 and 00080061,,x\n");
  ASSERT_TRUE(table.ok()) << table.error().text();
  tests::TagSource source;
  source.add("00080060=CT");
  source.add("00080061=CT\\MR");
  source.add("00081030=text");
  gateway::model::ImagingObject object;
  MappingReport report;
  table->run(source, object, report);
  ASSERT_EQ(report.dropped.size(), 1u);
  EXPECT_EQ(report.dropped[0].text(),
            "study.description from 00081030: the condition cannot be evaluated (test.map.csv:2)");
}

TEST(Table, AStrictCodeTableFailsWhatItDoesNotKnow) {
  const auto table = compile("study.description,00081030,text,,strict,x\n");
  tests::TagSource source;
  source.add("00081030=b");
  gateway::model::ImagingObject object;
  MappingReport report;
  table->run(source, object, report);
  ASSERT_EQ(report.failed.size(), 1u);
  EXPECT_EQ(report.failed[0].reason, "not in the code table");
  EXPECT_EQ(object.study.description, "");
}

TEST(Table, CoverageNamesRulesConditionsAndTablesWithoutACase) {
  const auto table = compile("study.description,00081030,text,00080060.exists(),strict,x\n");
  Coverage coverage(*table);
  EXPECT_EQ(coverage.gaps(*table).size(), 4u);
  tests::TagSource source;
  source.add("00081030=a");
  source.add("00080060=CT");
  gateway::model::ImagingObject object;
  MappingReport report;
  table->run(source, object, report, &coverage);
  const auto gaps = coverage.gaps(*table);
  ASSERT_EQ(gaps.size(), 2u);
  EXPECT_EQ(gaps[0], "test.map.csv:2 (study.description): no case has a false condition");
}

TEST(DicomTable, FillsEveryFieldOfTheRecords) {
  const auto table = Table::load(SOURCE_DIR "/profiles", "dicom/core-2025");
  ASSERT_TRUE(table.ok()) << table.error().text();
  for (const FieldRef& field : FieldRef::all())
    EXPECT_NE(table->rule_for(field.path()), nullptr) << field.path();
  EXPECT_EQ(table->profile().release, "2025b");
}

TEST(DicomTable, KnowsTagsAndFieldsBothWays) {
  const auto table = Table::load(SOURCE_DIR "/profiles", "dicom/core-2025");
  ASSERT_TRUE(table.ok()) << table.error().text();
  EXPECT_EQ(table->path_of_tag(0x00100010), "subject.name");
  EXPECT_EQ(table->path_of_tag(0x00080020), "study.date");
  EXPECT_EQ(table->path_of_tag(0x00081032), "study.procedures");
  EXPECT_EQ(table->path_of_tag(0x00091001), std::nullopt);
  EXPECT_EQ(table->tag_of("series.modality"), 0x00080060u);
  EXPECT_EQ(table->tag_of("study.modalities"), std::nullopt);
}

TEST(DicomTable, IsNamedWhenItIsNotThere) {
  const auto table = Table::load(SOURCE_DIR "/profiles", "dicom/none");
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().where, "dicom/none/profile.toml");
  EXPECT_FALSE(Table::load(SOURCE_DIR "/profiles", "../etc").ok());
}

}  // namespace
}  // namespace mappers::engine
