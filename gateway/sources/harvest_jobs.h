// HarvestJobs: one background thread for each source that is harvested: at its interval, and when asked to.
//
// Thread-safe. All that it is given must outlive it; the destructor stops the runs and waits for them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/sources/harvest.h"

namespace gateway::sources {

class HarvestJobs {
 public:
  HarvestJobs(const Sources& sources, Taker& taker, model::HarvestStore& store, const Clock& clock);
  ~HarvestJobs();
  HarvestJobs(const HarvestJobs&) = delete;
  HarvestJobs& operator=(const HarvestJobs&) = delete;

  // Begins the intervals; a run that was ended in the middle goes on at once. Call once.
  void start();
  // Ends the runs and begins none any more; does not wait.
  void stop();
  // Begins a run now, unless one is under way. Error: NotFound for a source that is none.
  Result<void> request(std::string_view source);
  Result<void> cancel(std::string_view source);
  Result<HarvestState> state(std::string_view source) const;

 private:
  struct Job {
    std::unique_ptr<Harvest> harvest;
    std::thread thread;
    bool requested = false, running = false;
  };
  void work(Job& job);
  std::int64_t wait_ms(const Job& job) const;
  Result<Job*> find(std::string_view source) const;

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable moved_;
  bool ending_ = false;
  std::vector<std::unique_ptr<Job>> jobs_;
};

}  // namespace gateway::sources
