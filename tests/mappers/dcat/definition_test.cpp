#include "mappers/dcat/definition.h"

#include <gtest/gtest.h>

#include "mappers/dcat/selection.h"
#include "tests/mappers/dcat/releases.h"

namespace mappers::dcat {
namespace {

using gateway::model::Match;

std::string faults_of(std::string_view toml) {
  const auto definition = parse_definition(toml, "x.toml", sample::profile());
  return definition ? std::string() : definition.error().text();
}

TEST(Definition, ReadsEveryKey) {
  const auto definition = sample::view().definition;
  EXPECT_EQ(definition.id, "breast-mammography");
  ASSERT_EQ(definition.title.size(), 2u);
  EXPECT_EQ(definition.title[0].language + definition.title[0].text, "deMammographie-Screening");
  EXPECT_EQ(definition.access, Access::NonPublic);
  EXPECT_EQ(definition.health_categories.at(0).label, "Electronic health records");
  EXPECT_EQ(definition.retention_start, "2024-01-01");
  EXPECT_EQ(definition.publisher->type->code, "research-institute-org");
  EXPECT_EQ(definition.distributions.size(), 2u);
  ASSERT_EQ(definition.matches.size(), 2u);
  EXPECT_EQ(definition.matches[0].field, "study.trial_protocol_id");
  EXPECT_EQ(definition.matches[1].low, "20180101");
}

TEST(Definition, NamesEveryFaultWithKeyAndLine) {
  const std::string text = faults_of(R"(id = "Bad Id"
title = { english = 3 }
access = "OPEN"
colour = "blue"
health_themes = ["CANCER_DISEASE", "COLD"]
[publisher]
name = "A"
shoe = 1
[selection]
PatientWeight = ["70"]
)");
  for (const char* part : {"line 1: id: must be", "line 2: title: ", "line 3: access: 'OPEN'",
                           "line 4: colour: is not a key", "line 5: health_themes: 'COLD' is not in the list",
                           "publisher.email: an email or a url", "line 8: publisher.shoe: is not a key",
                           "line 10: selection.PatientWeight: 'PatientWeight' cannot be selected by"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(Definition, RefusesUnfitValues) {
  EXPECT_NE(faults_of(sample::changed("id = \"breast-mammography\"", "")).find("id: is required"),
            std::string::npos);
  EXPECT_NE(faults_of(sample::changed("data@hospital.example", "nobody")).find("is no address"),
            std::string::npos);
  EXPECT_NE(faults_of(sample::changed("https://hdab.example/contact", "hdab")).find("no absolute IRI"),
            std::string::npos);
  EXPECT_NE(faults_of(sample::changed("2036-12-31", "2020-12-31")).find("before the start"),
            std::string::npos);
  EXPECT_NE(faults_of(sample::changed("text/csv", "csv")).find("no media type"), std::string::npos);
  EXPECT_NE(faults_of(sample::changed("\"Age\"", "\"a b\"")).find("no local name"), std::string::npos);
  EXPECT_NE(faults_of("id = ").find("x.toml"), std::string::npos);
}

TEST(Definition, RefusesADatasetWithoutSelection) {
  EXPECT_NE(faults_of("id = \"a\"\naccess = \"PUBLIC\"\ntitle = \"A\"\n[selection]\n")
                .find("selection: is required"),
            std::string::npos);
}

TEST(Definition, TakesLanguageTagsThatTurtleCanCarry) {
  const auto with = [](const std::string& tag) {
    return faults_of(sample::changed("de = \"Mammographie", "\"" + tag + "\" = \"Mammographie"));
  };
  for (const char* good : {"de", "zh-Hant-TW", "de-1996", "DE"}) EXPECT_EQ(with(good), "") << good;
  for (const char* bad : {"d", "1de", "de-", "-de", "de--AT", "de_AT", "d3", "abcdefghi", "de-abcdefghi"})
    EXPECT_NE(with(bad).find("is no language tag"), std::string::npos) << bad;
}

TEST(Definition, RefusesWildCardsForTheModalitiesOfAStudy) {
  const auto text =
      faults_of("id = \"a\"\naccess = \"PUBLIC\"\ntitle = \"A\"\n[selection]\nModalitiesInStudy = \"C*\"\n");
  EXPECT_NE(text.find("line 5: selection.ModalitiesInStudy: takes no wild cards"), std::string::npos) << text;
}

TEST(Definition, StatesWhatTheProfilesKnowBeyondTheUsual) {
  const auto definition = sample::view(sample::everything_text()).definition;
  EXPECT_GT(definition.more.size(), 30u);
  EXPECT_EQ(definition.samples.size(), 1u);
  EXPECT_EQ(definition.distributions[0].data_use_conditions.size(), 3u);
  EXPECT_EQ(definition.publisher->contact_more.size(), 3u);
}

TEST(Definition, NamesFaultsOfWhatIsStatedBeyondTheUsual) {
  const auto with = [](const std::string& line) {
    return faults_of(sample::changed("frequency = \"ANNUAL\"", line));
  };
  const std::pair<const char*, const char*> kFaults[] = {
      {"condition = \"IMG1000001\"", "condition: 'IMG1000001' is no code of the hyper-ontology such as CLIN"},
      {"condition = [\"CLIN1000001\", \"CLIN1000002\"]", "condition: takes one value"},
      {"interoperability_level = \"SPEC1000003\"",
       "interoperability_level: 'SPEC1000003' is not in the list"},
      {"segmentations = -1", "segmentations: must be a whole number"},
      {"temporal_resolution = \"monthly\"", "temporal_resolution: 'monthly' is no duration"},
      {"spatial_resolution_metres = \"1\"", "spatial_resolution_metres: must be a number"},
      {"source = [\"there\"]", "source: 'there' is no absolute IRI"},
      {"generated_by = [{ type = [\"ROUTINE\"] }]", "generated_by[0].type: 'ROUTINE' is not in the list"},
      {"generated_by = [{ typ = [\"X\"] }]", "generated_by[0].typ: is not a key"},
      {"generated_by = [{ started = \"spring\" }]", "started: 'spring' is no date"},
      {"generated_by = [{ started = \"2023-99-99\" }]", "started: '2023-99-99' is no date"},
      {"generated_by = [{ started = \"2023-01-01T99:00:00\" }]", "is no date"},
      {"temporal_resolution = \"PPP\"", "temporal_resolution: 'PPP' is no duration"},
      {"attribution = [{}]", "attribution: must not be empty"},
      {"attribution = [3]", "attribution: must be a table"},
      {"sample = [{ title = \"S\" }]", "sample: needs an access_url"},
  };
  for (const auto& [line, fault] : kFaults)
    EXPECT_NE(with(line).find(fault), std::string::npos) << line << "\n" << with(line);
}

TEST(Definition, RefusesABodyThatIsNone) {
  EXPECT_NE(faults_of(sample::changed("Example Health Data Access Body", "To be determined"))
                .find("hdab.name: 'To be determined' is no access body: leave [hdab] out"),
            std::string::npos);
}

TEST(Definition, ADistributionHasOneStatementOfRights) {
  const auto text = faults_of(sample::changed("rights = \"In the secure",
                                              "access_condition = \"DOWNLOAD\"\n"
                                              "rights = \"In the secure"));
  EXPECT_NE(text.find("distribution[0].rights: a distribution has one dct:rights"), std::string::npos)
      << text;
}

TEST(Selection, TakesValuesWildCardsAndDateRanges) {
  const auto exact = parse_selection("Modality", {"CT", "MR"});
  ASSERT_TRUE(exact);
  EXPECT_EQ(exact->kind, Match::Kind::AnyOf);
  EXPECT_EQ(exact->field, "series.modality");
  EXPECT_EQ(parse_selection("StudyDescription", {"*THORAX*"})->kind, Match::Kind::Wildcard);
  const auto day = parse_selection("StudyDate", {"20240101"});
  ASSERT_TRUE(day);
  EXPECT_EQ(day->low + day->high, "2024010120240101");
  EXPECT_EQ(parse_selection("StudyDate", {"20240101-"})->high, "");
}

TEST(Selection, RefusesWhatItCannotSelectBy) {
  EXPECT_FALSE(parse_selection("PixelData", {"x"}));
  EXPECT_FALSE(parse_selection("Modality", {}));
  EXPECT_FALSE(parse_selection("Modality", {" "}));
  EXPECT_FALSE(parse_selection("Modality", {"C*", "MR"}));
  for (const char* date : {"2024", "20240102-20240101", "-", "20240101-2025-", "monday"})
    EXPECT_FALSE(parse_selection("StudyDate", {date})) << date;
}

TEST(Selection, EveryKeywordNamesAFieldOfTheModel) {
  for (const auto keyword : selection_keywords()) {
    const auto match = parse_selection(keyword, {"20240101"});
    ASSERT_TRUE(match) << keyword;
    EXPECT_TRUE(match->field == "study.modalities" || gateway::model::FieldRef::find(match->field))
        << keyword;
  }
}

}  // namespace
}  // namespace mappers::dcat
