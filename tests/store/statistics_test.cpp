#include "gateway/store/statistics.h"

#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

using gateway::testing::make_entry;
using gateway::testing::numbered_date;

TEST(AgeInYears, ComesFromBirthDateElseFromPatientAge) {
  EXPECT_EQ(age_in_years("19600115", "20240114", ""), 63);
  EXPECT_EQ(age_in_years("19600115", "20240115", ""), 64);
  EXPECT_EQ(age_in_years("20240101", "20240102", ""), 0);
  EXPECT_EQ(age_in_years("", "20240114", "063Y"), 63);
  EXPECT_EQ(age_in_years("20250101", "20240101", "011M"), 0);
  EXPECT_EQ(age_in_years("1960", "20240101", "030M"), 2);
  EXPECT_EQ(age_in_years("", "", "053W"), 1);
  EXPECT_EQ(age_in_years("", "", "400D"), 1);
  for (const char* bad : {"", "63Y", "06AY", "999Y", "-01Y", "063X"})
    EXPECT_EQ(age_in_years("", "", bad), std::nullopt);
  EXPECT_EQ(age_in_years("10000101", "20240101", ""), std::nullopt);
}

class StatisticsTest : public StoreTest {
 protected:
  model::SelectionStatistics statistics(const std::vector<Match>& matches = {}) {
    auto result = store_->datasets().statistics(matches);
    EXPECT_TRUE(result.ok()) << result.error().text() << result.error().detail;
    return result.ok() ? *result : model::SelectionStatistics();
  }
};

TEST_F(StatisticsTest, AnEmptyIndexHasNoFigures) {
  const auto empty = statistics();
  EXPECT_EQ(empty.studies, 0u);
  EXPECT_EQ(empty.min_age_years, std::nullopt);
  EXPECT_TRUE(empty.attributes.empty());
}

TEST_F(StatisticsTest, CountsPeopleStudiesSeriesAndValues) {
  // Two studies of person 1 (MR, MG), one of person 2 (PT).
  commit({make_entry({1, 1, 1, 1}), make_entry({1, 1, 1, 2}), make_entry({1, 2, 1, 1}),
          make_entry({2, 3, 1, 1}), make_entry({2, 3, 2, 1})});
  const auto all = statistics();
  EXPECT_EQ(all.subjects, 2u);
  EXPECT_EQ(all.studies, 3u);
  EXPECT_EQ(all.series, 4u);
  EXPECT_EQ(all.instances, 5u);
  EXPECT_EQ(all.bytes, 12500u);
  EXPECT_EQ(all.first_date, numbered_date(1));
  EXPECT_EQ(all.last_date, numbered_date(3));
  EXPECT_EQ(all.min_age_years, 55);
  EXPECT_EQ(all.max_age_years, 55);
  ASSERT_EQ(all.modalities.size(), 3u);
  EXPECT_EQ(all.modalities[0].value, "PT");
  EXPECT_EQ(all.modalities[0].series, 2u);
  EXPECT_EQ(all.modalities[0].subjects, 1u);
  EXPECT_EQ(all.modalities[1].value, "MG") << "equal counts are ordered by value";
  ASSERT_EQ(all.sexes.size(), 2u);
  EXPECT_EQ(all.sexes[0].value, "F");
  EXPECT_EQ(all.sexes[0].subjects, 1u);
  EXPECT_EQ(all.sexes[0].series, 2u);
  ASSERT_EQ(all.sop_classes.size(), 1u);
  EXPECT_EQ(all.sop_classes[0].series, 4u);
  EXPECT_EQ(all.sop_classes[0].subjects, 2u);
  EXPECT_EQ(all.index_version, *index().version());
}

TEST_F(StatisticsTest, AttributesAreCountedByInstance) {
  IndexEntry a = make_entry({1, 1, 1, 1}), b = make_entry({1, 1, 1, 2}), c = make_entry({1, 1, 2, 1});
  a.inventory = b.inventory = {1, {{0x00080005, "CS"}, {0x00100010, "PN"}}};
  c.inventory = {1, {{0x00080005, "CS"}}};  // another set with the same hash
  commit({a, b});
  commit({c});
  const auto attributes = statistics().attributes;
  ASSERT_EQ(attributes.size(), 2u);
  EXPECT_EQ(attributes[0].tag, 0x00080005u);
  EXPECT_EQ(attributes[0].vr, "CS");
  EXPECT_EQ(attributes[0].instances, 3u);
  EXPECT_EQ(attributes[1].instances, 2u);
}

TEST_F(StatisticsTest, OnlyMatchingStudiesCount) {
  commit({make_entry({1, 1, 1, 1}), make_entry({1, 2, 1, 1}), make_entry({2, 3, 1, 1}),
          make_entry({2, 3, 2, 1})});
  EXPECT_EQ(statistics({any_of("series.modality", {"PT"})}).series, 2u);
  EXPECT_EQ(statistics({any_of("study.modalities", {"PT"})}).studies, 1u);
  EXPECT_EQ(statistics({any_of("subject.sex", {"F"})}).modalities.size(), 2u);
  EXPECT_EQ(statistics({range("study.date", "", "19000101")}).attributes.size(), 0u);
  EXPECT_FALSE(store_->datasets().statistics({any_of("x", {"y"})}).ok());
}

TEST_F(StatisticsTest, OneSeriesMeetsAllConditionsOnSeriesAndTheWholeStudyCounts) {
  const auto entry = [](int study, int series, const char* modality, const char* manufacturer) {
    IndexEntry made = make_entry({study, study, series, 1});
    made.object.series.modality = modality;
    made.object.series.manufacturer = manufacturer;
    return made;
  };
  commit({entry(1, 1, "MR", "Y"), entry(1, 2, "CT", "X"), entry(2, 1, "MR", "X"), entry(2, 2, "CT", "Y")});
  const auto both = statistics({any_of("series.modality", {"MR"}), any_of("series.manufacturer", {"X"})});
  EXPECT_EQ(both.studies, 1u);
  EXPECT_EQ(both.series, 2u) << "the study with all its series";
  EXPECT_EQ(statistics({any_of("series.modality", {"MR"})}).studies, 2u);
  const auto uid = make_entry({2, 2, 1, 1}).object.series.uid;
  const auto one = statistics({any_of("series.uid", {uid}), any_of("series.manufacturer", {"Y"})});
  EXPECT_EQ(one.studies, 0u) << "also when an index finds the series";
}

TEST_F(StatisticsTest, StudiesWithoutPatientIdAndTheLastChangeAreTold) {
  IndexEntry nobody = make_entry({1, 1, 1, 1});
  nobody.object.subject.patient_id.clear();
  commit({nobody});
  clock_.advance_us(1000);
  commit({make_entry({2, 2, 1, 1})});
  EXPECT_EQ(statistics().studies_without_patient_id, 1u);
  EXPECT_EQ(statistics().newest_us, clock_.utc_us());
  EXPECT_EQ(statistics({any_of("subject.patient_id", {""})}).newest_us, clock_.utc_us() - 1000);
}

class DatasetTest : public StoreTest {
 protected:
  model::DatasetStore& datasets() { return store_->datasets(); }
};

TEST_F(DatasetTest, DefinesChangesAndLists) {
  const auto first = datasets().define("b", "title = 'one'");
  ASSERT_TRUE(first.ok()) << first.error().detail;
  EXPECT_EQ(first->version, 1);
  clock_.advance_us(1000);
  EXPECT_EQ(datasets().define("b", "title = 'one'")->version, 1) << "the same text changes nothing";
  const auto second = datasets().define("b", "title = 'two'");
  EXPECT_EQ(second->version, 2);
  EXPECT_EQ(second->created_us, first->created_us);
  EXPECT_EQ(second->updated_us, clock_.utc_us());
  ASSERT_TRUE(datasets().define("a", "").ok());
  reopen();
  const auto all = datasets().datasets();
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->at(0).id, "a");
  EXPECT_EQ(all->at(1).definition, "title = 'two'");
}

TEST_F(DatasetTest, PublishesAndWithdraws) {
  ASSERT_TRUE(datasets().define("a", "x").ok());
  EXPECT_EQ(datasets().dataset("a")->published_us, 0);
  ASSERT_TRUE(datasets().publish("a", true).ok());
  const auto published = datasets().dataset("a")->published_us;
  EXPECT_EQ(published, clock_.utc_us());
  clock_.advance_us(1000);
  ASSERT_TRUE(datasets().publish("a", true).ok());
  ASSERT_TRUE(datasets().define("a", "y").ok());
  EXPECT_EQ(datasets().dataset("a")->published_us, published)
      << "a new definition stays published since then";
  ASSERT_TRUE(datasets().publish("a", false).ok());
  EXPECT_EQ(datasets().dataset("a")->published_us, 0);
}

TEST_F(DatasetTest, UnknownDatasetsAreNotFound) {
  EXPECT_EQ(datasets().dataset("a").error().code, ErrorCode::NotFound);
  EXPECT_EQ(datasets().publish("a", true).error().code, ErrorCode::NotFound);
  EXPECT_EQ(datasets().define("", "x").error().code, ErrorCode::InvalidParameter);
}

}  // namespace
}  // namespace gateway::store
