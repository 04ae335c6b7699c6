// WorkerProcess: one child process that runs codecs, and the socket to it. Internal to the pool.
//
// Used by one thread at a time. The destructor ends the process and waits for its end, so no process is left
// over whatever happened before.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/pixel/worker_protocol.h"

namespace gateway::pixel {

using Deadline = std::chrono::steady_clock::time_point;

class WorkerProcess {
 public:
  // Starts the program and waits until it reports for work. The kernel ends the process together with the
  // calling thread, which must therefore outlive it. Error: Internal.
  static Result<std::unique_ptr<WorkerProcess>> start(const std::vector<std::string>& command,
                                                      Deadline deadline);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  enum class End { Answered, Died, Late };
  struct Answer {
    End end = End::Died;
    std::string fields, frame;
  };
  // Sends a job and receives the answer. After anything but Answered the process is of no use any more.
  Answer exchange(std::string_view fields, ByteSpan frame, Deadline deadline);
  // False when it died while nothing was asked of it.
  bool is_alive() const;
  // Ends it and says how it ended, e.g. "signal 11".
  std::string end();
  std::uint64_t jobs = 0;

 private:
  WorkerProcess(pid_t pid, int socket) : pid_(pid), socket_(socket) {}
  End send(std::string_view bytes, Deadline deadline);
  End receive(char* to, std::size_t size, Deadline deadline);
  End receive_text(std::string& to, std::size_t size, Deadline deadline);
  End wait(short events, Deadline deadline);

  pid_t pid_;
  int socket_;
};

}  // namespace gateway::pixel
