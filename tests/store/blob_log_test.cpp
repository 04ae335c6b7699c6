// The blob log: what goes into it, when it is trimmed, and what a loss of power leaves.
#include "gateway/store/blob_log.h"

#include <array>
#include <atomic>
#include <filesystem>
#include <thread>

#include "gateway/store/blob_folder.h"
#include "gateway/store/migrations.h"
#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

namespace fs = std::filesystem;
using gateway::testing::make_entry;

// Counts syncs of files, and fails them when told to.
class CountingDisk final : public Disk {
 public:
  Result<void> sync_file(int) const override {
    ++syncs;
    if (fails) return fail(ErrorCode::StoreFailed, "a blob cannot be made durable");
    return {};
  }
  Result<void> sync_folder(const std::string&) const override { return {}; }
  std::atomic<bool> fails = false;
  mutable std::atomic<int> syncs = 0;
};

class LogPlanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    BlobLimits limits;
    limits.log_bytes = 1000;
    limits.log_total = 1500;
    auto opened = BlobFolder::open(folder_.path() + "/blobs", disk_, clock_, limits);
    ASSERT_TRUE(opened.ok());
    blobs_ = std::move(*opened);
  }
  void append(std::size_t size) {
    const std::string content(size, 'x');
    ASSERT_TRUE(blobs_->append(std::array{as_bytes(content)}).ok());
    ASSERT_TRUE(blobs_->sync_by_commit().ok());
  }
  LogPlan plan() {
    auto plan = blobs_->plan_log();
    EXPECT_TRUE(plan.ok());
    return plan.ok() ? *plan : LogPlan();
  }
  void commit() { blobs_->logged(plan()); }

  gateway::testing::TempFolder folder_;
  gateway::testing::FakeClock clock_;
  CountingDisk disk_;
  std::unique_ptr<BlobFolder> blobs_;
};

TEST_F(LogPlanTest, SmallBlobsGoIntoTheLogAsOnePieceAndNeedNoSync) {
  append(100), append(200);
  const LogPlan first = plan();
  ASSERT_EQ(first.add.size(), 1u);
  EXPECT_EQ(first.add[0].bytes, std::string(300, 'x'));
  EXPECT_EQ(plan().add.size(), 1u) << "the transaction failed: the next one has it again";
  blobs_->logged(first);
  EXPECT_TRUE(plan().add.empty());
  EXPECT_EQ(disk_.syncs, 0);
}

TEST_F(LogPlanTest, WhatIsTooMuchForATransactionIsSynced) {
  append(100), append(5000);
  EXPECT_EQ(disk_.syncs, 1);
  EXPECT_TRUE(plan().add.empty());
  append(10);
  EXPECT_EQ(plan().add.size(), 1u);
  EXPECT_EQ(disk_.syncs, 1);
}

TEST_F(LogPlanTest, RowsGoWhenTheirSegmentIsSynced) {
  append(900), commit();
  EXPECT_TRUE(plan().forget.empty());
  append(900), commit();
  EXPECT_EQ(disk_.syncs, 0);
  append(10);
  const LogPlan full = plan();
  EXPECT_EQ(disk_.syncs, 1);
  EXPECT_EQ(full.forget.size(), 1u);
  EXPECT_TRUE(full.add.empty()) << "synced with the others";
  blobs_->logged(full);
  EXPECT_TRUE(plan().forget.empty());
  append(20), commit();
  ASSERT_TRUE(blobs_->sync().ok());
  EXPECT_EQ(plan().forget.size(), 1u) << "whoever synced";
}

TEST_F(LogPlanTest, ABrokenStoreLogsNothing) {
  append(10);
  disk_.fails = true;
  EXPECT_FALSE(blobs_->sync().ok());
  disk_.fails = false;
  EXPECT_FALSE(blobs_->plan_log().ok());
  EXPECT_FALSE(blobs_->sync_by_commit().ok());
}

// Two stores over one folder, as two processes would be.
class SharedLogTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(const Disk* disk = nullptr) {
    auto opened = Store::open({folder_.path() + "/store", true, disk});
    EXPECT_TRUE(opened.ok()) << opened.error().text() << opened.error().detail;
    return opened.ok() ? std::move(*opened) : nullptr;
  }
  static bool put(Store& store, int number, std::size_t size) {
    IndexEntry entry = make_entry({1, 1, 1, number});
    const std::string content(size, static_cast<char>('a' + number % 26));
    auto ref = store.blobs().append(std::array{as_bytes(content)});
    if (!ref.ok() || !store.blobs().sync_by_commit().ok()) return false;
    entry.content = entry.metadata = *ref;
    return store.index().commit(std::vector{entry}).ok();
  }
  static int readable(Store& store) {
    int count = 0;
    const auto done = store.index().locate("", "", "", [&](const model::InstanceLocation& at) {
      const auto read = store.blobs().read(at.content);
      const auto expected =
          static_cast<char>('a' + std::stoi(at.instance_uid.substr(at.instance_uid.rfind('.') + 1)) % 26);
      count += read.ok() && *read == std::string(at.content.length, expected);
      return true;
    });
    EXPECT_TRUE(done.ok());
    return count;
  }
  // The segment that was begun last, as a loss of power may leave it.
  void cut_last_segment() const {
    fs::path last;
    for (const auto& file : fs::directory_iterator(folder_.path() + "/store/blobs/segments"))
      last = std::max(last, file.path());
    fs::resize_file(last, 0);
  }
  gateway::testing::TempFolder folder_;
};

TEST_F(SharedLogTest, ALossOfPowerLosesNothingThatWasCommitted) {
  const CountingDisk disk;
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(put(*open(&disk), i, 3000));
  EXPECT_EQ(readable(*open()), 3) << "each was replayed by the next";
  auto store = open(&disk);
  ASSERT_TRUE(put(*store, 4, 3000));
  EXPECT_EQ(disk.syncs, 2) << "of replays only";
  store.reset();
  cut_last_segment();
  EXPECT_EQ(readable(*open()), 4);
}

TEST_F(SharedLogTest, AnotherProcessMayReplayWhileTheFirstGoesOnWriting) {
  auto first = open();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(put(*first, i, 2000));
    ASSERT_TRUE(put(*open(), 100 + i, 1000));
  }
  EXPECT_EQ(readable(*first), 20);
  first.reset();
  EXPECT_EQ(readable(*open()), 20);
}

TEST_F(SharedLogTest, CallersAtTheSameTimeShareTransactionsAndSyncs) {
  const CountingDisk disk;
  const auto store = open(&disk);
  const std::int64_t before = *store->index().version();
  constexpr int kThreads = 8, kEach = 25;
  std::atomic<int> stored = 0;
  const auto all_put = [&](std::size_t size, int from) {
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) stored += put(*store, from + t * kEach + i, size);
      });
    for (std::thread& thread : threads) thread.join();
  };
  all_put(2'000, 0);
  EXPECT_LT(*store->index().version() - before, kThreads * kEach * 3 / 4);
  EXPECT_EQ(disk.syncs, 0);
  all_put(300'000, kThreads * kEach);
  EXPECT_LE(disk.syncs, kThreads * kEach);
  EXPECT_EQ(stored, 2 * kThreads * kEach);
  EXPECT_EQ(readable(*store), stored);
}

TEST(ReplayLog, RefusesNamesThatAreNoSegments) {
  const gateway::testing::TempFolder folder;
  auto database = Database::open(folder.path() + "/index.sqlite", Database::Access::Write, 1000, false);
  ASSERT_TRUE(database.ok() && migrate(**database).ok());
  ASSERT_TRUE(write_log(**database, {{{"../../etc/passwd", 0, "x"}}, {}, 1}).ok());
  EXPECT_FALSE(replay_log(**database, folder.path(), Disk::without_sync()).ok());
  ASSERT_TRUE(write_log(**database, {{}, {"../../etc/passwd"}, 1}).ok());
  EXPECT_TRUE(replay_log(**database, folder.path(), Disk::without_sync()).ok());
}

}  // namespace
}  // namespace gateway::store
