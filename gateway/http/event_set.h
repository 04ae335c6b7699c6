// The epoll set on which all workers wait, and the means to wake them. Edge-triggered for connections: who
// owns a connection is the table's matter, so that no system call is needed to arm it again after each
// request. Thread-safe.
#pragma once

#include <cstdint>

#include "gateway/base/result.h"

namespace gateway::http {

class EventSet {
 public:
  struct Event {
    std::uint64_t key = 0;
    bool ended = false;  // the peer closed, or the socket is broken
  };
  static constexpr std::uint64_t kWake = 0xFFFFFFFF;

  EventSet();
  ~EventSet();
  EventSet(const EventSet&) = delete;
  EventSet& operator=(const EventSet&) = delete;
  bool ok() const { return epoll_ >= 0 && wake_ >= 0; }

  void add_connection(int fd, std::uint64_t key);
  // An event for the connection as soon as its socket takes or has bytes: it wants another turn.
  void requeue_connection(int fd, std::uint64_t key);
  // A listener reports once, then has to be armed again.
  void add_listener(int fd, std::uint64_t key);
  void rearm_listener(int fd, std::uint64_t key);
  void remove(int fd);
  Event wait();
  void wake_all();  // from now on, every wait() ends at once with kWake

 private:
  int epoll_;
  int wake_;
};

}  // namespace gateway::http
