#include "gateway/sources/breaker.h"

#include <algorithm>

namespace gateway::sources {

using State = BreakerView::State;

std::string_view name_of(State state) {
  return state == State::Closed ? "closed" : state == State::Open ? "open" : "half-open";
}

State Breaker::state_now() const {
  if (!open_) return State::Closed;
  return clock_.steady_us() < until_us_ ? State::Open : State::HalfOpen;
}

Result<void> Breaker::enter() {
  const std::lock_guard lock(mutex_);
  const State state = state_now();
  if (state == State::Closed) return {};
  if (state == State::HalfOpen && !trial_) {
    trial_ = true;
    return {};
  }
  ++refused_;
  const std::int64_t left_ms = std::max<std::int64_t>(until_us_ - clock_.steady_us(), 0) / 1000;
  return fail(ErrorCode::BadGateway,
              name_ + " is not asked for another " + std::to_string((left_ms + 999) / 1000) + " s, after " +
                  std::to_string(failures_) + " failures in a row; the last one: " + last_error_);
}

void Breaker::done(const Error* error) {
  const std::lock_guard lock(mutex_);
  const bool fault =
      error && (error->code == ErrorCode::BadGateway || error->code == ErrorCode::GatewayTimeout);
  trial_ = false;
  if (!fault) {
    failures_ = 0;
    open_ = false;
    wait_ms_ = 0;
    return;
  }
  count_fault(*error);
}

void Breaker::blame(const Error& error) {
  const std::lock_guard lock(mutex_);
  count_fault(error);
}

void Breaker::count_fault(const Error& error) {
  ++failures_;
  last_error_ = error.message;
  last_error_us_ = clock_.utc_us();
  const bool was_waiting = open_ && clock_.steady_us() < until_us_;
  if (failures_ < options_.failures || was_waiting) return;  // calls begun before it opened say nothing new
  wait_ms_ = std::min(std::max(wait_ms_ * 2, options_.first_wait_ms), options_.longest_wait_ms);
  until_us_ = clock_.steady_us() + wait_ms_ * 1000;
  open_ = true;
}

BreakerView Breaker::view() const {
  const std::lock_guard lock(mutex_);
  BreakerView view;
  view.state = state_now();
  view.failures_in_a_row = failures_;
  view.refused = refused_;
  if (view.state == State::Open) view.wait_left_ms = (until_us_ - clock_.steady_us()) / 1000;
  view.last_error = last_error_;
  view.last_error_us = last_error_us_;
  return view;
}

}  // namespace gateway::sources
