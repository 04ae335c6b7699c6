// Flights: one fetch for all who want the same object at the same time.
//
// The first who asks sees to it that somebody flies; all wait for what it brings, as long as the flight gets
// on. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "gateway/model/ports.h"

namespace gateway::sources {

// When a transfer last got on: shared by all the objects that come with it, so that nobody waits anew for one
// that stands still.
class Progress {
 public:
  void made() { last_ = std::chrono::steady_clock::now(); }
  std::chrono::steady_clock::time_point last() const { return last_; }
  // Once: who finds that it takes too long says so.
  bool blame() { return !blamed_.exchange(true); }

 private:
  std::atomic<std::chrono::steady_clock::time_point> last_ = std::chrono::steady_clock::now();
  std::atomic<bool> blamed_ = false;
};

class Flights {
 public:
  using Landed = Result<model::BlobView>;
  class Flight {
   public:
    Flight(std::string key, std::shared_ptr<Progress> progress)
        : key_(std::move(key)), progress_(std::move(progress)) {}
    // Nothing when it does not land and has not got on for `wait_ms`.
    std::optional<Landed> wait(std::int64_t wait_ms) const;
    Progress& progress() const { return *progress_; }

   private:
    friend class Flights;
    const std::string key_;
    const std::shared_ptr<Progress> progress_;
    mutable std::mutex mutex_;
    mutable std::condition_variable moved_;
    std::optional<Landed> landed_;
  };
  struct Boarding {
    std::shared_ptr<Flight> flight;
    bool first = false;  // who is first has to have it landed
  };

  // `progress`: of the transfer that it will come with; null: one of its own.
  Boarding board(const std::string& key, std::shared_ptr<Progress> progress = nullptr);
  // Once for each flight; wakes all who wait. Nothing happens when it has landed already, though another one
  // for the same object may be in the air by then.
  void land(const Flight& flight, const Landed& landed);
  std::size_t in_the_air() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace gateway::sources
