// kill -9 or a loss of power at any moment loses no acknowledged instance; several processes and threads may
// write at once.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "gateway/store/disk.h"
#include "tests/store/store_fixture.h"

namespace gateway::store {
namespace {

using gateway::testing::make_entry;

// Some are too large for the blob log.
std::string content_of(const std::string& uid) {
  const std::size_t size = uid.ends_with(".17") ? 300'000 : uid.size() % 7 * 1000;
  return uid + std::string(size, '#') + uid;
}

// Stores one entry with real blobs, in the order of an ingest: bytes, durability, commit.
bool store_batch(Store& store, int writer, int batch, int size,
                 const std::function<void(const std::string&)>& acknowledge) {
  std::vector<IndexEntry> entries;
  for (int i = 0; i < size; ++i) {
    IndexEntry entry = make_entry({writer, writer * 1000 + batch % 5, 1 + batch, i});
    const std::string content = content_of(entry.object.instance.uid);
    auto ref = store.blobs().append(std::array{as_bytes(content)});
    auto metadata = store.blobs().append(std::array{as_bytes("{}")});
    if (!ref.ok() || !metadata.ok()) return false;
    entry.content = *ref;
    entry.metadata = *metadata;
    entries.push_back(std::move(entry));
  }
  if (!store.blobs().sync_by_commit().ok()) return false;
  const auto outcomes = store.index().commit(entries);
  if (!outcomes.ok()) return false;
  for (const IndexEntry& entry : entries) acknowledge(entry.object.instance.uid);
  return true;
}

// Notes in a file how much of each segment was synced, "name size" a line.
class NotingDisk final : public Disk {
 public:
  explicit NotingDisk(const std::string& path)
      : notes_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}
  Result<void> sync_file(int fd) const override {
    const auto size = std::filesystem::file_size("/proc/self/fd/" + std::to_string(fd));
    TRY(Disk::sync_file(fd));
    const auto name = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)).filename();
    const std::string line = name.string() + " " + std::to_string(size) + "\n";
    if (::write(notes_.fd(), line.data(), line.size()) < 0) ::_exit(4);
    return {};
  }

 private:
  FileHandle notes_;
};

// The worst that a loss of power may do to the blobs: what no sync covered is gone.
void lose_power(const std::string& folder, const std::string& notes) {
  std::map<std::string, std::uintmax_t> synced;
  std::ifstream in(notes);
  for (auto [name, size] = std::pair<std::string, std::uintmax_t>(); in >> name >> size;) synced[name] = size;
  for (const auto& file : std::filesystem::directory_iterator(folder + "/blobs/segments"))
    if (const auto kept = synced[file.path().filename()]; kept < file.file_size())
      std::filesystem::resize_file(file.path(), kept);
}

// Writes batches for ever; each acknowledged UID goes into the pipe in one line.
[[noreturn]] void child_main(const std::string& folder, int round, int pipe) {
  const NotingDisk disk(folder + ".synced");
  auto store = Store::open({folder, true, &disk});
  if (!store.ok()) ::_exit(1);
  for (int batch = 0;; ++batch) {
    const bool stored = store_batch(**store, round, batch, 1 + batch % 20, [&](const std::string& uid) {
      const std::string line = uid + "\n";
      if (::write(pipe, line.data(), line.size()) < 0) ::_exit(2);
    });
    if (!stored) ::_exit(3);
  }
}

// Reads what the child acknowledged and kills it after `lines` of them.
std::vector<std::string> run_and_kill(const std::string& folder, int round, std::size_t lines) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    child_main(folder, round, ends[1]);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[512];
  bool killed = false;
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
    if (killed || static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) < lines) continue;
    ::kill(child, SIGKILL);
    killed = true;
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(killed) << "the child stopped by itself";
  std::vector<std::string> uids;
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    uids.push_back(text.substr(at, end - at));
  return uids;
}

std::optional<std::string> stored_content(Store& store, const std::string& uid) {
  std::optional<std::string> content;
  const auto done = store.index().locate("", "", uid, [&](const model::InstanceLocation& location) {
    auto read = store.blobs().read(location.content);
    if (read.ok() && store.blobs().read(location.metadata).ok()) content = *read;
    return true;
  });
  return done.ok() ? content : std::nullopt;
}

class CrashTest : public ::testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/store"; }
  void run_round(int round, std::size_t lines) {
    for (auto& uid : run_and_kill(path(), round, lines)) acknowledged_.insert(std::move(uid));
  }
  void expect_all_there() {
    auto store = Store::open({path(), true, &disk_});
    ASSERT_TRUE(store.ok()) << store.error().text();
    for (const std::string& uid : acknowledged_)
      ASSERT_EQ(stored_content(**store, uid), content_of(uid)) << uid;
    const auto totals = (*store)->index().totals();
    ASSERT_TRUE(totals.ok());
    EXPECT_GE(totals->instances, acknowledged_.size());
    EXPECT_EQ(totals->instances, *(*store)->index().count({Level::Instance, {}, 0, 0}));
    EXPECT_EQ(totals->instances, (*store)->datasets().statistics({})->instances)
        << "a batch is there as a whole";
  }

  gateway::testing::TempFolder folder_;
  const NotingDisk disk_{path() + ".synced"};
  std::mt19937 random_{20261122};
  std::set<std::string> acknowledged_;
};

TEST_F(CrashTest, KillAtAnyMomentLosesNoAcknowledgedInstance) {
  for (int round = 1; round <= 10; ++round) {
    run_round(round, 1 + random_() % 150);
    ASSERT_NO_FATAL_FAILURE(expect_all_there());
  }
  EXPECT_GT(acknowledged_.size(), 10u);
}

// The longer rounds outgrow the blob log, so that it is trimmed.
TEST_F(CrashTest, ALossOfPowerAtAnyMomentLosesNoAcknowledgedInstance) {
  for (int round = 1; round <= 8; ++round) {
    run_round(round, 1 + random_() % (round % 4 == 0 ? 3'000 : 150));
    lose_power(path(), path() + ".synced");
    ASSERT_NO_FATAL_FAILURE(expect_all_there());
  }
  EXPECT_GT(acknowledged_.size(), 10u);
}

class ConcurrencyTest : public StoreTest {};

TEST_F(ConcurrencyTest, WritersAndReadersOfOneProcessDoNotDisturbEachOther) {
  constexpr int kWriters = 3, kBatches = 30, kSize = 10;
  std::atomic<int> stored = 0;
  std::atomic<bool> done = false, consistent = true;
  std::vector<std::thread> threads;
  for (int writer = 1; writer <= kWriters; ++writer)
    threads.emplace_back([&, writer] {
      for (int batch = 0; batch < kBatches; ++batch)
        store_batch(*store_, writer, batch, kSize, [&](const std::string&) { ++stored; });
    });
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader)
    readers.emplace_back([&] {
      while (!done) {
        const auto rows = store_->index().studies({Level::Study, {}, 100, 0}, model::Depth::Instances);
        const auto statistics = store_->datasets().statistics({});
        if (!rows.ok() || !statistics.ok()) {
          consistent = false;
          continue;
        }
        for (const auto& row : *rows) {
          std::size_t instances = 0;
          for (const auto& series : row.series) instances += series.instances.size();
          if (instances != row.instance_count) consistent = false;
        }
      }
    });
  for (auto& thread : threads) thread.join();
  done = true;
  for (auto& thread : readers) thread.join();
  EXPECT_EQ(stored, kWriters * kBatches * kSize);
  EXPECT_EQ(index().totals()->instances, static_cast<std::uint64_t>(stored));
  EXPECT_TRUE(consistent) << "a reader saw counts and rows of different moments";
}

TEST_F(ConcurrencyTest, TheSameInstanceFromManyThreadsIsStoredOnce) {
  std::atomic<int> stored = 0, identical = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const auto outcomes = index().commit(std::vector{make_entry({1, 1, 1, i})});
        if (!outcomes.ok()) continue;
        ++(outcomes->at(0) == CommitOutcome::Stored ? stored : identical);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(stored, 20);
  EXPECT_EQ(identical, 140);
}

TEST_F(ConcurrencyTest, AFaultyBatchDoesNotHarmThoseCommittedWithIt) {
  std::atomic<int> stored = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int t = 1; t <= 6; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        IndexEntry entry = make_entry({t, t, 1, i});
        if (t % 2) entry.object.instance.uid.clear();
        ++(index().commit(std::vector{entry}).ok() ? stored : refused);
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(stored, 60);
  EXPECT_EQ(refused, 60);
  EXPECT_EQ(index().totals()->instances, 60u);
}

TEST(ProcessesTest, TwoProcessesWriteIntoOneFolder) {
  const gateway::testing::TempFolder folder;
  const std::string path = folder.path() + "/store";
  constexpr int kBatches = 20;
  std::vector<pid_t> children;
  for (int writer = 1; writer <= 2; ++writer) {
    const pid_t child = ::fork();
    if (child != 0) {
      children.push_back(child);
      continue;
    }
    auto store = Store::open({path, false});
    int stored = 0;
    for (int batch = 0; store.ok() && batch < kBatches; ++batch)
      store_batch(**store, writer, batch, 5, [&](const std::string&) { ++stored; });
    ::_exit(stored == kBatches * 5 ? 0 : 1);
  }
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  auto store = Store::open({path, false});
  ASSERT_TRUE(store.ok());
  EXPECT_EQ((*store)->index().totals()->instances, 2u * kBatches * 5);
  int readable = 0;
  auto done = (*store)->index().locate("", "", "", [&](const model::InstanceLocation& location) {
    readable += *(*store)->blobs().read(location.content) == content_of(location.instance_uid);
    return true;
  });
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(readable, 2 * kBatches * 5);
}

}  // namespace
}  // namespace gateway::store
