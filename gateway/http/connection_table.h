// All open connections, by number. Decides which thread owns a connection, without locks on the request path.
//
// A ticket holds a generation and two bits: owned (a thread is driving the connection) and pending (something
// happened to it meanwhile). Events name number and generation, so an event of a connection that is gone
// finds nobody. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/http/connection.h"

namespace gateway::http {

class ConnectionTable {
 public:
  explicit ConnectionTable(std::size_t capacity);

  // The key of a new connection, owned by the caller; 0 when the table is full (the connection is left
  // alone).
  std::uint64_t insert(std::unique_ptr<Connection>& connection);
  // The connection, now owned by the caller; null when it is gone, or owned by another, who then gets
  // `pending`.
  Connection* take(std::uint64_t key);
  // Gives ownership back. False when something became pending meanwhile: the caller still owns it and has to
  // go on.
  bool park(std::uint64_t key);
  // Ends a connection that the caller owns.
  void erase(std::uint64_t key);

  std::size_t open() const { return open_.load(std::memory_order_relaxed); }
  // Keys of parked connections: all, or those whose deadline is before `now_us`.
  std::vector<std::uint64_t> parked(std::int64_t now_us) const;

 private:
  struct Slot {
    std::atomic<std::uint64_t> ticket{0};
    std::atomic<std::int64_t> deadline_us{0};
    std::unique_ptr<Connection> connection;
  };
  Slot& slot(std::uint64_t key) { return slots_[key & 0xFFFFFFFFu]; }

  std::vector<Slot> slots_;
  std::mutex mutex_;  // guards free_
  std::vector<std::uint32_t> free_;
  std::atomic<std::size_t> open_{0};
  std::atomic<std::size_t> used_{0};  // slots ever used
};

}  // namespace gateway::http
