#include "gateway/dimse/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "gateway/base/log.h"
#include "gateway/dimse/scp.h"
#include "gateway/dimse/secure_layer.h"

namespace gateway::dimse {
namespace {

constexpr int kLookMs = 250;
constexpr std::chrono::milliseconds kGrace{500};  // the association's own deadline comes first
constexpr std::size_t kMaxRefusing = 16;  // associations beyond the limit that are told so; others are closed

Error cannot_listen(const DimseServerOptions& options, const char* why) {
  return fail(ErrorCode::StoreBusy,
              "the DICOM port " + std::to_string(options.port) + " cannot be opened: " + why, options.host);
}

Result<int> listen_on(const DimseServerOptions& options) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  const std::string port = std::to_string(options.port);
  if (const int fault = ::getaddrinfo(options.host.c_str(), port.c_str(), &hints, &found); fault || !found)
    return cannot_listen(options, ::gai_strerror(fault));
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool ready = fd >= 0 && ::bind(fd, found->ai_addr, found->ai_addrlen) == 0 && ::listen(fd, 128) == 0;
  const int fault = errno;
  ::freeaddrinfo(found);
  if (ready) return fd;
  if (fd >= 0) ::close(fd);
  return cannot_listen(options, ::strerror(fault));
}

std::uint16_t port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

}  // namespace

struct DimseServer::State {
  State(DimseServerOptions o, const Parts& p)
      : options(std::move(o)),
        parts(p),
        opened(p.metrics.counter("dimse_associations_total", "Associations that peers asked for")),
        rejected(p.metrics.counter("dimse_associations_refused_total", "Associations beyond the limit")),
        shared{options, parts, nullptr,
               p.metrics.counter("dimse_stored_total", "Objects acknowledged by C-STORE"),
               p.metrics.counter("dimse_refused_total", "Objects refused by C-STORE")} {}

  struct Session {
    int fd = -1;  // a copy, to hang up with
    std::thread thread;
    std::chrono::steady_clock::time_point until;  // for the association to be there
    bool begun = false, done = false;
  };

  void accept_all();
  void begin(int fd);
  bool cut_off_late();
  void serve(int fd, bool over_limit, Session& session);
  void end(Session& session);
  void collect();

  const DimseServerOptions options;
  const Parts parts;
  Counter& opened;
  Counter& rejected;
  ScpShared shared;
  std::unique_ptr<SecureLayer> server_tls, client_tls;
  int listener = -1, wake = -1;
  std::uint16_t port = 0;
  std::thread acceptor;
  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::list<Session> sessions;
};

// A handshake of TLS has a deadline for each read only: who sends it byte by byte is cut off here. Whether
// there is somebody to look after.
bool DimseServer::State::cut_off_late() {
  const std::lock_guard lock(mutex);
  bool waiting = false;
  for (const Session& session : sessions) {
    if (session.begun || session.fd < 0) continue;
    waiting = true;
    if (session.until < std::chrono::steady_clock::now()) ::shutdown(session.fd, SHUT_RDWR);
  }
  return waiting;
}

void DimseServer::State::accept_all() {
  while (!stopping) {
    pollfd entries[] = {{listener, POLLIN, 0}, {wake, POLLIN, 0}};
    if (::poll(entries, 2, cut_off_late() ? kLookMs : -1) < 0 && errno != EINTR) return;
    std::uint64_t count = 0;
    [[maybe_unused]] const auto drained = ::read(wake, &count, sizeof count);
    collect();
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) {
      begin(fd);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      pollfd only{wake, POLLIN, 0};
      ::poll(&only, 1, 100);  // descriptors are short: the others may end meanwhile
    }
  }
}

void DimseServer::State::begin(int fd) {
  opened.add();
  const std::lock_guard lock(mutex);
  const std::size_t running = sessions.size();
  if (running >= options.max_associations) rejected.add();
  if (stopping || running >= options.max_associations + kMaxRefusing) {
    ::close(fd);
    return;
  }
  Session& session = sessions.emplace_back();
  session.fd = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  session.until = std::chrono::steady_clock::now() + options.limits.associate + kGrace;
  const bool over_limit = running >= options.max_associations;
  try {
    session.thread = std::thread([this, fd, over_limit, &session] {
      try {
        serve(fd, over_limit, session);
      } catch (const std::exception& fault) {  // of memory, say: it costs this association only
        log::error("DICOM association dropped", {{"detail", fault.what()}});
      }
      end(session);
    });
  } catch (const std::system_error&) {  // no more threads
    ::close(fd);
    if (session.fd >= 0) ::close(session.fd);
    sessions.pop_back();
  }
}

void DimseServer::State::serve(int fd, bool over_limit, Session& session) {
  auto association = Association::receive(fd, options.limits, server_tls.get());
  if (!association) {
    log::info("no DICOM association", {{"reason", association.error().text()}});
    return;
  }
  if (over_limit) {
    (*association)->reject(Reject::LocalLimit);
    return;
  }
  {
    const std::lock_guard lock(mutex);
    session.begun = true;
  }
  const auto served = Scp(shared, **association).run();
  if (!served && !stopping)
    log::warning("DICOM association ended",
                 {{"peer", (*association)->peer()}, {"reason", served.error().text()}});
}

void DimseServer::State::end(Session& session) {
  const std::lock_guard lock(mutex);
  if (session.fd >= 0) ::close(session.fd);
  session.fd = -1;
  session.done = true;
  const std::uint64_t one = 1;  // so that it is collected
  [[maybe_unused]] const auto woken = ::write(wake, &one, sizeof one);
}

// Threads that are through.
void DimseServer::State::collect() {
  std::list<Session> done;
  {
    const std::lock_guard lock(mutex);
    for (auto session = sessions.begin(); session != sessions.end();) {
      const auto next = std::next(session);
      if (session->done) done.splice(done.end(), sessions, session);
      session = next;
    }
  }
  for (Session& session : done) session.thread.join();
}

DimseServer::DimseServer(DimseServerOptions options, const Parts& parts)
    : state_(std::make_unique<State>(std::move(options), parts)) {}

DimseServer::~DimseServer() { stop(); }

Result<void> DimseServer::start() {
  State& state = *state_;
  if (state.options.ae_title.empty() || state.options.ae_title.size() > 16)
    return fail(ErrorCode::ConfigInvalid, "the AE title must have 1 to 16 characters", "dimse.ae_title");
  if (state.options.tls)
    state.server_tls = TRY(SecureLayer::load(state.options.tls_files, SecureLayer::Side::Server));
  bool outside_tls = false;
  for (const DimsePeer& peer : state.options.destinations) outside_tls |= peer.tls;
  if (outside_tls)
    state.client_tls = TRY(SecureLayer::load(state.options.tls_files, SecureLayer::Side::Client));
  state.shared.client_tls = state.client_tls.get();
  state.listener = TRY(listen_on(state.options));
  state.port = port_of(state.listener);
  state.wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  state.stopping = false;
  state.acceptor = std::thread([&state] { state.accept_all(); });
  return {};
}

void DimseServer::stop() {
  State& state = *state_;
  if (!state.acceptor.joinable()) return;
  state.stopping = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto woken = ::write(state.wake, &one, sizeof one);
  state.acceptor.join();
  {
    const std::lock_guard lock(state.mutex);
    for (const State::Session& session : state.sessions)
      if (session.fd >= 0) ::shutdown(session.fd, SHUT_RDWR);
  }
  for (State::Session& session : state.sessions) session.thread.join();
  state.sessions.clear();
  ::close(state.listener);
  ::close(state.wake);
}

std::uint16_t DimseServer::port() const { return state_->port; }

}  // namespace gateway::dimse
