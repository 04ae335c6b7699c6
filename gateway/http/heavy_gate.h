// Lets few heavy requests work at once and keeps the others waiting in order, so that light requests always
// find a worker. Work is the handler, and later each turn in which parts of the answer may have to be made.
//
// Who waits is known by the key of its connection. A place is not handed over: next() names who may try, and
// that connection, once a worker has it, calls claim(). So no place is lost with a connection that goes away.
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>

namespace gateway::http {

class HeavyGate {
 public:
  enum class Entry : std::uint8_t { Run, Wait, Full };
  HeavyGate(std::uint32_t at_once, std::size_t queue) : at_once_(at_once), queue_(queue) {}

  // Run: the caller runs now and calls leave() afterwards. Wait: it is the last in the queue.
  Entry enter(std::uint64_t key);
  // For a request that has begun to answer: it goes before those that have not, and is never refused. False:
  // it waits.
  bool go_on(std::uint64_t key);
  // Whether the waiting `key` has a place now; as enter() with Run.
  bool claim(std::uint64_t key);
  void leave();
  void forget(std::uint64_t key);  // waits no longer
  // The first that waits while a place is free; 0 when there is none.
  std::uint64_t next() const;

 private:
  void count();

  const std::uint32_t at_once_;
  const std::size_t queue_;
  mutable std::mutex mutex_;  // guards what follows
  std::uint32_t running_ = 0;
  std::deque<std::uint64_t> begun_, waiting_;
  std::atomic<std::size_t> waiting_count_{0};  // so that next() costs nothing when nobody waits
};

}  // namespace gateway::http
