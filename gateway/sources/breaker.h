// Breaker: stops asking a source that keeps failing, and tries again after a wait that doubles each time.
//
// Closed: every call goes through. Open: calls are refused at once, with the source's last fault. Half open:
// the wait is over and one call goes through; it closes the breaker or opens it for longer. Thread-safe; the
// clock must outlive it.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/base/result.h"

namespace gateway::sources {

struct BreakerOptions {
  unsigned failures = 3;  // in a row, until it opens
  std::int64_t first_wait_ms = 1'000;
  std::int64_t longest_wait_ms = 60'000;
};

struct BreakerView {
  enum class State : std::uint8_t { Closed, Open, HalfOpen };
  State state = State::Closed;
  unsigned failures_in_a_row = 0;
  std::uint64_t refused = 0;      // calls that it did not let through
  std::int64_t wait_left_ms = 0;  // Open
  std::string last_error;         // the last fault of the source, also when it is well again
  std::int64_t last_error_us = 0;
};
std::string_view name_of(BreakerView::State state);  // "closed", "open", "half-open"

class Breaker {
 public:
  Breaker(std::string name, const BreakerOptions& options, const Clock& clock)
      : name_(std::move(name)), options_(options), clock_(clock) {}

  // Before a call. Error: BadGateway naming the source. When it succeeds, exactly one done() follows.
  Result<void> enter();
  // After it: nullptr, or its error. Faults of the way or of the source count, all others are answers.
  void done(const Error* error);
  // A fault beside the calls: one that is still under way takes longer than anybody waits.
  void blame(const Error& error);
  BreakerView view() const;

 private:
  BreakerView::State state_now() const;
  void count_fault(const Error& error);

  const std::string name_;
  const BreakerOptions options_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  unsigned failures_ = 0;
  bool open_ = false, trial_ = false;
  std::int64_t wait_ms_ = 0, until_us_ = 0;  // of the steady clock
  std::uint64_t refused_ = 0;
  std::string last_error_;
  std::int64_t last_error_us_ = 0;
};

}  // namespace gateway::sources
