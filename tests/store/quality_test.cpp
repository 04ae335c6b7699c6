#include <algorithm>

#include "gateway/base/text.h"
#include "gateway/store/database.h"
#include "gateway/store/digest.h"
#include "gateway/store/statistics.h"
#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

using gateway::testing::make_entry;
using model::Defect;

class QualityTest : public StoreTest {
 protected:
  model::QualityFigures quality(const std::vector<Match>& matches = {}) {
    auto result = store_->datasets().quality(matches);
    EXPECT_TRUE(result.ok()) << result.error().text() << result.error().detail;
    return result.ok() ? *result : model::QualityFigures();
  }
  model::SelectionStatistics statistics() {
    auto result = store_->datasets().statistics({});
    EXPECT_TRUE(result.ok()) << result.error().text() << result.error().detail;
    return result.ok() ? *result : model::SelectionStatistics();
  }
  std::uint64_t defects(Defect defect) {
    std::uint64_t count = 0;
    for (const auto& one : quality().defects)
      if (one.defect == defect) count += one.instances;
    return count;
  }
};

TEST_F(QualityTest, AnEmptyIndexHasNothingToJudge) {
  const auto none = quality();
  EXPECT_EQ(none.instances, 0u);
  EXPECT_EQ(none.median_delay_days, std::nullopt);
  EXPECT_TRUE(statistics().checksum.empty());
}

TEST_F(QualityTest, FiguresOfPersonsYearsAndTransferSyntaxes) {
  IndexEntry child = make_entry({1, 1, 1, 1}), later = make_entry({1, 2, 1, 1}),
             other = make_entry({2, 3, 1, 1});
  child.object.subject.birth_date = later.object.subject.birth_date = "20100601";
  child.object.study.date = "20150531";
  later.object.study.date = "20170602";
  other.object.subject.birth_date.clear();
  other.object.study.date = "20170101";
  other.object.instance.transfer_syntax_uid = "1.2.840.10008.1.2.4.70";
  commit({later, child, other});
  const auto all = statistics();
  EXPECT_EQ(all.min_age_years, 4) << "a day before the birthday";
  EXPECT_EQ(all.max_age_years, 7);
  ASSERT_EQ(all.persons.size(), 2u);
  EXPECT_EQ(all.persons[0].sex, "F");
  EXPECT_EQ(all.persons[0].age_years, 4) << "at the first study";
  EXPECT_EQ(all.persons[0].studies, 2u);
  EXPECT_EQ(all.persons[1].age_years, std::nullopt);
  ASSERT_EQ(all.ages.size(), 1u);
  ASSERT_EQ(all.years.size(), 2u);
  EXPECT_EQ(all.years[0].value, "2015");
  EXPECT_EQ(all.years[1].subjects, 2u);
  ASSERT_EQ(all.transfer_syntaxes.size(), 2u);
  EXPECT_EQ(all.transfer_syntaxes[0].instances, 2u);
  EXPECT_EQ(quality().years_covered, 2u);
  EXPECT_EQ(quality().age_known, 1u);
}

TEST_F(QualityTest, AttributesWithoutAValueAreCountedApart) {
  IndexEntry full = make_entry({1, 1, 1, 1}), empty = make_entry({1, 1, 1, 2});
  full.inventory = {1, {{0x00100020, "LO"}}};
  empty.inventory = {2, {{0x00100020, model::with_empty_mark("LO")}}};
  commit({full, empty});
  const auto attributes = statistics().attributes;
  ASSERT_EQ(attributes.size(), 1u);
  EXPECT_EQ(attributes[0].vr, "LO");
  EXPECT_EQ(attributes[0].instances, 2u);
  EXPECT_EQ(attributes[0].empty, 1u);
  ASSERT_EQ(quality().attributes.size(), 1u);
  EXPECT_EQ(quality().attributes[0].with_value, 1u);
}

TEST_F(QualityTest, RefusedObjectsAreCountedAndSurviveARestart) {
  commit({make_entry({1, 1, 1, 1})});
  IndexEntry other = make_entry({1, 1, 1, 1});
  other.digest->at(0) ^= std::byte{1};
  EXPECT_EQ(commit({other})[0], CommitOutcome::Conflict);
  const std::int64_t version = *index().version();
  ASSERT_TRUE(
      index().note_conflicts(std::array<std::string, 2>{other.object.instance.uid, "1.2.3.unknown"}).ok());
  EXPECT_EQ(*index().version(), version) << "what is there did not change";
  reopen();
  EXPECT_EQ(defects(Defect::DuplicateUid), 2u);
  EXPECT_EQ(quality({any_of("study.uid", {"1.2.3"})}).defects.size(), 0u);
}

TEST_F(QualityTest, DisagreementsAreCountedByObject) {
  IndexEntry first = make_entry({1, 1, 1, 1}), sex = make_entry({1, 1, 1, 2}),
             silent = make_entry({1, 1, 1, 3});
  sex.object.subject.sex = "M";
  silent.object.subject.sex.clear();
  IndexEntry matrix = make_entry({1, 1, 1, 4});
  matrix.object.instance.rows = 256;
  commit({first});
  commit({sex, silent, matrix});
  EXPECT_EQ(defects(Defect::SexConflict), 1u);
  EXPECT_EQ(defects(Defect::GeometryConflict), 1u);
  EXPECT_EQ(defects(Defect::BirthDateConflict), 0u);
}

TEST_F(QualityTest, PixelsThatAreThereTwiceAreFound) {
  std::vector<IndexEntry> entries;
  for (int i = 1; i <= 4; ++i) entries.push_back(make_entry({i, i, 1, 1}));
  entries[0].pixel_key = entries[1].pixel_key = 0xFFFF'FFFF'FFFF'FFFF;
  entries[2].pixel_key = 7;
  commit(entries);
  EXPECT_EQ(quality().pixels_known, 3u);
  EXPECT_EQ(quality().same_pixels, 2u);
}

TEST_F(QualityTest, StudiesWithoutAPatientIdCountAsOnePerson) {
  std::vector<IndexEntry> entries;
  for (int i = 1; i <= 12; ++i) entries.push_back(make_entry({i, i, 1, 1}));
  for (std::size_t i = 1; i < 12; ++i) entries[i].object.subject.patient_id.clear();
  commit(entries);
  EXPECT_EQ(statistics().subjects, 2u);
  EXPECT_EQ(statistics().studies, 12u);
  EXPECT_EQ(statistics().studies_without_patient_id, 11u);
  for (const auto& values : {statistics().modalities, statistics().sop_classes, statistics().years})
    for (const auto& value : values) EXPECT_LE(value.subjects, 2u) << value.value;
  EXPECT_EQ(quality().subjects, 2u);
}

TEST_F(QualityTest, TheChecksumFollowsItsDefinition) {
  commit({make_entry({1, 1, 1, 2}), make_entry({1, 1, 1, 1}), make_entry({2, 2, 1, 1})});
  const auto digest_of = [](const IndexEntry& entry) { return hex(as_text(*entry.digest)); };
  const auto lines = [](std::vector<std::string> all) {
    std::ranges::sort(all);
    std::string text;
    for (const std::string& line : all) text += line + "\n";
    return sha256_hex(text);
  };
  const std::string one = lines({digest_of(make_entry({1, 1, 1, 1})), digest_of(make_entry({1, 1, 1, 2}))});
  const std::string two = lines({digest_of(make_entry({2, 2, 1, 1}))});
  EXPECT_EQ(statistics().checksum,
            lines({gateway::testing::study_uid(1) + " " + gateway::testing::series_uid(1, 1) + " " + one,
                   gateway::testing::study_uid(2) + " " + gateway::testing::series_uid(2, 1) + " " + two}));
  IndexEntry in_place = make_entry({3, 3, 1, 1});
  in_place.digest.reset();
  commit({in_place});
  EXPECT_TRUE(statistics().checksum.empty()) << "of one object it is not known";
}

// At a million instances the rows of instances are gigabytes: digests and pixels must come from the index
// alone.
TEST_F(QualityTest, RowsOfInstancesAreNotRead) {
  commit({make_entry({1, 1, 1, 1})});
  const auto database =
      Database::open(folder_.path() + "/store/index.sqlite", Database::Access::Read, 1024, false);
  ASSERT_TRUE(database.ok());
  for (const char* sql : {"SELECT digest FROM instance WHERE series_id = 1 ORDER BY digest",
                          "SELECT count(*) FROM series, instance WHERE instance.series_id = series.id AND "
                          "instance.pixel_key IS NOT NULL GROUP BY instance.pixel_key"}) {
    auto plan = (*database)->prepare("EXPLAIN QUERY PLAN " + std::string(sql));
    ASSERT_TRUE(plan.ok());
    bool covered = false;
    while (*plan->step())
      covered = covered || plan->string(3).find("COVERING INDEX instance_digest") != std::string::npos;
    EXPECT_TRUE(covered) << sql;
  }
}

}  // namespace
}  // namespace gateway::store
