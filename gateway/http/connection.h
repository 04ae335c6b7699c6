// One connection as a state machine: reading a head, reading a body, handling, writing, and again.
//
// A worker drives it while bytes can move and parks it when the socket would block. Parked and between
// requests it holds no buffer. Belongs to one thread at a time; the server sees to that.
#pragma once

#include <memory>
#include <string>

#include "gateway/http/engine.h"
#include "gateway/http/exchange.h"
#include "gateway/http/peer_limit.h"
#include "gateway/http/socket.h"
#include "gateway/http/websocket_session.h"

namespace gateway::http {

class Connection {
 public:
  enum class Next : std::uint8_t {
    Park,   // until the socket is ready or deadline_us() passes
    Yield,  // there is more to do at once, but others come first
    Close,
  };
  Connection(std::unique_ptr<Transport> transport, PeerLimit::Slot slot, Engine& engine, std::string local);
  ~Connection();
  void set_key(std::uint64_t key) { key_ = key; }  // its name among all connections, once

  // `ended`: the peer may have sent its last byte, so a short read does not mean that the socket is drained.
  Next drive(WorkerKit& kit, bool ended);
  // The deadline has passed. Whether a worker is to blame and not the peer: then there is a little more time.
  bool prolong(std::int64_t now_us);
  // The deadline has passed: 408 when a request is arriving, else close. No handler runs.
  Next expire(WorkerKit& kit);
  std::int64_t deadline_us() const { return deadline_us_; }
  bool idle() const { return phase_ == Phase::Head && unread_.empty(); }
  // A WebSocket that has not begun to close: with another turn it does, when the server is stopping.
  bool is_open_socket() const { return phase_ == Phase::Socket && !socket_->closing(); }
  int fd() const { return transport_->fd(); }
  Transport& transport() { return *transport_; }

 private:
  enum class Phase : std::uint8_t { Head, Body, Await, Write, AwaitWrite, Discard, Linger, Socket };
  enum class Step : std::uint8_t { Continue, Blocked, Yield, Close };

  Step advance(WorkerKit& kit);
  Step read_head(WorkerKit& kit);
  Step begin_exchange(std::size_t head_size, WorkerKit& kit);
  Step begin_body();
  Step read_body(WorkerKit& kit);
  Step handle(WorkerKit& kit);
  Step await(WorkerKit& kit);
  Step respond(WorkerKit& kit);
  Step write();
  Step resume_write();
  Step send_on();
  Step finish();
  Step discard(WorkerKit& kit);
  Step linger(WorkerKit& kit);
  Step begin_socket();
  Step run_socket(WorkerKit& kit);
  Step reject(const Error& error, WorkerKit& kit);

  Step fill(WorkerKit& kit, Step at_end);
  void consume(std::size_t count) { unread_.remove_prefix(count); }
  void keep_unread();
  void park();
  bool waits_for_worker() const;
  void shift_times(std::int64_t by_us);
  std::int64_t deadline_for_rate(std::int64_t started_us, std::uint64_t bytes) const;

  std::unique_ptr<Transport> transport_;
  PeerLimit::Slot slot_;
  Engine& engine_;
  std::uint64_t key_ = 0;
  Ends ends_;
  Phase phase_ = Phase::Head;
  bool drained_ = false;  // the socket has no more bytes now
  bool ended_ = false;
  bool skipped_blank_ = false;
  bool fresh_ = true;       // no request yet
  bool yielded_ = false;    // parked with work to do
  bool prolonged_ = false;  // and no worker came since
  bool tried_ = false;      // a worker came after that and no byte moved since
  HeadScan scan_;
  std::string own_;          // holds unread_ between drives
  std::string_view unread_;  // in own_ or in the worker's buffer
  std::unique_ptr<Exchange> exchange_;
  std::shared_ptr<WebSocketSession> socket_;
  std::uint64_t turn_bytes_ = 0;  // read in this drive
  std::uint32_t turn_requests_ = 0;
  std::uint64_t marked_ = 0;  // bytes read or written when progress was last seen
  std::int64_t progress_us_ = 0;
  std::int64_t phase_started_us_ = 0;
  std::int64_t waited_since_us_ = 0;  // AwaitWrite
  std::uint64_t lingered_ = 0;
  std::int64_t deadline_us_ = 0;
};

}  // namespace gateway::http
