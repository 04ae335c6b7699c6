#include "gateway/pixel/worker_pool.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <new>
#include <thread>

#include "gateway/base/log.h"
#include "gateway/pixel/worker_process.h"

namespace gateway::pixel {

using model::Frame;
using model::ImageFormat;
using std::chrono::steady_clock;
using Worker = std::unique_ptr<WorkerProcess>;

namespace {

constexpr std::chrono::seconds kStartTime{10};
constexpr std::chrono::milliseconds kLeastTime{4'000}, kTimePerMegabyte{500};  // slowest codec: 10 MB/s

// Runs tasks on one thread that lives as long as this: the kernel ends a worker when the thread that started
// it ends, and threads that serve requests come and go.
class Starter {
 public:
  Starter() : thread_([this] { run(); }) {}
  ~Starter() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  Starter(const Starter&) = delete;
  Starter& operator=(const Starter&) = delete;

  Result<Worker> start(const std::vector<std::string>& command) {
    std::packaged_task<Result<Worker>()> task(
        [&] { return WorkerProcess::start(command, steady_clock::now() + kStartTime); });
    auto made = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
    return made.get();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      auto task = std::move(tasks_.front());
      tasks_.erase(tasks_.begin());
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::packaged_task<Result<Worker>()>> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

class WorkerPool::Pool {
 public:
  explicit Pool(WorkerPoolOptions options) : options_(std::move(options)) {}

  Result<Frame> run(Job job, ByteSpan bytes) {
    job.memory_bytes = options_.memory_bytes;
    job.processor_seconds =
        static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(options_.deadline).count());
    if (bytes.size() > kMostMessageBytes)
      return fail(ErrorCode::DicomLimit, "a frame is larger than allowed", syntaxes(job));
    const std::string fields = pack_job(job);
    if (!unpack_job(fields))
      return fail(ErrorCode::Unprocessable, "no frame can have such a format", syntaxes(job));
    Worker worker = TRY(acquire());
    WorkerProcess::Answer answer;
    try {
      answer = worker->exchange(fields, bytes, steady_clock::now() + time_for(job, bytes.size()));
    } catch (const std::bad_alloc&) {  // the place of this worker must not be lost with it
      failed(std::move(worker), WorkerProcess::End::Died, job);
      return fail(ErrorCode::Overloaded, "there is no memory for a frame", syntaxes(job));
    }
    if (answer.end != WorkerProcess::End::Answered) return failed(std::move(worker), answer.end, job);
    auto outcome = unpack_outcome(answer.fields);
    if (outcome && outcome->ok() && !is_sound(job, **outcome, answer.frame)) outcome.reset();
    if (!outcome) return failed(std::move(worker), WorkerProcess::End::Died, job);
    release(std::move(worker));
    if (!outcome->ok()) return outcome->error();
    return Frame{std::move(**outcome), std::move(answer.frame)};
  }

  WorkerPoolStatus status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  // A few hostile bytes must not hold a worker as long as an honest large frame may.
  std::chrono::milliseconds time_for(const Job& job, std::uint64_t bytes) const {
    const auto megabytes = static_cast<std::int64_t>(std::max(job.format.frame_bytes(), bytes) >> 20);
    return std::min<std::chrono::milliseconds>(options_.deadline, kLeastTime + megabytes * kTimePerMegabyte);
  }

  static std::string syntaxes(const Job& job) {
    return job.from.empty() || job.to.empty() ? job.from + job.to : job.from + " to " + job.to;
  }

  // Who uses a decoded frame trusts its format, so the worker is not trusted with it.
  static bool is_sound(const Job& job, const ImageFormat& format, std::string_view bytes) {
    if (format.rows != job.format.rows || format.columns != job.format.columns) return false;
    return job.kind != Job::Kind::Decode || bytes.size() == format.frame_bytes();
  }

  // An idle worker, a new one, or the next that becomes free.
  Result<Worker> acquire() {
    std::unique_lock lock(mutex_);
    const auto available = [this] { return !idle_.empty() || status_.running < options_.workers; };
    if (!available()) {
      if (waiting_ >= options_.waiting) return fail(ErrorCode::Overloaded, "too many frames are waiting");
      ++waiting_;
      const bool came = free_.wait_for(lock, options_.wait, available);
      --waiting_;
      if (!came) return fail(ErrorCode::Overloaded, "no codec worker became free in time");
    }
    while (!idle_.empty()) {
      Worker worker = std::move(idle_.back());
      idle_.pop_back();
      if (worker->is_alive()) return worker;
      --status_.running;
    }
    ++status_.running;
    lock.unlock();
    return start();
  }

  Result<Worker> start() {
    auto worker = starter_.start(options_.command);
    const std::lock_guard lock(mutex_);
    if (worker.ok()) {
      ++status_.started;
    } else {
      --status_.running;
      free_.notify_one();
      log::error("codec worker not started", {{"detail", worker.error().detail}});
    }
    return worker;
  }

  void release(Worker worker) {
    const bool worn = worker->jobs >= options_.jobs_per_worker;
    if (worn) worker.reset();
    const std::lock_guard lock(mutex_);
    if (worker)
      idle_.push_back(std::move(worker));
    else
      --status_.running;
    free_.notify_one();
  }

  Error failed(Worker worker, WorkerProcess::End end, const Job& job) {
    const bool late = end == WorkerProcess::End::Late;
    const std::string how = worker->end();
    worker.reset();
    {
      const std::lock_guard lock(mutex_);
      --status_.running;
      ++(late ? status_.late : status_.crashed);
      free_.notify_one();
    }
    log::warning("codec worker lost", {{"transfer_syntax", syntaxes(job)}, {"late", late}, {"end", how}});
    return fail(ErrorCode::Unprocessable,
                late ? "the codec took longer than allowed for this frame" : "the codec failed on this frame",
                syntaxes(job), how);
  }

  const WorkerPoolOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable free_;
  std::size_t waiting_ = 0;
  WorkerPoolStatus status_;
  Starter starter_;  // outlives the workers
  std::vector<Worker> idle_;
};

WorkerPool::WorkerPool(WorkerPoolOptions options) : pool_(std::make_unique<Pool>(std::move(options))) {}
WorkerPool::~WorkerPool() = default;

Result<Frame> WorkerPool::decode(std::string_view transfer_syntax, const ImageFormat& format,
                                 ByteSpan encoded) {
  Job job;
  job.kind = Job::Kind::Decode;
  job.from = transfer_syntax;
  job.format = format;
  return pool_->run(std::move(job), encoded);
}

Result<Frame> WorkerPool::encode(std::string_view transfer_syntax, const Frame& frame,
                                 const EncodeOptions& options) {
  Job job;
  job.kind = Job::Kind::Encode;
  job.to = transfer_syntax;
  job.format = frame.format;
  job.options = options;
  return pool_->run(std::move(job), as_bytes(frame.bytes));
}

Result<Frame> WorkerPool::transcode(std::string_view from, const ImageFormat& format, ByteSpan encoded,
                                    std::string_view to, const EncodeOptions& options) {
  Job job;
  job.kind = Job::Kind::Transcode;
  job.from = from;
  job.to = to;
  job.format = format;
  job.options = options;
  return pool_->run(std::move(job), encoded);
}

WorkerPoolStatus WorkerPool::status() const { return pool_->status(); }

}  // namespace gateway::pixel
