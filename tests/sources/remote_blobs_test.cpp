#include "gateway/sources/remote_blobs.h"

#include <dirent.h>

#include <fstream>
#include <thread>

#include "gateway/sources/remote_ref.h"
#include "tests/sources/sources_fixture.h"

namespace gateway::sources {
namespace {

// Whether it comes true in a time that is too long for anything but a fault.
template <class Condition>
bool soon(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

using testing::FakeSource;

std::size_t entries(const char* folder) {
  std::size_t count = 0;
  DIR* dir = ::opendir(folder);
  while (dir && ::readdir(dir)) ++count;
  if (dir) ::closedir(dir);
  return count;
}

class RemoteBlobsTest : public SourcesTest {
 protected:
  model::BlobRef ref(const SampleNumbers& n, const std::string& source = "pacs") {
    return *remote_ref(source, {study_uid(n.study), series_uid(n.study, n.series), instance_uid(n)});
  }
  std::string open(const SampleNumbers& n) {
    const auto view = gateway_->blobs().open(ref(n));
    error_ = view.ok() ? std::nullopt : std::optional(view.error());
    return view.ok() ? bytes_of(*view) : "";
  }
};

TEST_F(RemoteBlobsTest, OpeningOneInstanceMovesExactlyOneInstance) {
  FakeSource& pacs = add("pacs");
  fill(pacs, 2, 5);
  EXPECT_EQ(open({1, 1, 3}), sample({1, 1, 3}));
  EXPECT_EQ(pacs.moved_objects, 1u);
  EXPECT_EQ(open({1, 1, 3}), sample({1, 1, 3}));
  EXPECT_EQ(pacs.fetches, 1u) << "the second time it comes from the cache";
}

TEST_F(RemoteBlobsTest, AnAddressIsAskedOnlyWhenItIsThatOfASource) {
  FakeSource& pacs = add("pacs");
  fill(pacs, 1, 2);
  pacs.service_root = "https://PACS.example/dicomweb/";
  const auto known = gateway_->blobs().open(ref({1, 1, 2}, "https://pacs.example/dicomweb"));
  ASSERT_TRUE(known.ok()) << known.error().text();
  EXPECT_EQ(bytes_of(*known), sample({1, 1, 2}));
  for (const char* address :
       {"https://pacs.example/other", "http://pacs.example/dicomweb", "https://evil.example"}) {
    const auto refused = gateway_->blobs().open(ref({1, 1, 1}, address));
    ASSERT_FALSE(refused.ok()) << address;
    EXPECT_NE(refused.error().message.find(address), std::string::npos) << refused.error().message;
  }
  const auto nowhere = gateway_->blobs().open(ref({1, 1, 1}, std::string(kNowhere)));
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(pacs.moved_objects, 1u);
}

TEST_F(RemoteBlobsTest, AHundredReadersAtOnceShareOneFetch) {
  FakeSource& pacs = add("pacs");
  fill(pacs, 1, 1);
  pacs.hold();
  std::atomic<int> good = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 100; ++i)
    readers.emplace_back([&] {
      const auto view = gateway_->blobs().open(ref({}));
      if (view.ok() && bytes_of(*view) == sample({})) ++good;
    });
  EXPECT_TRUE(soon([&] { return pacs.fetches > 0; }));
  pacs.let_go();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(good, 100);
  EXPECT_EQ(pacs.fetches, 1u);
  EXPECT_EQ(pacs.moved_objects, 1u);
}

TEST_F(RemoteBlobsTest, NobodyWaitsLongerThanTheSourceMayTakeAndTheObjectComesAllTheSame) {
  SourceOptions options;
  options.wait_ms = 200;  // a flight that has not begun by then is given up, and nothing is fetched
  FakeSource& pacs = add("pacs", options);
  fill(pacs, 1, 1);
  pacs.hold();
  for (int reader = 0; reader < 5; ++reader) {
    open({});
    ASSERT_TRUE(error_);
    EXPECT_EQ(error_->code, ErrorCode::GatewayTimeout);
    EXPECT_NE(error_->message.find("pacs"), std::string::npos);
  }
  pacs.let_go();
  ASSERT_TRUE(soon([&] { return gateway_->cache().view().objects > 0; }));
  EXPECT_EQ(open({}), sample({}));
  EXPECT_EQ(pacs.fetches, 1u);
}

TEST_F(RemoteBlobsTest, ASourceThatIsLateForObjectAfterObjectIsNotAskedForThousands) {
  SourceOptions options;
  options.wait_ms = 200;  // a flight that has not begun by then is given up, and nothing is fetched
  FakeSource& pacs = add("pacs", options);
  fill(pacs, 1, 4);
  pacs.hold();
  for (int instance = 1; instance <= 3; ++instance) open({1, 1, instance});
  EXPECT_EQ(source("pacs").remote->breaker().state, BreakerView::State::Open);
  ASSERT_TRUE(soon([&] { return pacs.fetches >= 3; }));
  open({1, 1, 4});
  EXPECT_TRUE(error_);
  pacs.let_go();
  EXPECT_EQ(pacs.fetches, 3u);
}

TEST(Flights, TheEndOfOneDoesNotLandTheNextOfTheSameObject) {
  Flights flights;
  const auto first = flights.board("x");
  flights.land(*first.flight, fail(ErrorCode::BadGateway, "first"));
  const auto second = flights.board("x");
  EXPECT_TRUE(second.first);
  flights.land(*first.flight, fail(ErrorCode::BadGateway, "again"));
  EXPECT_EQ(flights.in_the_air(), 1u);
  EXPECT_FALSE(second.flight->wait(0));
}

TEST_F(RemoteBlobsTest, ASeriesThatStandsStillIsWaitedForOnce) {
  SourceOptions options;
  options.wait_ms = 200;
  FakeSource& pacs = add("pacs", options);
  fill(pacs, 1, 5);
  pacs.hold();
  std::vector<model::BlobRef> refs;
  for (int instance = 1; instance <= 5; ++instance) refs.push_back(ref({1, 1, instance}));
  gateway_->blobs().prefetch(refs);
  for (int instance = 1; instance <= 5; ++instance) {
    open({1, 1, instance});
    ASSERT_TRUE(error_);
    EXPECT_EQ(error_->code, ErrorCode::GatewayTimeout);
  }
  EXPECT_EQ(source("pacs").remote->breaker().failures_in_a_row, 1u);
  pacs.let_go();
  ASSERT_TRUE(soon([&] { return gateway_->cache().view().objects >= 5; }));
  EXPECT_EQ(pacs.fetches, 1u);
}

TEST_F(RemoteBlobsTest, StoppingEndsWhatIsUnderWay) {
  FakeSource& pacs = add("pacs");
  fill(pacs, 1, 1);
  connect();
  pacs.hold();
  std::thread reader([&] { open({}); });
  EXPECT_TRUE(soon([&] { return pacs.fetches > 0; }));
  gateway_->stop();
  reader.join();
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, ErrorCode::BadGateway);
}

TEST_F(RemoteBlobsTest, EveryFaultIsANamedError) {
  SourceOptions options;
  options.breaker.failures = 1000;
  FakeSource& pacs = add("pacs", options);
  fill(pacs, 1, 2);
  const std::pair<FakeSource::Mood, ErrorCode> faults[] = {
      {FakeSource::Mood::Down, ErrorCode::BadGateway},
      {FakeSource::Mood::Late, ErrorCode::GatewayTimeout},
      {FakeSource::Mood::Garbage, ErrorCode::BadGateway},
      {FakeSource::Mood::AnotherObject, ErrorCode::BadGateway},
      {FakeSource::Mood::Nothing, ErrorCode::Gone}};
  for (const auto& [mood, code] : faults) {
    pacs.mood = mood;
    EXPECT_EQ(open({}), "");
    ASSERT_TRUE(error_);
    EXPECT_EQ(error_->code, code);
    EXPECT_NE(error_->message.find("pacs"), std::string::npos) << error_->message;
  }
  pacs.mood = FakeSource::Mood::Well;
  EXPECT_EQ(open({}), sample({}));
}

TEST_F(RemoteBlobsTest, AnObjectThatTheSourceDeletedIsGone) {
  FakeSource& pacs = add("pacs");
  fill(pacs, 1, 2);
  pacs.remove(instance_uid({}));
  open({});
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, ErrorCode::Gone);
}

TEST_F(RemoteBlobsTest, TenThousandFaultsLoseNeitherThreadsNorDescriptorsNorFiles) {
  SourceOptions options;
  options.breaker.failures = 1'000'000;
  FakeSource& pacs = add("pacs", options);
  fill(pacs, 1, 2);
  open({1, 2, 1});
  const std::size_t descriptors = entries("/proc/self/fd"), threads = entries("/proc/self/task"),
                    files = entries((folder_ / "cache").c_str());
  for (int i = 0; i < 10'000; ++i) {
    pacs.mood = static_cast<FakeSource::Mood>(1 + i % 5);
    open({});
    ASSERT_TRUE(error_);
  }
  EXPECT_LE(entries("/proc/self/fd"), descriptors);
  EXPECT_EQ(entries("/proc/self/task"), threads);
  EXPECT_EQ(entries((folder_ / "cache").c_str()), files);
}

TEST_F(RemoteBlobsTest, ASeriesOfWhichAllIsWantedComesInOneRequest) {
  FakeSource& pacs = add("pacs");
  fill(pacs, 1, 5);
  std::vector<model::BlobRef> refs;
  for (int instance = 1; instance <= 5; ++instance) refs.push_back(ref({1, 1, instance}));
  gateway_->blobs().prefetch(refs);
  EXPECT_EQ(pacs.fetches, 1u);
  EXPECT_EQ(pacs.moved_objects, 5u) << "and nothing of the other series";
  for (int instance = 1; instance <= 5; ++instance)
    EXPECT_EQ(open({1, 1, instance}), sample({1, 1, instance}));
  EXPECT_EQ(pacs.fetches, 1u);
}

TEST_F(RemoteBlobsTest, TheCacheKeepsToItsLimitAndOpenDescriptorsStayValid) {
  const std::size_t one = sample({}).size();
  open_gateway(3 * one + one / 2);
  FakeSource& pacs = add("pacs");
  fill(pacs, 1, 5);
  const auto first = gateway_->blobs().open(ref({1, 1, 1}));
  ASSERT_TRUE(first.ok());
  for (int instance = 2; instance <= 5; ++instance) open({1, 1, instance});
  EXPECT_LE(gateway_->cache().view().bytes, 3 * one + one / 2);
  EXPECT_EQ(gateway_->cache().view().objects, 3u);
  EXPECT_EQ(bytes_of(*first), sample({1, 1, 1})) << "dropped, but still open";
  open({1, 1, 1});
  EXPECT_EQ(pacs.fetches, 6u) << "fetched again";
}

TEST_F(RemoteBlobsTest, TheCacheSurvivesARestartButNotATornFile) {
  fill(add("pacs"), 1, 2);
  open({1, 1, 1});
  open({1, 1, 2});
  const std::string name = sha256_hex(ref({1, 1, 2}).name);
  const std::string path = folder_ / "cache" + "/" + name.substr(0, 2) + "/" + name + "-" +
                           std::to_string(sample({1, 1, 2}).size());
  std::ofstream(path) << "torn";
  open_gateway();
  FakeSource& pacs = add("pacs");
  fill(pacs, 1, 2);
  EXPECT_EQ(open({1, 1, 1}), sample({1, 1, 1}));
  EXPECT_EQ(pacs.fetches, 0u);
  EXPECT_EQ(open({1, 1, 2}), sample({1, 1, 2}));
  EXPECT_EQ(pacs.fetches, 1u);
}

TEST_F(RemoteBlobsTest, FilesOfOthersInTheFolderOfTheCacheAreLeftAlone) {
  const std::string others[] = {"thesis.txt", "new-thoughts", sha256_hex("x") + "-old"};
  for (const std::string& name : others) std::ofstream(folder_ / "cache" + "/" + name) << "not ours";
  std::ofstream(folder_ / "cache" + "/new-17") << "ours, and torn";
  open_gateway();
  for (const std::string& name : others)
    EXPECT_TRUE(std::filesystem::exists(folder_ / "cache" + "/" + name)) << name;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "cache" + "/new-17"));
}

TEST_F(RemoteBlobsTest, AnObjectLargerThanTheCacheIsServedAllTheSame) {
  open_gateway(16);
  FakeSource& pacs = add("pacs");
  fill(pacs, 1, 1);
  EXPECT_EQ(open({}), sample({}));
  EXPECT_EQ(gateway_->cache().view().objects, 0u);
  EXPECT_EQ(*gateway_->blobs().length(ref({})), sample({}).size());
}

TEST(RemoteRef, AnAddressFromOutsideNeverNamesASource) {
  const model::RemoteId id{"1.2", "1.2.3", "1.2.3.4"};
  for (const char* address : {"", "pacs", "ftp://pacs.example"})
    EXPECT_EQ(remote_ref_at(address, id)->name, "? 1.2 1.2.3 1.2.3.4") << address;
  EXPECT_EQ(remote_ref_at("https://pacs.example/rs", id)->name, "https://pacs.example/rs 1.2 1.2.3 1.2.3.4");
}

}  // namespace
}  // namespace gateway::sources
