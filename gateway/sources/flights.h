// Flights: one fetch for all who want the same object at the same time.
//
// The first who asks flies; the others wait for what it brings, as long as they are willing to. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "gateway/model/ports.h"

namespace gateway::sources {

class Flights {
 public:
  using Landed = Result<model::BlobView>;
  class Flight {
   public:
    // Nothing when it did not land in time.
    std::optional<Landed> wait(std::int64_t wait_ms) const;

   private:
    friend class Flights;
    mutable std::mutex mutex_;
    mutable std::condition_variable moved_;
    std::optional<Landed> landed_;
  };
  struct Boarding {
    std::shared_ptr<Flight> flight;
    bool first = false;  // who is first has to land it
  };

  Boarding board(const std::string& key);
  // Once for each flight; wakes all who wait. Nothing happens when it has landed already.
  void land(const std::string& key, const Landed& landed);
  std::size_t in_the_air() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace gateway::sources
