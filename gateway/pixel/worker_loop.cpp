// The life of a worker process: run_codec_worker() of worker_pool.h.
#include <errno.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "gateway/pixel/worker_pool.h"
#include "gateway/pixel/worker_protocol.h"

namespace gateway::pixel {

using model::Frame;

namespace {

constexpr std::size_t kLargeFrame = 32 << 20;

bool read_all(int fd, char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::read(fd, to, size);
    if (got == 0 || (got < 0 && errno != EINTR)) return false;
    if (got > 0) to += got, size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno != EINTR) return false;
    if (put > 0) bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void set_limit(int resource, std::uint64_t soft) {
  rlimit limit{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(soft, limit.rlim_max);
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
}

// Limits hold from the job on: processor time is counted over the life of a process.
void apply_limits(const Job& job) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their shadow memory is larger
  if (job.memory_bytes > 0) set_limit(RLIMIT_AS, job.memory_bytes);
#endif
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = static_cast<std::uint64_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
  if (job.processor_seconds > 0) set_limit(RLIMIT_CPU, seconds + job.processor_seconds + 1);
}

Result<Frame> work(PixelService& codecs, const Job& job, std::string bytes) {
  switch (job.kind) {
    case Job::Kind::Decode:
      return codecs.decode(job.from, job.format, as_bytes(bytes));
    case Job::Kind::Encode:
      return codecs.encode(job.to, Frame{job.format, std::move(bytes)}, job.options);
    case Job::Kind::Transcode:
      return codecs.transcode(job.from, job.format, as_bytes(bytes), job.to, job.options);
  }
  return fail(ErrorCode::Internal, "a codec worker was asked for something unknown");
}

bool serve_one(int socket, PixelService& codecs) {
  MessageHead head;
  if (!read_all(socket, reinterpret_cast<char*>(&head), sizeof head) || !head.plausible()) return false;
  std::string fields(head.field_bytes, '\0'), bytes(head.frame_bytes, '\0');
  if (!read_all(socket, fields.data(), fields.size()) || !read_all(socket, bytes.data(), bytes.size()))
    return false;
  const auto job = unpack_job(fields);
  if (!job) return false;
  apply_limits(*job);
  const auto made = work(codecs, *job, std::move(bytes));
  const std::string outcome = pack_outcome(made.ok() ? Outcome(made->format) : Outcome(made.error()));
  const std::string_view frame = made.ok() ? std::string_view(made->bytes) : std::string_view();
  const MessageHead reply{kWorkerMark, static_cast<std::uint32_t>(outcome.size()), frame.size()};
  return write_all(socket, std::string_view(reinterpret_cast<const char*>(&reply), sizeof reply)) &&
         write_all(socket, outcome) && write_all(socket, frame);
}

}  // namespace

int run_codec_worker(int socket) {
  InlinePixelService codecs;
  return run_codec_worker(socket, codecs);
}

int run_codec_worker(int socket, PixelService& codecs) {
  ::prctl(PR_SET_PDEATHSIG,
          SIGKILL);  // of the starting thread; a gateway that is gone already closed the socket
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  std::signal(SIGPIPE, SIG_IGN);
  set_limit(RLIMIT_CORE, 0);
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(kLargeFrame));  // large frames go back to the system
  const std::uint32_t mark = kWorkerMark;
  if (!write_all(socket, std::string_view(reinterpret_cast<const char*>(&mark), sizeof mark))) return 1;
  while (serve_one(socket, codecs)) {
  }
  return 0;
}

}  // namespace gateway::pixel
