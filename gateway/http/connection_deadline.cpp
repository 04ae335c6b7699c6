// How long a parked connection is waited for, and whose fault it is when nothing moves.
#include <poll.h>

#include <algorithm>

#include "gateway/http/connection.h"

namespace gateway::http {
namespace {

constexpr std::int64_t kLingerUs = 2'000'000;
constexpr std::int64_t kProlongUs = 1'000'000;

std::int64_t us(std::uint32_t ms) { return std::int64_t{ms} * 1000; }

}  // namespace

// What the peer sent, or made room for, and nobody has taken up yet, is not the peer's delay. To be told
// apart only where bytes moved since the last time, or no worker came: else a socket that looks ready would
// never end.
bool Connection::waits_for_worker() const {
  if (phase_ == Phase::Linger || tried_) return false;
  pollfd entry{fd(), static_cast<short>(phase_ == Phase::Write ? POLLOUT : POLLIN), 0};
  if (yielded_) entry.events |= POLLOUT;
  return ::poll(&entry, 1, 0) > 0;
}

// A delay that is not the peer's.
void Connection::shift_times(std::int64_t by_us) {
  phase_started_us_ += by_us;
  progress_us_ += by_us;
  if (exchange_ && exchange_->write_started_us) exchange_->write_started_us += by_us;
}

bool Connection::prolong(std::int64_t now_us) {
  if (!waits_for_worker()) return false;
  const std::int64_t shift = now_us + kProlongUs - deadline_us_;
  shift_times(shift);
  deadline_us_ += shift;
  return prolonged_ = true;
}

std::int64_t Connection::deadline_for_rate(std::int64_t started_us, std::uint64_t bytes) const {
  const std::uint64_t rate = std::max<std::uint64_t>(engine_.limits.min_rate, 1);
  const auto earned = static_cast<std::int64_t>(bytes / rate * 1'000'000);
  const std::int64_t by_rate = started_us + us(engine_.limits.head_timeout_ms) + earned;
  return std::min(by_rate, progress_us_ + us(engine_.limits.stall_timeout_ms));
}

void Connection::park() {
  keep_unread();
  const std::int64_t now = engine_.clock.steady_us();
  const Limits& limits = engine_.limits;
  const bool writing = phase_ == Phase::Write || phase_ == Phase::AwaitWrite;
  const std::uint64_t moved = phase_ == Phase::Body ? exchange_->reader->content()
                              : writing             ? exchange_->outgoing.sent()
                                                    : 0;
  if (moved != marked_) progress_us_ = now;
  if (moved != marked_ || turn_bytes_ > 0 || turn_requests_ > 0) tried_ = false;
  marked_ = moved;
  switch (phase_) {
    case Phase::Head: {
      const bool waiting =
          unread_.empty() && !(fresh_ && ends_.secure);  // a TLS handshake is as urgent as a head
      deadline_us_ =
          waiting ? now + us(limits.idle_timeout_ms) : phase_started_us_ + us(limits.head_timeout_ms);
      break;
    }
    case Phase::Body:
      deadline_us_ = deadline_for_rate(phase_started_us_, moved);
      break;
    case Phase::Await:
    case Phase::AwaitWrite:
      deadline_us_ = INT64_MAX;  // the delay is ours
      break;
    case Phase::Write:
      deadline_us_ = deadline_for_rate(exchange_->write_started_us, moved);
      break;
    case Phase::Discard:
      deadline_us_ = phase_started_us_ + us(limits.head_timeout_ms);
      break;
    case Phase::Linger:
      deadline_us_ = phase_started_us_ + kLingerUs;
      break;
    case Phase::Socket:
      deadline_us_ = socket_->deadline_us(us(limits.stall_timeout_ms));
      break;
  }
}

}  // namespace gateway::http
