// Crew: a few threads that do what may take long, while the one who asked waits no longer than it wants to.
//
// Thread-safe. Work that is not waited for any more runs to its own end; the destructor waits for that.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gateway::sources {

class Crew {
 public:
  explicit Crew(std::size_t threads, std::size_t most_waiting = 1024);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  // False: too much is waiting already; the work is not done.
  bool add(std::function<void()> work);

 private:
  void run();

  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gateway::sources
