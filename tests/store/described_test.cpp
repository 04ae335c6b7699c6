// Studies that are only described: found and counted, and gone when their resource goes or DICOM objects
// come.
#include <algorithm>
#include <filesystem>

#include "gateway/model/described_port.h"
#include "gateway/store/database.h"
#include "gateway/store/migrations.h"
#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

using gateway::testing::make_entry;
using gateway::testing::study_uid;
using model::DescribedSeries;
using model::DescribedStudy;
using model::RecordChange;

class DescribedTest : public StoreTest {
 protected:
  // Study `n` of subject `n` with one series that lists two instances and counts `counted`.
  static DescribedStudy study(int n, std::uint64_t counted = 2, const std::string& resource = {}) {
    DescribedStudy study;
    study.resource = resource.empty() ? "ImagingStudy/" + std::to_string(n) : resource;
    study.address = "https://pacs.example/dicomweb";
    DescribedSeries series;
    for (int i = 1; i <= 2; ++i) {
      series.instances.push_back(make_entry({n, n, 1, i}));
      series.instances.back().content = {model::BlobRef::Kind::Remote, "elsewhere", 0, 0, 0};
      series.instances.back().digest.reset();
    }
    series.head = series.instances.front();
    series.head.object.instance = {};
    series.instance_count = counted;
    study.head = series.head;
    study.head.object.series = {};
    study.modalities = {series.head.object.series.modality};
    study.series_count = 1;
    study.series.push_back(std::move(series));
    return study;
  }

  Result<std::int64_t> change(std::vector<RecordChange> changes) {
    return store_->resources().commit({}, std::nullopt, changes);
  }
  void describe(DescribedStudy described) {
    const std::string resource = described.resource;
    const auto done = change({{resource, std::make_shared<const DescribedStudy>(std::move(described))}});
    ASSERT_TRUE(done.ok()) << done.error().text() << done.error().detail;
  }
  void forget(const std::string& resource) { ASSERT_TRUE(change({{resource, nullptr}}).ok()); }

  std::uint64_t count(Level level, bool described = true) {
    Query query;
    query.level = level;
    query.described = described;
    return index().count(query).value();
  }
  std::vector<std::uint64_t> totals() {
    const auto all = index().totals().value();
    return {all.subjects, all.studies, all.series, all.instances};
  }
  std::unique_ptr<Database> open_database() {
    auto opened =
        Database::open(folder_.path() + "/store/index.sqlite", Database::Access::Write, 1024, false);
    EXPECT_TRUE(opened.ok());
    return std::move(*opened);
  }
  // Every table that has rows.
  std::vector<std::string> filled_tables() {
    const auto database = open_database();
    const auto read = [&](const std::string& sql) {
      auto statement = database->prepare(sql);
      EXPECT_TRUE(statement.ok()) << sql;
      std::vector<std::string> values;
      while (statement->step().value()) values.push_back(statement->string(0));
      return values;
    };
    std::vector<std::string> filled;
    for (const auto& name : read("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
      if (read("SELECT count(*) FROM " + name) != std::vector<std::string>{"0"}) filled.push_back(name);
    return filled;
  }
};

TEST_F(DescribedTest, IsFoundAtEveryLevelAndCountedAsItIsSaid) {
  describe(study(1, 120));
  ASSERT_EQ(study_uids({any_of("study.uid", {study_uid(1)})}).size(), 1u);
  const auto rows = search(Level::Study, {any_of("subject.patient_id", {"P1"})});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].series_count, 1u);
  EXPECT_EQ(rows[0].instance_count, 120u);
  EXPECT_EQ(search(Level::Series, {any_of("study.uid", {study_uid(1)})})[0].instance_count, 120u);
  EXPECT_EQ(search(Level::Instance, {any_of("study.uid", {study_uid(1)})}).size(), 2u);
  EXPECT_EQ(locate(study_uid(1), "", "").size(), 2u);
  const auto statistics = store_->datasets().statistics({any_of("study.uid", {study_uid(1)})});
  ASSERT_TRUE(statistics.ok());
  EXPECT_EQ(statistics->studies, 1u);
  EXPECT_EQ(statistics->instances, 120u);
}

TEST_F(DescribedTest, IsNotThereForWhoAsksForObjectsOnly) {
  describe(study(1));
  commit({make_entry({2, 2, 1, 1})});
  EXPECT_EQ(count(Level::Study), 2u);
  EXPECT_EQ(count(Level::Study, false), 1u);
  EXPECT_EQ(count(Level::Subject, false), 1u);
  EXPECT_EQ(count(Level::Series, false), 1u);
  Query query;
  query.described = false;
  query.matches = {any_of("study.modalities", {"CT", "MR", "MG", "PT"})};
  const auto rows = index().studies(query, model::Depth::Study).value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].study.uid, study_uid(2));
  EXPECT_FALSE(index().find_instance(gateway::testing::instance_uid(1, 1, 1)).value());
}

TEST_F(DescribedTest, SubjectWithObjectsBesideStays) {
  commit({make_entry({1, 2, 1, 1})});
  describe(study(1));  // of the same subject
  EXPECT_EQ(count(Level::Subject), 1u);
  EXPECT_EQ(count(Level::Subject, false), 1u);
  forget("ImagingStudy/1");
  EXPECT_EQ(count(Level::Subject), 1u);
  EXPECT_EQ(totals(), (std::vector<std::uint64_t>{1, 1, 1, 1}));
}

TEST_F(DescribedTest, LeavesNothingBehindWhenItsResourceGoes) {
  const auto before = filled_tables();
  const auto version = index().version().value();
  describe(study(1));
  forget("ImagingStudy/1");
  EXPECT_EQ(totals(), (std::vector<std::uint64_t>{0, 0, 0, 0}));
  EXPECT_GT(index().version().value(), version);
  auto after = filled_tables();
  std::erase(after, "removed_id");     // so that ids are not given out again
  std::erase(after, "attribute_set");  // shared by all
  EXPECT_EQ(after, before);
}

TEST_F(DescribedTest, IdsAreNotGivenOutAgain) {
  describe(study(1));
  const auto first = index().studies({}, model::Depth::Study).value()[0];
  forget("ImagingStudy/1");
  describe(study(1));
  const auto second = index().studies({}, model::Depth::Study).value()[0];
  EXPECT_GT(second.id, first.id);
  EXPECT_GT(second.subject.id, first.subject.id);
}

TEST_F(DescribedTest, LaterDescriptionTakesThePlaceOfTheEarlierOne) {
  describe(study(1, 120));
  auto again = study(1, 2);
  again.head.object.subject.name.alphabetic = "New^Name";
  describe(std::move(again));
  EXPECT_EQ(totals(), (std::vector<std::uint64_t>{1, 1, 1, 2}));
  EXPECT_EQ(search(Level::Study, {})[0].instance_count, 2u);
  Query query;
  query.level = Level::Subject;
  EXPECT_EQ(index().subjects(query).value()[0].subject.name.alphabetic, "New^Name");
}

TEST_F(DescribedTest, DicomObjectsTakeItsPlace) {
  describe(study(1, 120));
  EXPECT_EQ(commit({make_entry({1, 1, 1, 1}), make_entry({1, 1, 1, 3})}),
            (std::vector{CommitOutcome::Stored, CommitOutcome::Stored}));
  EXPECT_EQ(totals(), (std::vector<std::uint64_t>{1, 1, 1, 2}));
  EXPECT_EQ(search(Level::Study, {})[0].instance_count, 2u);
  EXPECT_EQ(count(Level::Study, false), 1u);
  EXPECT_FALSE(store_->resources().describer_of(study_uid(1)).value());
  forget("ImagingStudy/1");  // has nothing to take out any more
  EXPECT_EQ(count(Level::Study), 1u);
}

TEST_F(DescribedTest, ObjectOfAnotherStudyWithAListedUidTakesItsPlaceToo) {
  describe(study(1));
  auto other = make_entry({2, 2, 1, 1});
  other.object.instance.uid = gateway::testing::instance_uid(1, 1, 1);
  EXPECT_EQ(commit({other}), std::vector{CommitOutcome::Stored});
  EXPECT_EQ(totals(), (std::vector<std::uint64_t>{1, 1, 1, 1}));
}

TEST_F(DescribedTest, StudyWithObjectsTakesNoDescription) {
  commit({make_entry({1, 1, 1, 1})});
  const auto done = change({{"ImagingStudy/1", std::make_shared<const DescribedStudy>(study(1))}});
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::Conflict);
  EXPECT_TRUE(done.error().where.empty());
}

TEST_F(DescribedTest, RecordsAndResourcesAreCommittedTogetherOrNotAtAll) {
  describe(study(1));
  model::ResourceWrite write;
  write.type = "ImagingStudy";
  write.id = "other";
  write.method = "PUT";
  write.json = "{}";
  const std::vector<RecordChange> rival = {
      {"ImagingStudy/other", std::make_shared<const DescribedStudy>(study(1, 2, "ImagingStudy/other"))}};
  EXPECT_FALSE(store_->resources().commit(std::span(&write, 1), std::nullopt, rival).ok());
  EXPECT_FALSE(store_->resources().read("ImagingStudy", "other").value());

  write.expected = 7;  // not the version that is there
  const std::vector<RecordChange> gone = {{"ImagingStudy/1", nullptr}};
  EXPECT_FALSE(store_->resources().commit(std::span(&write, 1), std::nullopt, gone).ok());
  EXPECT_EQ(count(Level::Study), 1u);
}

TEST_F(DescribedTest, OneResourceMayGiveAStudyToAnotherInOneCommit) {
  describe(study(1));
  const auto done =
      change({{"ImagingStudy/2", std::make_shared<const DescribedStudy>(study(1, 2, "ImagingStudy/2"))},
              {"ImagingStudy/1", nullptr}});
  ASSERT_TRUE(done.ok()) << done.error().text();
  EXPECT_EQ(store_->resources().describer_of(study_uid(1)).value(), "ImagingStudy/2");
  EXPECT_EQ(store_->resources().described_by("ImagingStudy/2").value(), study_uid(1));
}

TEST_F(DescribedTest, StudyAloneIsFoundWithItsModalities) {
  auto alone = study(1);
  alone.series.clear();
  alone.modalities = {"CT", "PT"};
  alone.series_count = 3;
  alone.instance_count = 400;
  describe(std::move(alone));
  const auto rows = search(Level::Study, {any_of("study.modalities", {"PT"})});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].modalities, (std::vector<std::string>{"CT", "PT"}));
  EXPECT_EQ(rows[0].series_count, 3u);
  EXPECT_EQ(rows[0].instance_count, 400u);
}

TEST_F(DescribedTest, ObjectsThatNobodyListsAreRefusedWithTheirPlace) {
  auto alone = study(1);
  alone.series.clear();
  describe(std::move(alone));
  describe(study(2, 120));
  const auto ignore = [](const auto&) { return true; };
  model::SearchNotes notes;
  const auto refused = index().locate(study_uid(1), "", "", ignore, &notes);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::NotFound);
  EXPECT_NE(refused.error().message.find("https://pacs.example/dicomweb"), std::string::npos);
  ASSERT_TRUE(index().locate(study_uid(2), "", "", ignore, &notes).ok());
  ASSERT_EQ(notes.warnings.size(), 1u);  // 118 more
  const auto stop = [](const auto&) { return false; };
  ASSERT_TRUE(index().locate(study_uid(2), "", "", stop, &notes).ok());
  EXPECT_EQ(notes.warnings.size(), 1u);
  EXPECT_TRUE(index().locate("1.2.3", "", "", ignore, &notes).ok());
}

TEST_F(DescribedTest, ResourcesOfAnOlderSchemaWaitForTheirRecords) {
  constexpr int kBefore = 12;  // the schema without described studies
  store_.reset();
  std::filesystem::remove_all(folder_.path() + "/store");
  std::filesystem::create_directories(folder_.path() + "/store");
  {
    const auto database = open_database();
    ASSERT_TRUE(migrate(*database, kBefore).ok());
    ASSERT_TRUE(database
                    ->execute("INSERT INTO resource VALUES (1, 'ImagingStudy', 'old', 1, 0, 0), "
                              "(2, 'ImagingStudy', 'gone', 1, 0, 1), (3, 'Patient', 'p', 1, 0, 0)")
                    .ok());
  }
  reopen();
  EXPECT_EQ(store_->resources().undescribed(10).value(), std::vector<std::string>{"ImagingStudy/old"});
  describe(study(1, 2, "ImagingStudy/old"));
  EXPECT_TRUE(store_->resources().undescribed(10).value().empty());
}

TEST_F(DescribedTest, DemographicsOfObjectsWinOverThoseOfDescriptions) {
  DescribedStudy wrong = study(1);
  wrong.head.object.subject.name.alphabetic = "Told^By^Others";
  wrong.head.object.subject.birth_date = "19000101";
  describe(std::move(wrong));
  const auto entry = make_entry({1, 2, 1, 1});
  commit({entry});
  Query query;
  query.level = Level::Subject;
  const auto rows = index().subjects(query);
  ASSERT_TRUE(rows.ok()) << rows.error().text();
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().subject, entry.object.subject);
}

TEST_F(DescribedTest, ChecksumAndQualityAreThoseOfObjects) {
  commit({make_entry({1, 1, 1, 1})});
  const auto before = store_->datasets().statistics({});
  ASSERT_TRUE(before.ok());
  describe(study(2));
  EXPECT_EQ(store_->datasets().statistics({})->studies, 2u);
  EXPECT_FALSE(before->checksum.empty());
  EXPECT_EQ(store_->datasets().statistics({})->checksum, before->checksum);
  EXPECT_EQ(store_->datasets().quality({})->studies, 1u);
  EXPECT_EQ(store_->datasets().quality({})->instances, 1u);
}

TEST_F(DescribedTest, OneCommitDescribesAStudyOnce) {
  const auto done =
      change({{"ImagingStudy/1", std::make_shared<const DescribedStudy>(study(1))},
              {"ImagingStudy/x", std::make_shared<const DescribedStudy>(study(1, 2, "ImagingStudy/x"))}});
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::Conflict);
  EXPECT_EQ(count(Level::Study), 0u);
}

TEST_F(DescribedTest, WhatIsDoneLaterIsListedAndStaysAsItIs) {
  describe(study(1));
  ASSERT_TRUE(change({{"ImagingStudy/1", nullptr, true}}).ok());
  EXPECT_EQ(count(Level::Study), 1u);
  EXPECT_EQ(store_->resources().undescribed(5).value(), std::vector<std::string>{"ImagingStudy/1"});
  forget("ImagingStudy/1");
  EXPECT_TRUE(store_->resources().undescribed(5).value().empty());
}

}  // namespace
}  // namespace gateway::store
