// Where bodies go: memory while the share of all lasts, then files while the disk has room.
#include "gateway/http/body_store.h"

#include <cerrno>

#include "gateway/http/exchange.h"
#include "http_fixture.h"

namespace {

using namespace tests;

class Bodies : public ::testing::Test {
 protected:
  bool in_file(const ByteSource& body) const { return dynamic_cast<const FileSource*>(&body) != nullptr; }
  std::string text_of(const ByteSource& body) const {
    std::string text(body.size(), '\0');
    EXPECT_TRUE(body.read_at(0, std::as_writable_bytes(std::span(text))).ok());
    return text;
  }
  TemporaryFolder folder;
  std::shared_ptr<ByteBudget> memory = std::make_shared<ByteBudget>(20'000);
  std::shared_ptr<ByteBudget> disk = std::make_shared<ByteBudget>(1'000'000);
  SpoolConfig config{folder.path(), 15'000, memory, disk};
};

TEST_F(Bodies, ShareOneMemoryAndGiveItBack) {
  BodyStore first(config);
  ASSERT_TRUE(first.append(std::string(14'000, 'a')).ok());
  auto kept = first.finish();
  EXPECT_FALSE(in_file(*kept));
  {
    BodyStore second(config);
    ASSERT_TRUE(second.append(std::string(3'000, 'b')).ok());
    ASSERT_TRUE(second.append(std::string(6'000, 'c')).ok());
    const auto spooled = second.finish();
    EXPECT_TRUE(in_file(*spooled));
    EXPECT_EQ(text_of(*spooled), std::string(3'000, 'b') + std::string(6'000, 'c'));
  }
  kept.reset();
  BodyStore third(config);
  ASSERT_TRUE(third.append(std::string(14'000, 'd')).ok());
  EXPECT_FALSE(in_file(*third.finish()));
  EXPECT_TRUE(memory->take(20'000));  // all came back
  EXPECT_TRUE(disk->take(1'000'000));
}

TEST_F(Bodies, TakeMemoryOnlyForWhatArrived) {
  config.in_memory = 1 << 30;
  memory = std::make_shared<ByteBudget>(1 << 20);
  config.memory = memory;
  BodyStore store(config);
  ASSERT_TRUE(store.append("x").ok());
  EXPECT_TRUE(memory->take((1 << 20) - (4 << 10)));
}

TEST_F(Bodies, AreRefusedBeforeTheDiskIsFull) {
  config.in_memory = 0;
  DiskRoom room{100ull << 30, 200ull << 30};
  config.room = [&](int) { return room; };
  disk = std::make_shared<ByteBudget>(1ull << 40);
  config.disk = disk;
  BodyStore store(config);
  ASSERT_TRUE(store.append("x").ok());
  room.free = 1ull << 30;
  const std::string block(1 << 20, 'x');
  int blocks = 0;
  Result<void> result;
  for (; blocks < 100 && result.ok(); ++blocks) result = store.append(block);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::Overloaded);
  EXPECT_LE(blocks, 64);
}

TEST(DiskReserve, IsAGigabyteOrTheTwentiethPartOfASmallDisk) {
  constexpr std::uint64_t kGiB = 1ull << 30;
  EXPECT_TRUE(leaves_reserve({3 * kGiB, 1000 * kGiB}, kGiB));
  EXPECT_FALSE(leaves_reserve({2 * kGiB - 1, 1000 * kGiB}, kGiB));
  EXPECT_TRUE(leaves_reserve({100 << 20, kGiB}, 10 << 20));
  EXPECT_FALSE(leaves_reserve({60 << 20, kGiB}, 10 << 20));
  EXPECT_FALSE(leaves_reserve({0, 0}, 1));
}

TEST(AccessLog, NamesParametersAndNeverTheirValues) {
  Request request;
  request.query = {{"PatientName", "Miller^Anna"},
                   {"limit", "5"},
                   {"00100020", "P-17"},
                   {"Miller Anna", "x"},
                   {"P-17", ""}};
  EXPECT_EQ(parameter_names(request), "PatientName,limit,?,?,?");
  request.query.assign(5000, {"a", "b"});
  EXPECT_LT(parameter_names(request).size(), 600u);
  EXPECT_EQ(parameter_names(Request{}), "");
}

}  // namespace
