#include "gateway/sources/flights.h"

namespace gateway::sources {

std::optional<Flights::Landed> Flights::Flight::wait(std::int64_t wait_ms) const {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto end = progress_->last() + std::chrono::milliseconds(wait_ms);
    if (moved_.wait_until(lock, end, [&] { return landed_.has_value(); })) return landed_;
    if (progress_->last() + std::chrono::milliseconds(wait_ms) <= end) return std::nullopt;
  }
}

Flights::Boarding Flights::board(const std::string& key, std::shared_ptr<Progress> progress) {
  const std::lock_guard lock(mutex_);
  auto& flight = flights_[key];
  if (flight) return {flight, false};
  flight = std::make_shared<Flight>(key, progress ? std::move(progress) : std::make_shared<Progress>());
  return {flight, true};
}

void Flights::land(const Flight& flight, const Landed& landed) {
  std::shared_ptr<Flight> here;
  {
    const std::lock_guard lock(mutex_);
    const auto found = flights_.find(flight.key_);
    if (found == flights_.end() || found->second.get() != &flight) return;
    here = std::move(found->second);
    flights_.erase(found);
  }
  {
    const std::lock_guard lock(here->mutex_);
    here->landed_ = landed;
  }
  here->moved_.notify_all();
}

std::size_t Flights::in_the_air() const {
  const std::lock_guard lock(mutex_);
  return flights_.size();
}

}  // namespace gateway::sources
