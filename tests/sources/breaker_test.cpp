#include "gateway/sources/breaker.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace gateway::sources {
namespace {

using State = BreakerView::State;

class BreakerTest : public ::testing::Test {
 protected:
  void fail_once() {
    ASSERT_TRUE(breaker_.enter().ok());
    const Error down = fail(ErrorCode::BadGateway, "pacs cannot be reached");
    breaker_.done(&down);
  }
  void succeed() {
    ASSERT_TRUE(breaker_.enter().ok());
    breaker_.done(nullptr);
  }
  State state() const { return breaker_.view().state; }

  testing::FakeClock clock_;
  Breaker breaker_{"pacs", {3, 1'000, 4'000}, clock_};
};

TEST_F(BreakerTest, OpensAfterThreeFailuresInARowOnly) {
  fail_once();
  fail_once();
  succeed();
  fail_once();
  fail_once();
  EXPECT_EQ(state(), State::Closed);
  fail_once();
  EXPECT_EQ(state(), State::Open);
}

TEST_F(BreakerTest, AnOpenBreakerRefusesWithTheNameAndTheLastFault) {
  for (int i = 0; i < 3; ++i) fail_once();
  const auto entered = breaker_.enter();
  ASSERT_FALSE(entered.ok());
  EXPECT_EQ(entered.error().code, ErrorCode::BadGateway);
  EXPECT_NE(entered.error().message.find("pacs is not asked"), std::string::npos) << entered.error().message;
  EXPECT_NE(entered.error().message.find("cannot be reached"), std::string::npos);
  EXPECT_EQ(breaker_.view().refused, 1u);
}

TEST_F(BreakerTest, HalfOpenLetsOneCallThroughAndClosesWhenItSucceeds) {
  for (int i = 0; i < 3; ++i) fail_once();
  clock_.advance_us(1'000'000);
  EXPECT_EQ(state(), State::HalfOpen);
  ASSERT_TRUE(breaker_.enter().ok());
  EXPECT_FALSE(breaker_.enter().ok()) << "a second trial at the same time";
  breaker_.done(nullptr);
  EXPECT_EQ(state(), State::Closed);
  succeed();
}

TEST_F(BreakerTest, TheWaitDoublesUpToItsBound) {
  for (int i = 0; i < 3; ++i) fail_once();
  for (const std::int64_t wait_ms : {1'000, 2'000, 4'000, 4'000}) {
    EXPECT_EQ(breaker_.view().wait_left_ms, wait_ms);
    clock_.advance_us(wait_ms * 1000 - 1);
    EXPECT_EQ(state(), State::Open);
    clock_.advance_us(1);
    fail_once();
  }
}

TEST_F(BreakerTest, AnAnswerThatSomethingIsNotThereIsNoFault) {
  const Error missing = fail(ErrorCode::NotFound, "not there");
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(breaker_.enter().ok());
    breaker_.done(&missing);
  }
  EXPECT_EQ(state(), State::Closed);
}

}  // namespace
}  // namespace gateway::sources
