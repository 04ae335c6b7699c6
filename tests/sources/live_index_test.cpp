#include "gateway/sources/live_index.h"

#include "tests/sources/sources_fixture.h"

namespace gateway::sources {
namespace {

using model::Level;
using testing::FakeSource;

class LiveIndexTest : public SourcesTest {
 protected:
  model::ImageIndex& index() { return gateway_->index(); }
  std::vector<std::string> uids(const std::vector<model::SearchRow>& rows) {
    std::vector<std::string> all;
    for (const auto& row : rows) all.push_back(row.study_uid);
    return all;
  }
};

TEST_F(LiveIndexTest, ResultsOfSeveralSourcesAreMergedAndMarked) {
  FakeSource& a = add("a", live());
  FakeSource& b = add("b", live());
  fill(a, 2, 1);     // studies 1 and 2
  fill(b, 2, 1, 2);  // studies 2 and 3
  connect();
  const auto rows = search(index(), Level::Study);
  EXPECT_EQ(uids(rows), (std::vector<std::string>{study_uid(1), study_uid(2), study_uid(3)}));
  EXPECT_NE(rows[0].json.find(R"("00080054":{"vr":"AE","Value":["a"]})"), std::string::npos) << rows[0].json;
  EXPECT_NE(rows[2].json.find(R"("00080054":{"vr":"AE","Value":["b"]})"), std::string::npos);
  EXPECT_EQ(rows[0].modalities, (std::vector<std::string>{"CT", "MR"}));
  EXPECT_EQ(rows[0].instance_count, 2u);
  EXPECT_TRUE(notes_.warnings.empty());
}

TEST_F(LiveIndexTest, OneSourceDownIsAPartialAnswerThatSaysSo) {
  fill(add("a", live()), 1, 1);
  add("b", live()).mood = FakeSource::Mood::Down;
  connect();
  EXPECT_EQ(search(index(), Level::Study).size(), 1u);
  ASSERT_EQ(notes_.warnings.size(), 1u);
  EXPECT_NE(notes_.warnings.front().find("b cannot be reached"), std::string::npos)
      << notes_.warnings.front();
}

TEST_F(LiveIndexTest, AllSourcesDownIsAnErrorNeverAnEmptyList) {
  add("a", live()).mood = FakeSource::Mood::Down;
  FakeSource& b = add("b", live());
  b.mood = FakeSource::Mood::Late;
  connect();
  search(index(), Level::Study);
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, ErrorCode::BadGateway);
  EXPECT_NE(error_->message.find("a cannot be reached"), std::string::npos) << error_->message;
  EXPECT_NE(error_->message.find("b did not answer"), std::string::npos);
}

TEST_F(LiveIndexTest, LateSourcesAreATimeout) {
  add("a", live()).mood = FakeSource::Mood::Late;
  connect();
  search(index(), Level::Study);
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, ErrorCode::GatewayTimeout);
}

TEST_F(LiveIndexTest, ALimitMovesNoMoreThanItNeeds) {
  FakeSource& a = add("a", live());
  fill(a, 300, 1);
  connect();
  EXPECT_EQ(search(index(), Level::Study, {}, 1).size(), 1u);
  EXPECT_LE(a.answers, 2u);
  EXPECT_EQ(a.largest_limit, 2u);
  EXPECT_TRUE(notes_.cut);
}

// An offset is a number that anybody can write.
TEST_F(LiveIndexTest, AFarOffsetDoesNotMoveAllThatASourceHas) {
  FakeSource& a = add("a", live());
  fill(a, 3, 1);
  connect();
  EXPECT_TRUE(search(index(), Level::Study, {}, 10, std::uint64_t{1} << 39).empty());
  EXPECT_EQ(a.largest_limit, 40'001u);
}

TEST_F(LiveIndexTest, PagesAreThoseOfOneAnswer) {
  fill(add("a", live()), 25, 1);
  connect();
  std::vector<std::string> all;
  for (std::uint64_t offset = 0; offset < 30; offset += 10)
    for (const auto& uid : uids(search(index(), Level::Study, {}, 10, offset))) all.push_back(uid);
  EXPECT_EQ(all.size(), 25u);
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
  EXPECT_FALSE(notes_.cut);
}

TEST_F(LiveIndexTest, TheSameSearchIsNotAskedTwice) {
  FakeSource& a = add("a", live());
  fill(a, 3, 1);
  connect();
  search(index(), Level::Study);
  search(index(), Level::Study);
  EXPECT_EQ(a.finds, 1u);
  clock_.advance_us(60'000'000);
  search(index(), Level::Study);
  EXPECT_EQ(a.finds, 2u);
}

TEST_F(LiveIndexTest, KeysArePassedOnAndAnswersTested) {
  fill(add("a", live()), 5, 1);
  connect();
  EXPECT_EQ(uids(search(index(), Level::Study, {is("subject.patient_id", "P3")})), std::vector{study_uid(3)});
  EXPECT_EQ(uids(search(index(), Level::Study, {is("study.modalities", "MR")})).size(), 5u);
  EXPECT_TRUE(search(index(), Level::Study, {is("study.modalities", "PT")}).empty());
  model::Match names;
  names.field = "subject.name";
  names.kind = model::Match::Kind::Wildcard;
  names.values = {"doe^jane4*"};
  EXPECT_EQ(uids(search(index(), Level::Study, {names})), std::vector{study_uid(4)});
}

// Of values that are no literal match, the source may have another opinion.
TEST_F(LiveIndexTest, AnswersThatDoNotMatchAreSiftedOut) {
  fill(add("a", live()), 5, 1);
  connect();
  model::Match several = is("subject.patient_id", "P3");
  several.values.push_back("P4");
  EXPECT_EQ(search(index(), Level::Study, {several}).size(), 2u);
  model::Match empty = is("subject.patient_id", "");
  empty.kind = model::Match::Kind::Empty;
  EXPECT_TRUE(search(index(), Level::Study, {empty}).empty());
  EXPECT_TRUE(search(index(), Level::Series, {is("series.00400275.00401001", "RP1")}).empty());
}

TEST_F(LiveIndexTest, SeriesWithoutAParentTellOfTheirStudy) {
  fill(add("a", live(), "dimse"), 1, 1);
  connect();
  const auto rows = search(index(), Level::Series);
  ASSERT_FALSE(rows.empty());
  EXPECT_NE(rows.front().json.find("\"00100020\""), std::string::npos);
}

TEST_F(LiveIndexTest, SeriesWithoutAParentAreSearchedStudyByStudyOfADimseSource) {
  fill(add("a", live(), "dimse"), 3, 2);
  connect();
  const auto rows = search(index(), Level::Series);
  EXPECT_EQ(rows.size(), 6u);
  EXPECT_EQ(rows.front().instance_count, 2u);
  EXPECT_EQ(search(index(), Level::Instance).size(), 12u);
  EXPECT_EQ(
      search(index(), Level::Instance, {is("study.uid", study_uid(2)), is("series.uid", series_uid(2, 1))})
          .size(),
      2u);
}

TEST_F(LiveIndexTest, ManyStudiesWithoutAParentAreCutWithAWarning) {
  SourceOptions options = live();
  options.wait_ms = 120'000;  // 500 searches over 1,020 objects
  fill(add("a", options, "dimse"), 510, 1);
  connect();
  EXPECT_EQ(search(index(), Level::Series, {}, 2000).size(), 1000u);
  ASSERT_FALSE(notes_.warnings.empty());
  EXPECT_NE(notes_.warnings.front().find("only 500 studies of a"), std::string::npos);
  EXPECT_TRUE(notes_.cut);
}

TEST_F(LiveIndexTest, MissingModalitiesAndCountsAreAskedOfTheSeries) {
  FakeSource& a = add("a", live(), "dimse");
  a.gives_counts = false;
  fill(a, 2, 3);
  connect();
  const auto rows = search(index(), Level::Study);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows.front().modalities, (std::vector<std::string>{"CT", "MR"}));
  EXPECT_EQ(rows.front().series_count, 2u);
  EXPECT_EQ(rows.front().instance_count, 6u);
}

TEST_F(LiveIndexTest, AnInstanceIsTakenAtItsOwnLevelOnly) {
  FakeSource& a = add("a", live());
  fill(a, 2, 5);
  connect();
  const auto at = located(index(), study_uid(1), series_uid(1, 1), instance_uid({1, 1, 3}));
  ASSERT_EQ(at.size(), 1u) << (error_ ? error_->text() : "");
  EXPECT_EQ(a.moved_metadata, 1u);
  EXPECT_EQ(a.moved_objects, 0u);
  const auto view = gateway_->blobs().open(at.front().content);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(bytes_of(*view), sample({1, 1, 3}));
  EXPECT_EQ(a.moved_objects, 1u);
}

TEST_F(LiveIndexTest, AStudyIsWholeThoughOneInstanceOfItWasHereAlready) {
  FakeSource& a = add("a", live());
  fill(a, 1, 4);
  connect();
  ASSERT_EQ(located(index(), study_uid(1), series_uid(1, 1), instance_uid({1, 1, 3})).size(), 1u);
  EXPECT_EQ(located(index(), study_uid(1)).size(), 8u);
  const auto rows = search(index(), Level::Study);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.front().instance_count, 8u);
}

TEST_F(LiveIndexTest, AnUnknownInstanceIsNoCallAndADownSourceAnError) {
  FakeSource& a = add("a", live());
  fill(a, 1, 1);
  connect();
  EXPECT_TRUE(located(index(), "9.9", "9.9.1", "9.9.1.1").empty());
  EXPECT_FALSE(error_);
  a.mood = FakeSource::Mood::Down;
  EXPECT_TRUE(located(index(), "9.8", "9.8.1", "9.8.1.1").empty());
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, ErrorCode::BadGateway);
}

TEST_F(LiveIndexTest, APartOfAStudyWhoseSourceIsDownIsGivenWithAWarning) {
  FakeSource& a = add("a", live());
  fill(a, 1, 4);
  connect();
  EXPECT_EQ(located(index(), study_uid(1), series_uid(1, 1), instance_uid({1, 1, 2})).size(), 1u);
  clock_.advance_us(600'000'000);
  a.mood = FakeSource::Mood::Down;
  std::size_t given = 0;
  model::SearchNotes notes;
  const auto count = [&](const model::InstanceLocation&) { return ++given > 0; };
  ASSERT_TRUE(index().locate(study_uid(1), "", "", count, &notes).ok());
  EXPECT_EQ(given, 1u);
  ASSERT_EQ(notes.warnings.size(), 1u);
  EXPECT_NE(notes.warnings.front().find("a cannot be reached"), std::string::npos) << notes.warnings.front();
  a.mood = FakeSource::Mood::Well;
  clock_.advance_us(600'000'000);
  given = 0;
  notes = {};
  ASSERT_TRUE(index().locate(study_uid(1), "", "", count, &notes).ok());
  EXPECT_EQ(given, 8u);
  EXPECT_TRUE(notes.warnings.empty());
}

TEST_F(LiveIndexTest, TheTrialOfASourceThatWasDownBringsTransferSyntaxesToo) {
  SourceOptions options = live();
  options.breaker.failures = 1;
  FakeSource& a = add("a", options);
  fill(a, 1, 2);
  connect();
  a.mood = FakeSource::Mood::Down;
  EXPECT_FALSE(source("a").remote->check().ok());
  a.mood = FakeSource::Mood::Well;
  clock_.advance_us(600'000'000);
  ASSERT_EQ(source("a").remote->breaker().state, BreakerView::State::HalfOpen);
  ASSERT_TRUE(taker().take(source("a"), {study_uid(1), "", ""}).ok());
  const auto all = located(store_->index());
  ASSERT_EQ(all.size(), 4u);
  for (const auto& at : all) EXPECT_EQ(at.transfer_syntax_uid, "1.2.840.10008.1.2.1");
  EXPECT_EQ(source("a").remote->breaker().state, BreakerView::State::Closed);
}

TEST_F(LiveIndexTest, WhatIsStoredGoesToTheSourceThatKeepsIt) {
  SourceOptions options = live();
  options.store = true;
  FakeSource& a = add("a", options);
  connect();
  auto refused = sample_draft({2, 1, 1});
  refused.set("PatientComments", "REFUSED");
  std::vector<model::IngestItem> items(3);
  items[0].source = std::make_shared<testing::HeldBytes>(sample({}));
  items[1].source = std::make_shared<testing::HeldBytes>(encode_part10(refused).value());
  items[2].source = std::make_shared<testing::HeldBytes>("no DICOM");
  const auto outcomes = gateway_->ingest().ingest(items);
  ASSERT_TRUE(outcomes.ok()) << outcomes.error().text();
  EXPECT_EQ((*outcomes)[0].kind, model::ItemOutcome::Kind::Stored);
  EXPECT_EQ((*outcomes)[1].kind, model::ItemOutcome::Kind::Refused);
  EXPECT_NE((*outcomes)[1].error->message.find("A700"), std::string::npos);
  EXPECT_EQ((*outcomes)[2].kind, model::ItemOutcome::Kind::Refused);
  EXPECT_EQ(located(store_->index()).size(), 1u);
  EXPECT_EQ(a.stores, 1u);
  a.mood = FakeSource::Mood::Down;
  items.resize(1);
  items[0].source = std::make_shared<testing::HeldBytes>(sample({5, 1, 1}));
  EXPECT_EQ(gateway_->ingest().ingest(items).error().code, ErrorCode::BadGateway);
}

}  // namespace
}  // namespace gateway::sources
