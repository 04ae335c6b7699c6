#include "gateway/base/clock.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

constexpr std::int64_t kMoment = 1'795'370'936'123'456;  // 2026-11-22T18:08:56.123456Z

TEST(Iso8601, WritesSecondsOrMilliseconds) {
  EXPECT_EQ(iso8601(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(iso8601(kMoment), "2026-11-22T18:08:56Z");
  EXPECT_EQ(iso8601(kMoment, true), "2026-11-22T18:08:56.123Z");
}

TEST(Iso8601, KnowsLeapDays) { EXPECT_EQ(iso8601(1'709'164'800'000'000), "2024-02-29T00:00:00Z"); }

TEST(HttpDate, IsTheFixedFormOfRfc9110) {
  EXPECT_EQ(http_date(784'111'777'000'000), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(kMoment), "Sun, 22 Nov 2026 18:08:56 GMT");
}

TEST(SystemClock, MonotonicTimeDoesNotGoBack) {
  const Clock& clock = Clock::system();
  const auto first = clock.steady_us();
  EXPECT_GE(clock.steady_us(), first);
  EXPECT_GT(clock.utc_us(), 1'600'000'000'000'000);
}

}  // namespace
}  // namespace gateway
