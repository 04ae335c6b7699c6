#include "gateway/sources/breaker.h"

#include <gtest/gtest.h>

#include <new>

#include "gateway/sources/guarded_source.h"
#include "mappers/dicom/writer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_source.h"

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

TEST_F(BreakerTest, WhatIsThrownDoesNotKeepTheBreakerWaiting) {
  Metrics metrics;
  auto fake = std::make_unique<testing::FakeSource>("pacs");
  testing::FakeSource& pacs = *fake;
  GuardedSource source(std::move(fake), {1, 1'000, 4'000}, clock_, metrics);
  pacs.mood = testing::FakeSource::Mood::Down;
  EXPECT_FALSE(source.check().ok());
  clock_.advance_us(2'000'000);  // half open
  pacs.mood = testing::FakeSource::Mood::Well;
  pacs.add(mappers::dicom::encode_part10(mappers::dicom::Draft()
                                             .set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2")
                                             .set("SOPInstanceUID", "1.2.3.4")
                                             .set("StudyInstanceUID", "1.2")
                                             .set("SeriesInstanceUID", "1.2.3"))
               .value());
  const auto fetched =
      source.fetch({"1.2", "", ""}, [](const auto&) -> Result<void> { throw std::bad_alloc(); });
  ASSERT_FALSE(fetched.ok());
  EXPECT_EQ(fetched.error().code, ErrorCode::Internal);
  EXPECT_TRUE(source.check().ok());
}

}  // namespace
}  // namespace gateway::sources
