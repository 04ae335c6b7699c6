#include <fstream>

#include "tests/fhir/search_fixture.h"

namespace gateway::fhir {
namespace {

constexpr const char* kGolden = SOURCE_DIR "/tests/golden/fhir-search/";

class SearchLanguageTest : public SearchTest {
 protected:
  SearchLanguageTest() {
    std::ifstream lines(std::string(kGolden) + "resources.ndjson");
    for (std::string line; std::getline(lines, line);)
      if (!line.empty()) put(line);
  }
};

TEST_F(SearchLanguageTest, FindsWhatTheStandardSays) {
  std::ifstream lines(std::string(kGolden) + "queries.tsv");
  int cases = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto parts = split(line, '\t');
    ASSERT_EQ(parts.size(), 3u) << line;
    EXPECT_EQ(ids(std::string(parts[0])), trim(parts[1])) << parts[0] << ": " << parts[2];
    ++cases;
  }
  EXPECT_GT(cases, 140);
}

TEST_F(SearchLanguageTest, CountsMatchesOnlyWhateverIsIncluded) {
  const auto page = ask("Observation?_count=2&_include=Observation:subject&_include=Observation:performer");
  ASSERT_TRUE(page.ok()) << page.error().text();
  EXPECT_EQ(ids_of(page), "o1 o2");
  EXPECT_EQ(ids_of(page, "include"), "ann bob gp");
  EXPECT_EQ(total(*page), 3);
}

TEST_F(SearchLanguageTest, IncludesForwardsBackwardsAndOn) {
  EXPECT_EQ(ids("Observation?_id=o1&_include=Observation:subject:Device", "include"), "");
  EXPECT_EQ(ids("Observation?_id=o1&_include=Observation:*", "include"), "ann gp");
  EXPECT_EQ(
      ids("Observation?_id=o1&_include=Observation:subject&_include:iterate=Patient:organization", "include"),
      "ann hosp");
  EXPECT_EQ(ids("Observation?_id=o1&_include=Observation:subject&_include=Patient:organization", "include"),
            "ann")
      << "without :iterate it is about the matches only";
  EXPECT_EQ(
      ids("Patient?_id=ann&_revinclude=Observation:subject&_revinclude=ImagingStudy:patient", "include"),
      "o1 o3 img");
  EXPECT_EQ(ids("Patient?_id=bob&_revinclude=Observation:*", "include"), "o2");
  EXPECT_EQ(ids("Patient?_id=bob&_include=Patient:nosuch"), "error: _include=Patient:nosuch");
}

TEST_F(SearchLanguageTest, LenientSearchLeavesNoTraceOfWhatItIgnores) {
  const auto bundle = ask("Patient?nosuch=1&gender=male&_sort=nosuch,-birthdate", false);
  ASSERT_TRUE(bundle.ok()) << bundle.error().text();
  EXPECT_EQ(link(*bundle, "self"), place_.base + "/Patient?gender=male&_sort=-birthdate");
  EXPECT_FALSE(ask("Patient?name:nosuch=1", false).ok()) << "an unknown modifier changes the meaning";
  EXPECT_FALSE(ask("Patient?_filter=x", false).ok());
}

TEST_F(SearchLanguageTest, CutsResourcesToWhatIsAskedFor) {
  const auto bundle = ask("Patient?_id=ann&_elements=gender");
  ASSERT_TRUE(bundle.ok());
  const Value& patient = *bundle->find("entry")->as_list()->at(0).find("resource");
  EXPECT_EQ(patient.text("gender"), "female");
  EXPECT_EQ(patient.find("name"), nullptr);
  const auto counted = ask("Patient?_summary=count");
  ASSERT_TRUE(counted.ok());
  EXPECT_EQ(total(*counted), 3);
  EXPECT_EQ(counted->find("entry"), nullptr);
  EXPECT_EQ(total(*ask("Patient?_total=none")), -1);
}

TEST_F(SearchLanguageTest, ConditionsFindIdsForConditionalInteractions) {
  const auto one = resources_->ids("Patient", {{"identifier", "4711"}}, place_);
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(*one, std::vector<std::string>{"ann"});
  EXPECT_EQ(resources_->ids("Patient", {{"_lastUpdated", "ge2000"}}, place_)->size(), 2u)
      << "no more than asked";
  EXPECT_FALSE(resources_->ids("Patient", {}, place_).ok()) << "a condition needs a criterion";
  EXPECT_FALSE(resources_->ids("Patient", {{"nosuch", "1"}}, place_).ok());
}

// Every bound has its own refusal, by name.
TEST_F(SearchLanguageTest, RefusesWhatIsBeyondItsBounds) {
  std::string many = "Patient?_id=ann";
  for (int i = 0; i < 120; ++i) many += "&name=x";
  EXPECT_FALSE(ask(many).ok());
  EXPECT_EQ(ids("Patient?name=" + std::string(70'000, 'x')), "error: name");
  std::string chain = "Observation?derived-from:Observation";
  for (int i = 0; i < 8; ++i) chain += ".derived-from:Observation";
  EXPECT_FALSE(ask(chain + ".status=final").ok());
  std::string alternatives = "Patient?name=a";
  for (int i = 0; i < 1100; ++i) alternatives += ",b";
  EXPECT_EQ(ids(alternatives), "error: name");
  EXPECT_EQ(ids("Patient?_page=d.1.2"), "error: _page");
  EXPECT_EQ(ids("Patient?_page=zzz"), "error: _page");
}

}  // namespace
}  // namespace gateway::fhir
