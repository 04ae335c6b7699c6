// A clock that stands still until a test moves it. Thread-safe.
#pragma once

#include <atomic>

#include "gateway/base/clock.h"

namespace gateway::testing {

class FakeClock final : public Clock {
 public:
  static constexpr std::int64_t kStart = 1'795'370'936'000'000;  // 2026-11-22T18:08:56Z
  explicit FakeClock(std::int64_t utc_us = kStart) : utc_us_(utc_us) {}

  std::int64_t utc_us() const override { return utc_us_; }
  std::int64_t steady_us() const override { return steady_us_; }
  void advance_us(std::int64_t duration) {
    utc_us_ += duration;
    steady_us_ += duration;
  }
  // A jump of the wall clock only, as when somebody sets it.
  void set_utc_us(std::int64_t utc_us) { utc_us_ = utc_us; }

 private:
  std::atomic<std::int64_t> utc_us_;
  std::atomic<std::int64_t> steady_us_{0};
};

}  // namespace gateway::testing
