#include "gateway/sources/harvest.h"

#include <filesystem>
#include <regex>

#include "gateway/sources/study_list.h"
#include "tests/sources/sources_fixture.h"

namespace gateway::sources {
namespace {

using model::Level;
using testing::FakeSource;
using Phase = HarvestState::Phase;

// Without the place that a row says of itself, which the archive role does not.
std::string plain(const std::string& json) {
  static const std::regex place("\"00080054\":\\{[^}]*\\},");
  return std::regex_replace(json, place, "");
}

class HarvestTest : public SourcesTest {
 protected:
  // What every face reads of an index.
  struct Seen {
    std::vector<std::string> rows, metadata;
    std::uint64_t series = 0, instances = 0;
    bool operator==(const Seen&) const = default;
  };
  Seen see(model::ImageIndex& index, model::BlobStore& blobs) {
    Seen seen;
    for (const Level level : {Level::Study, Level::Series, Level::Instance})
      for (const auto& row : search(index, level))
        seen.rows.push_back(plain(row.json) + std::to_string(row.series_count) + "/" +
                            std::to_string(row.instance_count));
    for (const auto& at : located(index)) seen.metadata.push_back(*blobs.read(at.metadata));
    std::sort(seen.rows.begin(), seen.rows.end());
    std::sort(seen.metadata.begin(), seen.metadata.end());
    const auto totals = index.totals();
    seen.series = totals->series;
    seen.instances = totals->instances;
    return seen;
  }
  Seen archive_of(int studies, int instances) {
    const auto opened = store::Store::open({folder_ / "archive", false}, clock_);
    store::Store* archive = opened->get();
    ingest::Ingestor ingestor(archive->index(), archive->blobs(), table(), metrics_);
    std::vector<model::IngestItem> items;
    for (int study = 1; study <= studies; ++study)
      for (int series = 1; series <= 2; ++series)
        for (int instance = 1; instance <= instances; ++instance) {
          model::IngestItem item;
          item.source = std::make_shared<testing::HeldBytes>(sample({study, series, instance}));
          items.push_back(std::move(item));
        }
    EXPECT_TRUE(ingestor.ingest(items).ok());
    return see(archive->index(), archive->blobs());
  }
};

TEST_F(HarvestTest, TheIndexIsThatOfAnArchiveOfTheSameObjects) {
  fill(add("pacs"), 4, 3);
  ASSERT_TRUE(harvest("pacs").ok());
  const Seen expected = archive_of(4, 3), got = see(store_->index(), gateway_->blobs());
  EXPECT_EQ(got.rows, expected.rows);
  EXPECT_EQ(got.metadata, expected.metadata);
  EXPECT_EQ(got.series, expected.series);
  EXPECT_EQ(got.instances, expected.instances);
  EXPECT_EQ(state_.phase, Phase::Done);
  EXPECT_EQ(state_.instances_new, 24u);
}

// All of the corpus through the metadata of another server, against the same files taken in as they are.
// Where values cannot be told apart in DICOM JSON, the metadata may differ.
TEST_F(HarvestTest, TheIndexOfTheCorpusIsThatOfTheArchive) {
  const std::string corpus = SOURCE_DIR "/../shared/corpus/dicom";
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "the corpus is not there";
  FakeSource& pacs = add("pacs");
  const auto archive = store::Store::open({folder_ / "archive", false}, clock_);
  ingest::Ingestor ingestor((*archive)->index(), (*archive)->blobs(), table(), metrics_);
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus))
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  for (const std::string& path : files) {
    const auto bytes = read_file(path);
    model::IngestItem item;
    item.source = std::make_shared<testing::HeldBytes>(*bytes);
    const auto outcomes = ingestor.ingest({&item, 1});
    ASSERT_TRUE(outcomes.ok()) << path;
    if (outcomes->front().kind == model::ItemOutcome::Kind::Stored) pacs.add(*bytes);
  }
  ASSERT_TRUE(harvest("pacs").ok()) << state_.last_error;
  EXPECT_EQ(state_.refused, 0u) << state_.last_problem;
  const Seen expected = see((*archive)->index(), (*archive)->blobs()),
             got = see(store_->index(), gateway_->blobs());
  EXPECT_EQ(got.instances, expected.instances);
  EXPECT_EQ(got.rows, expected.rows);
  std::size_t equal = 0;
  for (const std::string& one : expected.metadata)
    equal += std::binary_search(got.metadata.begin(), got.metadata.end(), one);
  RecordProperty("equal_metadata", static_cast<int>(equal));
  EXPECT_EQ(equal, expected.metadata.size()) << pacs.moved_objects << " had to be taken themselves";
}

TEST_F(HarvestTest, MetadataMoveNoObjectAndOneReadMovesOne) {
  FakeSource& pacs = add("pacs");
  fill(pacs, 3, 3);
  ASSERT_TRUE(harvest("pacs").ok());
  EXPECT_EQ(pacs.moved_objects, 0u);
  const auto at = located(store_->index(), study_uid(2), series_uid(2, 1), instance_uid({2, 1, 2}));
  ASSERT_EQ(at.size(), 1u);
  EXPECT_EQ(at.front().transfer_syntax_uid, "1.2.840.10008.1.2.1");
  const auto view = gateway_->blobs().open(at.front().content);
  ASSERT_TRUE(view.ok()) << view.error().text();
  EXPECT_EQ(bytes_of(*view), sample({2, 1, 2}));
  EXPECT_EQ(pacs.moved_objects, 1u);
}

TEST_F(HarvestTest, ASourceWithoutMetadataGivesItsObjectsAndTheCacheKeepsThem) {
  FakeSource& pacs = add("pacs", {}, "dimse");
  pacs.gives_metadata = false;
  fill(pacs, 2, 2);
  ASSERT_TRUE(harvest("pacs").ok());
  EXPECT_EQ(see(store_->index(), gateway_->blobs()), archive_of(2, 2));
  EXPECT_EQ(pacs.moved_objects, 8u);
  const auto at = located(store_->index(), study_uid(1));
  ASSERT_EQ(at.size(), 4u);
  EXPECT_EQ(at.front().content.length, sample({}).size());
  ASSERT_TRUE(gateway_->blobs().open(at.front().content).ok());
  EXPECT_EQ(pacs.moved_objects, 8u);
}

TEST_F(HarvestTest, ARunOverAnUnchangedSourceAsksForTheListOnly) {
  FakeSource& pacs = add("pacs");
  fill(pacs, 5, 2);
  ASSERT_TRUE(harvest("pacs").ok());
  const auto metadatas = pacs.metadatas.load(), finds = pacs.finds.load();
  ASSERT_TRUE(harvest("pacs").ok());
  EXPECT_EQ(pacs.metadatas, metadatas);
  EXPECT_EQ(pacs.finds, finds + 1);
  EXPECT_EQ(state_.studies_unchanged, 5u);
}

TEST_F(HarvestTest, WhatIsNewAndWhatHasGrownIsTaken) {
  FakeSource& pacs = add("pacs");
  fill(pacs, 3, 2);
  ASSERT_TRUE(harvest("pacs").ok());
  pacs.add(sample({2, 1, 9}));
  fill(pacs, 1, 2, 7);
  ASSERT_TRUE(harvest("pacs").ok());
  EXPECT_EQ(state_.studies_taken, 2u);
  EXPECT_EQ(state_.studies_unchanged, 2u);
  EXPECT_EQ(state_.instances_new, 5u);
  EXPECT_EQ(store_->index().totals()->instances, 17u);
}

TEST_F(HarvestTest, WithoutCountsTheSeriesTellWhetherAStudyChanged) {
  FakeSource& pacs = add("pacs");
  pacs.gives_counts = false;
  fill(pacs, 2, 2);
  ASSERT_TRUE(harvest("pacs").ok());
  pacs.add(sample({2, 1, 9}));
  ASSERT_TRUE(harvest("pacs").ok());
  EXPECT_EQ(state_.studies_taken, 1u);
  EXPECT_EQ(state_.instances_new, 1u);
}

TEST_F(HarvestTest, ARunThatBrokeOffInTheMiddleIsResumedWithoutTakingAnythingTwice) {
  SourceOptions options;
  options.breaker.failures = 1;
  FakeSource& pacs = add("pacs", options);
  fill(pacs, 10, 1);
  pacs.fail_after_metadata = 4;
  EXPECT_FALSE(harvest("pacs").ok());
  EXPECT_EQ(state_.phase, Phase::Failed);
  EXPECT_NE(state_.last_error.find("pacs"), std::string::npos);
  EXPECT_EQ(store_->index().totals()->studies, 4u);
  pacs.fail_after_metadata = -1;
  pacs.mood = FakeSource::Mood::Well;
  clock_.advance_us(10'000'000);
  ASSERT_TRUE(harvest("pacs").ok()) << state_.last_error;
  EXPECT_EQ(state_.studies_unchanged, 4u);
  EXPECT_EQ(state_.studies_taken, 6u);
  EXPECT_EQ(pacs.moved_metadata, 20u);
  EXPECT_EQ(state_.runs, 2u);
}

TEST_F(HarvestTest, ALongListIsWalkedByDatesAndNothingIsMissed) {
  SourceOptions options;
  options.list_limit = 3;
  FakeSource& pacs = add("pacs", options);
  fill(pacs, 60, 1);
  ASSERT_TRUE(harvest("pacs").ok()) << state_.last_error;
  EXPECT_EQ(store_->index().totals()->studies, 60u);
  EXPECT_EQ(state_.studies_seen, 60u);
  EXPECT_LT(pacs.finds, 400u);
}

TEST_F(HarvestTest, ADownSourceIsAnErrorWithItsNameAndCostsNothing) {
  FakeSource& pacs = add("pacs");
  pacs.mood = FakeSource::Mood::Down;
  const auto done = harvest("pacs");
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::BadGateway);
  EXPECT_NE(done.error().message.find("pacs"), std::string::npos);
  EXPECT_EQ(store_->index().totals()->studies, 0u);
}

TEST_F(HarvestTest, GarbageIsRefusedAndNamed) {
  SourceOptions options;
  options.breaker.failures = 100;
  FakeSource& pacs = add("pacs", options);
  fill(pacs, 2, 1);
  pacs.mood = FakeSource::Mood::Garbage;
  EXPECT_FALSE(harvest("pacs").ok());
  EXPECT_EQ(store_->index().totals()->instances, 0u);
}

TEST_F(HarvestTest, IdentifiersOfASourceAreMadeUnambiguous) {
  SourceOptions options;
  options.identity = {"HOSPITAL-A", "A-", "ORDERS-A"};
  fill(add("a", options), 1, 1);
  ASSERT_TRUE(harvest("a").ok());
  const auto rows = search(store_->index(), Level::Study, {is("subject.patient_id", "A-P1")});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_NE(rows.front().json.find("HOSPITAL-A"), std::string::npos);
  EXPECT_NE(rows.front().json.find(R"("00080054":{"vr":"AE","Value":["a"]})"), std::string::npos)
      << rows.front().json;
  model::Query query;
  const auto studies = store_->index().studies(query, model::Depth::Study);
  ASSERT_TRUE(studies.ok());
  EXPECT_EQ(studies->front().subject.subject.issuer, "HOSPITAL-A");
  EXPECT_EQ(studies->front().study.accession_issuer, "ORDERS-A");
}

TEST_F(HarvestTest, StateIsKeptAsItWas) {
  HarvestState state;
  state.phase = Phase::Failed;
  state.cursor = "20240131";
  state.instances_new = 7;
  state.last_error = "a \"quoted\" reason";
  EXPECT_EQ(parse_state(to_text(state)), state);
  EXPECT_EQ(parse_state("nonsense"), HarvestState());
}

TEST(StudyListTest, DatesGoBackOverMonthsAndYears) {
  EXPECT_EQ(days_before("20240301", 1), "20240229");
  EXPECT_EQ(days_before("20240101", 1), "20231231");
  EXPECT_EQ(days_before("20240101", 366), "20221231");
}

TEST_F(HarvestTest, JobsRunWhenAskedAndShowHowFarTheyAre) {
  SourceOptions options;
  options.interval_s = 0;
  fill(add("pacs", options), 2, 1);
  connect();
  gateway_->start();
  ASSERT_TRUE(gateway_->jobs().request("pacs").ok());
  while (gateway_->jobs().state("pacs")->phase != Phase::Done) std::this_thread::yield();
  EXPECT_EQ(store_->index().totals()->instances, 4u);
  EXPECT_FALSE(gateway_->jobs().request("nobody").ok());
  gateway_.reset();
}

}  // namespace
}  // namespace gateway::sources
