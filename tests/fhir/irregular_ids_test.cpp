#include "gateway/fhir/irregular_ids.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "mappers/fhir/render.h"
#include "tests/support/fake_index.h"

namespace gateway::fhir {
namespace {

// Tells how many studies were handed out, and can hold its first reader until it is let go.
class WatchedIndex : public testing::FakeIndex {
 public:
  Result<std::vector<model::StudyRow>> studies(const model::Query& query, model::Depth depth) const override {
    if (held && !reader_in.try_wait()) {
      reader_in.count_down();
      go.wait();
    }
    ++calls;
    if (broken) return fail(ErrorCode::StoreBusy, "busy");
    auto rows = FakeIndex::studies(query, depth);
    handed_out += rows->size();
    return rows;
  }
  mutable std::atomic<std::size_t> calls = 0, handed_out = 0;
  std::atomic<bool> broken = false;
  bool held = false;
  mutable std::latch reader_in{1}, go{1};
};

class IrregularIdsTest : public ::testing::Test {
 protected:
  void add(const std::string& uid) {
    model::StudyRow row;
    row.study.uid = uid;
    index_.add(row);
  }
  std::string uid_of(const std::string& id) {
    const auto uid = ids_.study_uid(id);
    return uid.ok() && *uid ? **uid : "failed";
  }
  static std::string digest(const std::string& uid) { return mappers::fhir::imaging_study_id(uid); }

  const std::string unknown_ = "h" + std::string(32, '0');
  WatchedIndex index_;
  IrregularIds ids_{index_};
};

TEST_F(IrregularIdsTest, EachStudyIsLookedAtOnce) {
  for (int n = 0; n < 2500; ++n) add("1.2." + std::to_string(n));
  add("1_1");
  EXPECT_EQ(uid_of(digest("1_1")), "1_1");
  EXPECT_EQ(index_.handed_out, 2501u);
  for (int n = 0; n < 10; ++n) {
    add("2_" + std::to_string(n));
    EXPECT_EQ(uid_of(unknown_), unknown_);
  }
  EXPECT_EQ(uid_of(digest("2_0")), "2_0");
  EXPECT_EQ(index_.handed_out, 2511u);
}

TEST_F(IrregularIdsTest, NothingIsReadForWhatIsKnownOrWhileNothingChanges) {
  add("1_1");
  EXPECT_EQ(uid_of(digest("1_1")), "1_1");
  const std::size_t calls = index_.calls;
  EXPECT_EQ(uid_of(unknown_), unknown_);
  ++index_.index_version;
  EXPECT_EQ(uid_of(digest("1_1")), "1_1");
  EXPECT_EQ(uid_of("1.2.3"), "1.2.3");
  EXPECT_EQ(index_.calls, calls);
}

TEST_F(IrregularIdsTest, CallersAtTheSameTimeShareOneLookAndKnownIdsDoNotWait) {
  add("1_1");
  EXPECT_EQ(uid_of(digest("1_1")), "1_1");
  add("2_2");
  index_.held = true;
  std::vector<std::jthread> callers;
  for (int n = 0; n < 4; ++n) callers.emplace_back([&] { EXPECT_EQ(uid_of(digest("2_2")), "2_2"); });
  index_.reader_in.wait();
  EXPECT_EQ(uid_of(digest("1_1")), "1_1");  // the look is under way
  index_.go.count_down();
  callers.clear();
  EXPECT_EQ(index_.calls, 2u);
}

TEST_F(IrregularIdsTest, AFailedLookIsRepeatedByTheNextCaller) {
  add("1_1");
  index_.broken = true;
  EXPECT_FALSE(ids_.study_uid(digest("1_1")).ok());
  index_.broken = false;
  EXPECT_EQ(uid_of(digest("1_1")), "1_1");
}

}  // namespace
}  // namespace gateway::fhir
