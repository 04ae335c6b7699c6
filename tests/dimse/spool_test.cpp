#include "gateway/dimse/spool.h"

#include <gtest/gtest.h>

namespace gateway::dimse {
namespace {

TEST(Spool, LeavesTheStoreItsReserveOfTheDisk) {
  DimseLimits limits;
  limits.spool_above = 1'000;
  std::uint64_t free = 10ull << 30;
  limits.room = [&](int) { return DiskRoom{free, 100ull << 30}; };
  Spool spool(limits);
  const std::string block(1 << 20, 'x');
  ASSERT_TRUE(spool.append(as_bytes(block)).ok());
  free = 512 << 20;
  Result<void> appended;
  for (int i = 0; i < 20 && appended.ok(); ++i) appended = spool.append(as_bytes(block));
  ASSERT_FALSE(appended.ok());
  EXPECT_EQ(appended.error().code, ErrorCode::StoreBusy);
}

TEST(Spool, SmallObjectsNeedNoDisk) {
  DimseLimits limits;
  limits.room = [](int) { return DiskRoom{0, 100ull << 30}; };
  Spool spool(limits);
  ASSERT_TRUE(spool.append(as_bytes(std::string_view("small"))).ok());
  EXPECT_EQ((*spool.finish())->size(), 5u);
}

}  // namespace
}  // namespace gateway::dimse
