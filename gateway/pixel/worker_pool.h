// WorkerPool: the codecs in separate processes, so that a crash, a hang or a leak of a codec library costs
// one request only.
//
// Workers are started on demand by running `command` with a socket as descriptor 3, one job at a time each;
// they have limits of memory and processor time, no other descriptors, and end with the gateway. A worker
// that dies or misses the deadline is replaced. The program behind `command` calls
// run_codec_worker(kWorkerSocket). Thread-safe; the destructor ends all workers.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/pixel/pixel_service.h"

namespace gateway::pixel {

struct WorkerPoolOptions {
  std::vector<std::string> command;  // program (a path) and arguments
  std::size_t workers = 2;
  std::chrono::milliseconds deadline{20'000};  // of one job; small frames have less
  std::chrono::milliseconds wait{10'000};      // for a free worker
  std::size_t waiting = 256;                   // more requests than these do not wait
  std::uint64_t memory_bytes = 4ull << 30;     // address space of a worker
  std::uint64_t jobs_per_worker = 10'000;      // then it is replaced
};

struct WorkerPoolStatus {
  std::size_t running = 0;    // processes
  std::uint64_t started = 0;  // since the beginning
  std::uint64_t crashed = 0;
  std::uint64_t late = 0;  // killed at the deadline
};

class WorkerPool final : public PixelService {
 public:
  explicit WorkerPool(WorkerPoolOptions options);
  ~WorkerPool() override;
  Result<model::Frame> decode(std::string_view transfer_syntax, const model::ImageFormat& format,
                              ByteSpan encoded) override;
  Result<model::Frame> encode(std::string_view transfer_syntax, const model::Frame& frame,
                              const EncodeOptions& options) override;
  Result<model::Frame> transcode(std::string_view from, const model::ImageFormat& format, ByteSpan encoded,
                                 std::string_view to, const EncodeOptions& options) override;
  WorkerPoolStatus status() const;

 private:
  class Pool;
  std::unique_ptr<Pool> pool_;
};

inline constexpr int kWorkerSocket = 3;  // the descriptor that a worker is given

// The life of a worker: answers jobs from the socket until it closes. Returns the exit code of the process.
int run_codec_worker(int socket);
// The same with other codecs: tests use some that crash.
int run_codec_worker(int socket, PixelService& codecs);

}  // namespace gateway::pixel
