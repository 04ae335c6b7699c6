#include "gateway/sources/crew.h"

#include "gateway/base/log.h"

namespace gateway::sources {

Crew::Crew(std::size_t threads, std::size_t most_waiting) : most_waiting_(most_waiting) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Crew::~Crew() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    waiting_.clear();
  }
  moved_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Crew::add(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || waiting_.size() >= most_waiting_) return false;
    waiting_.push_back(std::move(work));
  }
  moved_.notify_one();
  return true;
}

void Crew::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    moved_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const std::function<void()> work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      work();
    } catch (const std::exception& fault) {  // of memory; who waits for it is told by its deadline
      log::error("source_work_failed", {{"reason", fault.what()}});
    }
    lock.lock();
  }
}

}  // namespace gateway::sources
