#include <atomic>
#include <thread>

#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

using gateway::testing::instance_uid;
using gateway::testing::make_entry;
using gateway::testing::series_uid;
using gateway::testing::study_uid;
using enum model::CommitOutcome;

class CommitTest : public StoreTest {
 protected:
  model::StudyRow only_study() {
    auto rows = index().studies({Level::Study, {}, 10, 0}, model::Depth::Instances);
    EXPECT_TRUE(rows.ok() && rows->size() == 1);
    return rows->at(0);
  }
};

TEST_F(CommitTest, StoresNewInstancesAndCountsThem) {
  EXPECT_EQ(commit({make_entry({1, 1, 1, 1}), make_entry({1, 1, 1, 2}), make_entry({1, 1, 2, 1}),
                    make_entry({2, 2, 1, 1})}),
            (std::vector{Stored, Stored, Stored, Stored}));
  const auto totals = index().totals();
  ASSERT_TRUE(totals.ok());
  EXPECT_EQ(totals->subjects, 2u);
  EXPECT_EQ(totals->studies, 2u);
  EXPECT_EQ(totals->series, 3u);
  EXPECT_EQ(totals->instances, 4u);
  EXPECT_EQ(totals->bytes, 10000u);
}

TEST_F(CommitTest, TheSameObjectAgainChangesNothing) {
  commit({make_entry({})});
  const auto before = index().version();
  EXPECT_EQ(commit({make_entry({})}), std::vector{Identical});
  EXPECT_EQ(*index().version(), *before);
  EXPECT_EQ(index().totals()->instances, 1u);
}

TEST_F(CommitTest, TheSameObjectTwiceInOneBatchIsStoredOnce) {
  EXPECT_EQ(commit({make_entry({}), make_entry({})}), (std::vector{Stored, Identical}));
}

TEST_F(CommitTest, AnotherObjectWithTheSameUidIsAConflictAndTheFirstStays) {
  commit({make_entry({})});
  IndexEntry other = make_entry({});
  (*other.digest)[0] ^= std::byte{1};
  other.object.instance.number = 99;
  EXPECT_EQ(commit({other}), std::vector{Conflict});
  EXPECT_EQ(only_study().series[0].instances[0].number, 1);
}

TEST_F(CommitTest, SopInstanceUidIsUniqueOverStudies) {
  commit({make_entry({})});
  IndexEntry other = make_entry({2, 2, 1, 1});
  other.object.instance.uid = instance_uid(1, 1, 1);
  EXPECT_EQ(commit({other}), std::vector{Conflict});
  EXPECT_EQ(index().totals()->studies, 1u) << "a refused instance must leave no empty study behind";
}

TEST_F(CommitTest, WithoutBothDigestsAnObjectIsTheSameOnlyWhenItsBytesWereCompared) {
  const IndexEntry hashed = make_entry({});
  IndexEntry entry = hashed;
  entry.digest.reset();
  commit({entry});
  EXPECT_EQ(commit({entry}), std::vector{Conflict}) << "equal length and JSON say nothing about the pixels";
  EXPECT_EQ(commit({hashed}), std::vector{Conflict});
  entry.same_content_verified = true;
  EXPECT_EQ(commit({entry}), std::vector{Identical});
}

TEST_F(CommitTest, FindsWhatItKnowsOfAnInstance) {
  const IndexEntry entry = make_entry({});
  commit({entry});
  const auto known = index().find_instance(entry.object.instance.uid);
  ASSERT_TRUE(known.ok() && *known);
  EXPECT_EQ((*known)->digest, entry.digest);
  EXPECT_EQ((*known)->content, entry.content);
  EXPECT_EQ((*known)->study_uid, study_uid(1));
  EXPECT_EQ((*known)->series_uid, series_uid(1, 1));
  const auto unknown = index().find_instance("1.2.3");
  ASSERT_TRUE(unknown.ok());
  EXPECT_FALSE(*unknown);
  IndexEntry in_place = make_entry({1, 1, 1, 2});
  in_place.digest.reset();
  commit({in_place});
  EXPECT_FALSE((**index().find_instance(in_place.object.instance.uid)).digest);
}

TEST_F(CommitTest, AnEntryWithoutUidFailsTheWholeBatch) {
  IndexEntry bad = make_entry({2, 2, 1, 1});
  bad.object.series.uid.clear();
  const auto outcome = index().commit(std::vector{make_entry({}), bad});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(index().totals()->instances, 0u);
  EXPECT_EQ(index().totals()->studies, 0u);
}

TEST_F(CommitTest, AnEmptyBatchIsFine) { EXPECT_TRUE(commit({}).empty()); }

TEST_F(CommitTest, FirstValuesWinAndLaterInstancesFillGaps) {
  IndexEntry first = make_entry({1, 1, 1, 1});
  first.object.study.description.clear();
  first.object.subject.sex.clear();
  first.object.series.body_part.clear();
  IndexEntry second = make_entry({1, 1, 1, 2});
  second.object.study.accession_number = "OTHER";
  commit({first});
  commit({second});
  const auto study = only_study();
  EXPECT_EQ(study.study.description, "Thorax");
  EXPECT_EQ(study.study.accession_number, "A1");
  EXPECT_EQ(study.subject.subject.sex, "F");
  EXPECT_EQ(study.subject.version, 2);
  EXPECT_EQ(study.series[0].series.body_part, "CHEST");
}

TEST_F(CommitTest, JsonFollowsAFilledGapOnlyWhenTheLaterObjectAgrees) {
  IndexEntry first = make_entry({1, 1, 1, 1});
  first.object.study.description.clear();
  first.json.study = "{\"first\":1}";
  IndexEntry disagrees = make_entry({1, 1, 1, 2});
  disagrees.object.study.study_id = "S";
  disagrees.object.study.accession_number = "OTHER";
  disagrees.json.study = "{\"second\":2}";
  commit({first, disagrees});
  EXPECT_EQ(search(Level::Study, {})[0].json, "{\"first\":1}");

  IndexEntry agrees = make_entry({1, 1, 1, 3});
  agrees.object.study.study_id = "S";
  agrees.object.study.timezone_offset = "+0100";
  agrees.json.study = "{\"third\":3}";
  commit({agrees});
  EXPECT_EQ(search(Level::Study, {})[0].json, "{\"third\":3}");
}

TEST_F(CommitTest, AnotherPersonInAKnownStudyDoesNotChangeTheSubject) {
  commit({make_entry({1, 1, 1, 1})});
  IndexEntry other = make_entry({2, 1, 1, 2});
  other.object.study = make_entry({1, 1, 1, 1}).object.study;
  commit({other});
  EXPECT_EQ(only_study().subject.subject.patient_id, "P1");
  EXPECT_EQ(index().totals()->subjects, 1u);
}

TEST_F(CommitTest, SubjectsWithoutPatientIdAreDistinctByStudy) {
  IndexEntry a = make_entry({1, 1, 1, 1}), b = make_entry({1, 2, 1, 1});
  a.object.subject.patient_id.clear();
  b.object.subject.patient_id.clear();
  commit({a, b});
  EXPECT_EQ(index().totals()->subjects, 2u);
}

TEST_F(CommitTest, SubjectKeyIsTheHashOfIssuerAndPatientId) {
  commit({make_entry({})});
  EXPECT_EQ(only_study().subject.key, sha256_hex("HOSPITAL\x1FP1").substr(0, 32));
}

TEST_F(CommitTest, VersionsAndTimesGrowWithEveryChange) {
  commit({make_entry({1, 1, 1, 1})});
  const auto version = *index().version();
  clock_.advance_us(5'000'000);
  commit({make_entry({1, 1, 1, 2})});
  EXPECT_GT(*index().version(), version);
  const auto study = only_study();
  EXPECT_EQ(study.version, 2);
  EXPECT_EQ(study.updated_us, clock_.utc_us());
  EXPECT_EQ(study.subject.updated_us, clock_.utc_us() - 5'000'000) << "nothing of the subject changed";
}

TEST_F(CommitTest, EveryFieldComesBackAsItWent) {
  IndexEntry entry = make_entry({});
  auto& object = entry.object;
  object.subject.name = {"Yamada^Tarou", "山田^太郎", "やまだ^たろう"};
  object.study.referring_physician = {"", "", "phonetic only"};
  object.study.procedures = {{"77477000", "SCT", "Computed tomography"}, {"X", "99LOCAL", ""}};
  object.series.anatomic_regions = {{"51185008", "SCT", "Thorax"}};
  object.series.number.reset();
  object.instance.concept_name = {{"113000", "DCM", "Of Interest"}};
  object.instance.frames = -1;
  commit({entry});
  reopen();
  const auto study = only_study();
  EXPECT_EQ(study.subject.subject, object.subject);
  EXPECT_EQ(study.study, object.study);
  ASSERT_EQ(study.series.size(), 1u);
  EXPECT_EQ(study.series[0].series, object.series);
  EXPECT_EQ(study.series[0].instances, std::vector{object.instance});
  EXPECT_EQ(study.modalities, std::vector<std::string>{"MR"});
}

TEST_F(CommitTest, TextWithQuotesAndNulBytesIsOnlyText) {
  IndexEntry entry = make_entry({});
  entry.object.study.description = "'); DROP TABLE study; --";
  entry.object.study.study_id = std::string("a\0b", 3);
  commit({entry});
  EXPECT_EQ(only_study().study, entry.object.study);
}

TEST_F(CommitTest, SeriesAndInstancesAreOrderedByNumberThenUidAndUnnumberedComeLast) {
  IndexEntry unnumbered = make_entry({1, 1, 1, 3});
  unnumbered.object.instance.number.reset();
  commit({make_entry({1, 1, 2, 1}), unnumbered, make_entry({1, 1, 1, 2}), make_entry({1, 1, 1, 1})});
  const auto study = only_study();
  ASSERT_EQ(study.series.size(), 2u);
  EXPECT_EQ(study.series[0].series.uid, series_uid(1, 1));
  std::vector<std::string> uids;
  for (const auto& instance : study.series[0].instances) uids.push_back(instance.uid);
  EXPECT_EQ(uids, (std::vector{instance_uid(1, 1, 1), instance_uid(1, 1, 2), instance_uid(1, 1, 3)}));
}

TEST_F(CommitTest, OneSeriesUidInTwoStudiesStaysTwoSeries) {
  IndexEntry other = make_entry({2, 2, 1, 1});
  other.object.series.uid = series_uid(1, 1);
  commit({make_entry({}), other});
  EXPECT_EQ(index().totals()->series, 2u);
  EXPECT_EQ(locate(study_uid(2), series_uid(1, 1), "").size(), 1u);
}

// Throws when it is told to: the clock is asked in the middle of a commit.
class ThrowingClock final : public Clock {
 public:
  std::int64_t utc_us() const override {
    if (throws) throw std::bad_alloc();
    return 1'700'000'000'000'000;
  }
  std::int64_t steady_us() const override { return 0; }
  std::atomic<bool> throws = false;
};

TEST(CommitFault, AnExceptionInACommitIsItsErrorAndHangsNobody) {
  const gateway::testing::TempFolder folder;
  ThrowingClock clock;
  auto store = Store::open({folder.path() + "/deep/below/store", false}, clock);
  ASSERT_TRUE(store.ok()) << store.error().detail;
  clock.throws = true;
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int t = 1; t <= 4; ++t)
    threads.emplace_back([&, t] {
      const auto outcome = (*store)->index().commit(std::vector{make_entry({1, 1, 1, t})});
      failed += !outcome.ok() && outcome.error().code == ErrorCode::StoreFailed;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 4);
  clock.throws = false;
  EXPECT_TRUE((*store)->index().commit(std::vector{make_entry({})}).ok());
  EXPECT_EQ((*store)->index().totals()->instances, 1u);
}

}  // namespace
}  // namespace gateway::store
