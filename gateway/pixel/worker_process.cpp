#include "gateway/pixel/worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace gateway::pixel {
namespace {

constexpr int kWorkerSocket = 3;  // the descriptor that the program is told to use
constexpr int kSocketBuffer = 1 << 20;
constexpr std::size_t kFirstPiece = 1 << 20;

// What a worker may know of its parent's environment, which may hold secrets: where programs, libraries, the
// data dictionary and temporary files are, and the language of messages.
std::vector<std::string> worker_environment() {
  std::vector<std::string> lines;
  for (const char* name : {"PATH", "LD_LIBRARY_PATH", "DCMDICTPATH", "TMPDIR", "LANG", "LC_ALL"})
    if (const char* value = std::getenv(name)) lines.push_back(std::string(name) + "=" + value);
  return lines;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Three descriptors and the socket, default signals, the environment above: all that a worker inherits.
class SpawnSettings {
 public:
  explicit SpawnSettings(int socket) {
    posix_spawn_file_actions_init(&files_);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      posix_spawn_file_actions_addopen(&files_, fd, "/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files_, socket, kWorkerSocket);
    posix_spawn_file_actions_addclosefrom_np(&files_, kWorkerSocket + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  // 0, or what went wrong, also in finding the program.
  int run(const std::vector<std::string>& command, pid_t& pid) const {
    const std::vector<std::string> environment = worker_environment();
    std::vector<char*> words = pointers_to(command), variables = pointers_to(environment);
    return ::posix_spawn(&pid, words[0], &files_, &attributes_, words.data(), variables.data());
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

Error cannot_start(std::string detail) {
  return fail(ErrorCode::Internal, "a codec worker cannot be started", "", std::move(detail));
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const std::vector<std::string>& command,
                                                            Deadline deadline) {
  int pair[2];
  if (command.empty()) return cannot_start("no program is given");
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return cannot_start(std::strerror(errno));
  for (const int fd : pair) ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSocketBuffer, sizeof kSocketBuffer);
  ::fcntl(pair[0], F_SETFL, O_NONBLOCK);
  pid_t pid = -1;
  const int fault = SpawnSettings(pair[1]).run(command, pid);
  ::close(pair[1]);
  if (fault != 0) {
    ::close(pair[0]);
    return cannot_start(command[0] + ": " + std::strerror(fault));
  }
  std::unique_ptr<WorkerProcess> worker(new WorkerProcess(pid, pair[0]));
  std::uint32_t mark = 0;
  const End end = worker->receive(reinterpret_cast<char*>(&mark), sizeof mark, deadline);
  if (end != End::Answered || mark != kWorkerMark)
    return cannot_start(command[0] + " did not report for work: " + worker->end());
  return worker;
}

WorkerProcess::~WorkerProcess() { end(); }

std::string WorkerProcess::end() {
  if (pid_ <= 0) return "ended";
  ::close(socket_);
  int status = 0;
  pid_t waited = ::waitpid(pid_, &status, WNOHANG);
  if (waited == 0) {
    ::kill(pid_, SIGKILL);
    while ((waited = ::waitpid(pid_, &status, 0)) < 0 && errno == EINTR) {
    }
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

bool WorkerProcess::is_alive() const {
  pollfd poll{socket_, POLLIN, 0};
  return ::poll(&poll, 1, 0) == 0;  // it speaks only when asked: anything else is its end
}

WorkerProcess::End WorkerProcess::wait(short events, Deadline deadline) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return End::Late;
    pollfd poll{socket_, events, 0};
    const int ready = ::poll(&poll, 1, static_cast<int>(std::min<std::int64_t>(left.count() + 1, 60'000)));
    if (ready > 0) return End::Answered;
    if (ready < 0 && errno != EINTR) return End::Died;
  }
}

WorkerProcess::End WorkerProcess::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (const End end = wait(POLLOUT, deadline); end != End::Answered) return end;
    } else if (errno != EINTR) {
      return End::Died;
    }
  }
  return End::Answered;
}

WorkerProcess::End WorkerProcess::receive(char* to, std::size_t size, Deadline deadline) {
  while (size > 0) {
    const ssize_t got = ::recv(socket_, to, size, 0);
    if (got == 0) return End::Died;
    if (got > 0) {
      to += got;
      size -= static_cast<std::size_t>(got);
    } else if (errno == EAGAIN) {
      if (const End end = wait(POLLIN, deadline); end != End::Answered) return end;
    } else if (errno != EINTR) {
      return End::Died;
    }
  }
  return End::Answered;
}

// Memory is taken as bytes arrive, not as they are announced.
WorkerProcess::End WorkerProcess::receive_text(std::string& to, std::size_t size, Deadline deadline) {
  while (to.size() < size) {
    const std::size_t have = to.size();
    to.resize(std::min(size, std::max(kFirstPiece, have * 2)));
    if (const End end = receive(&to[have], to.size() - have, deadline); end != End::Answered) return end;
  }
  return End::Answered;
}

WorkerProcess::Answer WorkerProcess::exchange(std::string_view fields, ByteSpan frame, Deadline deadline) {
  ++jobs;
  const MessageHead head{kWorkerMark, static_cast<std::uint32_t>(fields.size()), frame.size()};
  std::string begin(reinterpret_cast<const char*>(&head), sizeof head);
  begin += fields;
  Answer answer;
  MessageHead reply;
  answer.end = send(begin, deadline);
  if (answer.end == End::Answered) answer.end = send(as_text(frame), deadline);
  // A worker may answer and end before it has read all, so the answer is looked for in any case.
  if (answer.end != End::Late) answer.end = receive(reinterpret_cast<char*>(&reply), sizeof reply, deadline);
  if (answer.end == End::Answered && !reply.plausible()) answer.end = End::Died;
  if (answer.end == End::Answered) answer.end = receive_text(answer.fields, reply.field_bytes, deadline);
  if (answer.end == End::Answered) answer.end = receive_text(answer.frame, reply.frame_bytes, deadline);
  return answer;
}

}  // namespace gateway::pixel
