#include "gateway/http/server.h"

#include <pthread.h>
#include <sys/socket.h>
#include <csignal>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "gateway/base/log.h"
#include "gateway/http/connection_table.h"
#include "gateway/http/event_set.h"

namespace gateway::http {
namespace {

constexpr int kAcceptBatch = 64;
constexpr auto kSweepEvery = std::chrono::milliseconds(200);
constexpr auto kGracePoll = std::chrono::milliseconds(5);
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nServer: ehds-gateway\r\nRetry-After: 1\r\nConnection: close\r\n"
    "Content-Length: 0\r\n\r\n";

// Signals are for the main thread; SIGPIPE of sendfile(2) is for nobody.
void block_signals() {
  sigset_t all;
  ::sigfillset(&all);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::sigdelset(&all, fault);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

std::vector<std::string> local_names(const std::vector<std::unique_ptr<Listener>>& listeners) {
  std::vector<std::string> names;
  for (const auto& listener : listeners) {
    const std::string url = listener->address();
    names.push_back(url.substr(url.find("://") + 3));
  }
  return names;
}

std::uint32_t peer_limit(const Limits& limits) {
  return limits.connections_per_peer ? limits.connections_per_peer : std::max(limits.connections / 4 * 3, 1u);
}

class EpollServer final : public Server {
 public:
  EpollServer(ServerConfig config, std::vector<std::unique_ptr<Listener>> listeners, const Router& router,
              Metrics& metrics, const Clock& clock)
      : threads_(config.threads ? config.threads : 1),
        engine_(config, router, metrics, clock),
        listeners_(std::move(listeners)),
        local_(local_names(listeners_)),
        paused_(listeners_.size()),
        peers_(peer_limit(config.limits)),
        table_(config.limits.connections),
        open_gauge_(metrics.gauge("gateway_http_connections", "Open connections")),
        refused_(
            metrics.counter("gateway_http_connections_refused_total", "Connections refused at the limit")) {
    engine_.wake = [this](int fd, std::uint64_t key) { events_.requeue_connection(fd, key); };
  }
  ~EpollServer() override { stop(0); }

  bool ready() const { return events_.ok(); }
  std::vector<std::string> addresses() const override;
  void start() override;
  void sweep() override;
  void stop(std::uint32_t grace_ms) override;

 private:
  void work();
  void sweep_until_stopped();
  void resume_heavy(WorkerKit& kit);
  void refuse(Transport& transport);
  void hand_back(std::uint64_t key, Connection& connection);
  void accept_some(std::size_t index);
  void admit_connection(std::unique_ptr<Transport> transport, std::size_t index);
  void run(std::uint64_t key, Connection& connection, bool ended, bool expired, WorkerKit& kit);
  void expire_before(std::int64_t now_us);
  void close_idle();

  unsigned threads_;
  Engine engine_;
  EventSet events_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::string> local_;         // "127.0.0.1:8080" of each
  std::vector<std::atomic<bool>> paused_;  // no descriptors left: the sweep tries again
  PeerLimit peers_;
  ConnectionTable table_;
  Gauge& open_gauge_;
  Counter& refused_;
  std::vector<std::thread> workers_;
  std::thread sweeper_;
  std::mutex mutex_;  // guards stopping_ for the sweeper, and serialises stop()
  std::condition_variable changed_;
  std::mutex stop_mutex_;
  std::atomic<bool> stopping_{false};
  bool stopped_ = false;
};

std::vector<std::string> EpollServer::addresses() const {
  std::vector<std::string> all;
  for (const auto& listener : listeners_) all.push_back(listener->address());
  return all;
}

void EpollServer::start() {
  for (std::size_t i = 0; i < listeners_.size(); ++i) events_.add_listener(listeners_[i]->fd(), i);
  for (unsigned i = 0; i < threads_; ++i) workers_.emplace_back([this] { work(); });
  sweeper_ = std::thread([this] { sweep_until_stopped(); });
}

void EpollServer::work() {
  block_signals();
  WorkerKit kit;
  for (;;) {
    const EventSet::Event event = events_.wait();
    if (event.key == EventSet::kWake) return;
    if (event.key < listeners_.size()) {
      accept_some(event.key);
    } else if (Connection* connection = table_.take(event.key)) {
      run(event.key, *connection, event.ended, false, kit);
    }
    resume_heavy(kit);
  }
}

// Whoever finds a free place for a heavy request takes the next that waits. One that another thread has just
// now is pending with that thread, which goes on with it.
void EpollServer::resume_heavy(WorkerKit& kit) {
  while (const std::uint64_t key = engine_.heavy.next()) {
    Connection* connection = table_.take(key);
    if (!connection) return;
    run(key, *connection, true, false, kit);
  }
}

// Drives a connection that this thread owns, until it parks or ends. Nothing that is thrown below gets any
// further.
void EpollServer::run(std::uint64_t key, Connection& connection, bool ended, bool expired, WorkerKit& kit) {
  for (;;) {
    Connection::Next next = Connection::Next::Close;
    try {
      next = expired ? connection.expire(kit) : connection.drive(kit, ended);
    } catch (const std::exception& fault) {
      log::error("connection dropped", {{"detail", fault.what()}});
    }
    if (next == Connection::Next::Close) {
      table_.erase(key);
      return;
    }
    // Asked for before parking: afterwards the connection may be gone and its descriptor another's.
    if (next == Connection::Next::Yield) events_.requeue_connection(connection.fd(), key);
    if (table_.park(key)) return;
    ended = true;  // which event came is not known: assume all
    expired = false;
  }
}

void EpollServer::accept_some(std::size_t index) {
  bool exhausted = false;
  for (int i = 0; i < kAcceptBatch; ++i) {
    auto transport = listeners_[index]->accept(exhausted);
    if (!transport) break;
    admit_connection(std::move(transport), index);
  }
  paused_[index].store(exhausted);
  if (!exhausted && !engine_.draining) events_.rearm_listener(listeners_[index]->fd(), index);
}

void EpollServer::admit_connection(std::unique_ptr<Transport> transport, std::size_t index) {
  PeerLimit::Slot slot = peers_.take(transport->peer());
  if (!slot) return refuse(*transport);
  auto fresh = std::make_unique<Connection>(std::move(transport), std::move(slot), engine_, local_[index]);
  Connection& connection = *fresh;
  const std::uint64_t key = table_.insert(fresh);
  if (key == 0) return refuse(connection.transport());
  connection.set_key(key);
  events_.add_connection(connection.fd(), key);
  hand_back(key, connection);  // not run here: a handler would keep the listener from being armed again
}

void EpollServer::refuse(Transport& transport) {
  refused_.add();
  if (!transport.secure()) ::send(transport.fd(), kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void EpollServer::sweep_until_stopped() {
  block_signals();
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kSweepEvery, [this] { return stopping_.load(); })) {
    lock.unlock();
    sweep();
    lock.lock();
  }
}

void EpollServer::sweep() {
  expire_before(engine_.clock.steady_us());
  open_gauge_.set(static_cast<double>(table_.open()));
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    if (paused_[i].exchange(false)) events_.rearm_listener(listeners_[i]->fd(), i);
}

void EpollServer::expire_before(std::int64_t now_us) {
  const auto keys = table_.parked(now_us);
  if (keys.empty()) return;
  WorkerKit kit;
  for (const std::uint64_t key : keys) {
    Connection* connection = table_.take(key);
    if (!connection) continue;
    const bool late = connection->deadline_us() <= now_us;
    if (late && connection->prolong(now_us)) {
      events_.requeue_connection(connection->fd(), key);
      hand_back(key, *connection);
    } else if (late) {
      run(key, *connection, true, true, kit);
    } else {
      hand_back(key, *connection);  // it moved on before we had it
    }
  }
}

// What came up meanwhile is for a worker that waits for events.
void EpollServer::hand_back(std::uint64_t key, Connection& connection) {
  const int fd = connection.fd();
  while (!table_.park(key)) events_.requeue_connection(fd, key);
}

void EpollServer::close_idle() {
  for (const std::uint64_t key : table_.parked(INT64_MAX)) {
    Connection* connection = table_.take(key);
    if (!connection) continue;
    if (connection->idle()) {
      table_.erase(key);
      continue;
    }
    if (connection->is_open_socket()) events_.requeue_connection(connection->fd(), key);
    hand_back(key, *connection);
  }
}

void EpollServer::stop(std::uint32_t grace_ms) {
  const std::lock_guard once(stop_mutex_);
  if (stopped_) return;
  stopped_ = true;
  engine_.draining = true;
  for (const auto& listener : listeners_) {
    events_.remove(listener->fd());
    ::shutdown(listener->fd(), SHUT_RDWR);  // new clients are refused at once
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(grace_ms);
  for (close_idle(); table_.open() > 0 && std::chrono::steady_clock::now() < end; close_idle())
    std::this_thread::sleep_for(kGracePoll);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  events_.wake_all();
  for (auto& worker : workers_) worker.join();
  if (sweeper_.joinable()) sweeper_.join();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::create(ServerConfig config, const Router& router, Metrics& metrics,
                                               const Clock& clock) {
  std::vector<std::unique_ptr<Listener>> listeners;
  for (const auto& listener : config.listeners) listeners.push_back(TRY(Listener::open(listener)));
  auto server =
      std::make_unique<EpollServer>(std::move(config), std::move(listeners), router, metrics, clock);
  if (!server->ready()) return fail(ErrorCode::Internal, "no descriptor is left for the server");
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace gateway::http
