#include "gateway/http/connection.h"

#include "gateway/base/log.h"

namespace gateway::http {
namespace {

constexpr std::uint64_t kTurnBytes = 4 << 20;  // moved before others get their turn
constexpr std::uint32_t kTurnRequests = 32;
constexpr std::uint64_t kMaxLinger = 256 << 10;
constexpr std::size_t kGrow = 8 << 10;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::int64_t us(std::uint32_t ms) { return std::int64_t{ms} * 1000; }

const std::shared_ptr<const ByteSource>& no_body() {
  static const std::shared_ptr<const ByteSource> empty = std::make_shared<MemorySource>(ByteSpan{});
  return empty;
}

void log_access(const Exchange& exchange, std::int64_t took_us) {
  if (!log::enabled(log::Level::Debug)) return;
  log::debug("request", {{"request", exchange.request.id},
                         {"method", name_of(exchange.request.method)},
                         {"path", exchange.request.path},
                         {"parameters", parameter_names(exchange.request)},
                         {"status", exchange.status},
                         {"bytes", exchange.outgoing.sent()},
                         {"us", took_us},
                         {"remote", exchange.request.remote}});
}

// Leaves the gate when the work is done, in whatever way.
struct HeavyPlace {
  explicit HeavyPlace(HeavyGate& passed) : gate(passed) {}
  ~HeavyPlace() { gate.leave(); }
  HeavyPlace(const HeavyPlace&) = delete;
  HeavyPlace& operator=(const HeavyPlace&) = delete;
  HeavyGate& gate;
};

}  // namespace

Connection::Connection(std::unique_ptr<Transport> transport, PeerLimit::Slot slot, Engine& engine,
                       std::string local)
    : transport_(std::move(transport)),
      slot_(std::move(slot)),
      engine_(engine),
      ends_{transport_->peer(), std::move(local), transport_->secure()},
      phase_started_us_(engine.clock.steady_us()) {
  park();
}

Connection::~Connection() {
  if (phase_ == Phase::Await || phase_ == Phase::AwaitWrite) engine_.heavy.forget(key_);
  if (socket_) socket_->detach();
}

Connection::Next Connection::drive(WorkerKit& kit, bool ended) {
  drained_ = yielded_ = false;
  tried_ = tried_ || std::exchange(prolonged_, false);
  ended_ = ended_ || ended;
  turn_bytes_ = 0;
  turn_requests_ = 0;
  for (;;) {
    const Step step = advance(kit);
    if (step == Step::Continue) continue;
    if (step == Step::Close) return Next::Close;
    yielded_ = step == Step::Yield;
    park();
    return step == Step::Blocked ? Next::Park : Next::Yield;
  }
}

Connection::Step Connection::advance(WorkerKit& kit) {
  switch (phase_) {
    case Phase::Head:
      return read_head(kit);
    case Phase::Body:
      return read_body(kit);
    case Phase::Await:
      return await(kit);
    case Phase::Write:
      return write();
    case Phase::AwaitWrite:
      return resume_write();
    case Phase::Discard:
      return discard(kit);
    case Phase::Linger:
      return linger(kit);
    case Phase::Socket:
      return run_socket(kit);
  }
  return Step::Close;
}

Connection::Next Connection::expire(WorkerKit& kit) {
  if (phase_ == Phase::Socket) {
    const std::int64_t stall_us = us(engine_.limits.stall_timeout_ms);
    return socket_->on_deadline(engine_.clock.steady_us(), stall_us) ? drive(kit, false) : Next::Close;
  }
  const bool arriving = phase_ == Phase::Body || (phase_ == Phase::Head && !unread_.empty());
  if (!arriving) return Next::Close;
  reject(fail(ErrorCode::RequestTimeout, "the request did not arrive in time"), kit);
  return drive(kit, true);
}

// Reads what the socket has, into the worker's buffer or behind what is unread already.
Connection::Step Connection::fill(WorkerKit& kit, Step at_end) {
  if (drained_) return Step::Blocked;
  if (turn_bytes_ >= kTurnBytes) return Step::Yield;
  std::span<char> into = kit.buffer();
  const std::size_t before = unread_.size();
  if (before > 0) {
    keep_unread();
    own_.resize(before + kGrow);
    into = std::span(own_).subspan(before);
  }
  const IoResult result = transport_->read(into);
  const std::size_t got = result.state == IoState::Ok ? result.bytes : 0;
  if (before > 0) own_.resize(before + got);
  unread_ = before > 0 ? std::string_view(own_) : std::string_view(into.data(), got);
  if (result.state == IoState::Blocked) drained_ = true;
  if (result.state == IoState::Blocked) return Step::Blocked;
  if (result.state == IoState::Fault) return Step::Close;
  if (result.state == IoState::End) return at_end;
  drained_ = got < into.size() && transport_->short_read_means_drained() && !ended_;
  turn_bytes_ += got;
  return Step::Continue;
}

// Unread bytes must not stay in the worker's buffer when the worker goes on to others.
void Connection::keep_unread() {
  if (unread_.empty()) {
    if (own_.capacity() > sizeof(std::string)) std::string().swap(own_);
    unread_ = {};
  } else if (unread_.data() != own_.data() || unread_.size() != own_.size()) {
    std::string copy(unread_);
    own_.swap(copy);
    unread_ = own_;
  }
}

// 1. The head.
Connection::Step Connection::read_head(WorkerKit& kit) {
  if (turn_requests_ >= kTurnRequests) return Step::Yield;
  if (unread_.empty())
    if (const Step step = fill(kit, Step::Close); step != Step::Continue) return step;
  // One empty line before a request is ignored (RFC 9112 section 2.2); it may come in two pieces.
  if (!skipped_blank_ && scan_.scanned == 0 && unread_ == "\r") {
    phase_started_us_ = engine_.clock.steady_us();
    return fill(kit, Step::Close);
  }
  if (!skipped_blank_ && scan_.scanned == 0 && unread_.starts_with("\r\n")) {
    skipped_blank_ = true;
    consume(2);
    return Step::Continue;
  }
  if (scan_.scanned == 0) phase_started_us_ = engine_.clock.steady_us();
  const auto end = find_head_end(unread_, scan_, engine_.limits);
  if (!end) return reject(end.error(), kit);
  if (*end > 0) return begin_exchange(*end, kit);
  return fill(kit, Step::Close);
}

// 2. Limits, target, route: everything that can be refused without the body.
Connection::Step Connection::begin_exchange(std::size_t head_size, WorkerKit& kit) {
  ++turn_requests_;
  fresh_ = false;
  exchange_ = std::make_unique<Exchange>(engine_.spool);
  exchange_->started_us = phase_started_us_;
  auto head = parse_head(unread_.substr(0, head_size));
  consume(head_size);
  scan_ = {};
  skipped_blank_ = false;
  if (!head) return reject(head.error(), kit);
  const auto admitted = admit(*exchange_, std::move(head).value(), ends_, engine_, kit);
  if (!admitted && admitted.error().code == ErrorCode::MalformedRequest) return reject(admitted.error(), kit);
  if (!admitted) {
    send_response(*exchange_, refuse(admitted.error(), *exchange_, engine_), engine_, kit);
    phase_ = Phase::Write;
    return Step::Continue;
  }
  return exchange_->reader ? begin_body() : handle(kit);
}

// 3. The body. 100 (Continue) is sent only now, when nothing speaks against the request.
Connection::Step Connection::begin_body() {
  phase_ = Phase::Body;
  phase_started_us_ = progress_us_ = engine_.clock.steady_us();
  marked_ = 0;
  if (!exchange_->expects_continue || !unread_.empty()) return Step::Continue;
  const iovec piece{const_cast<char*>(kContinue.data()), kContinue.size()};
  const IoResult sent = transport_->write({&piece, 1}, false);
  return sent.state == IoState::Ok && sent.bytes == kContinue.size() ? Step::Continue : Step::Close;
}

Connection::Step Connection::read_body(WorkerKit& kit) {
  BodyReader& reader = *exchange_->reader;
  if (unread_.empty()) {
    const Step step = fill(kit, Step::Continue);
    if (step != Step::Continue) return step;
    if (unread_.empty())
      return reject(fail(ErrorCode::TruncatedBody, "the connection ended within the body"), kit);
  }
  const auto taken =
      reader.feed(unread_, [this](std::string_view bytes) { return take_body(*exchange_, bytes); });
  if (!taken) return reject(taken.error(), kit);
  consume(*taken);
  if (!reader.done()) return Step::Continue;
  const auto ended = end_body(*exchange_);
  return ended ? handle(kit) : reject(ended.error(), kit);
}

// 4. The handler, on this thread; a heavy one when it has a place.
Connection::Step Connection::handle(WorkerKit& kit) {
  Exchange& exchange = *exchange_;
  exchange.request.body = exchange.reader ? exchange.store.finish() : no_body();
  if (!exchange.route->info.heavy) return respond(kit);
  switch (engine_.heavy.enter(key_)) {
    case HeavyGate::Entry::Run:
      break;
    case HeavyGate::Entry::Wait:
      phase_ = Phase::Await;
      return Step::Continue;
    case HeavyGate::Entry::Full: {
      const Error full = fail(ErrorCode::Overloaded, "too many requests of this kind are waiting");
      send_response(exchange, refuse(full, exchange, engine_), engine_, kit);
      phase_ = Phase::Write;
      return Step::Continue;
    }
  }
  const HeavyPlace place(engine_.heavy);
  return respond(kit);
}

Connection::Step Connection::await(WorkerKit& kit) {
  if (!engine_.heavy.claim(key_)) return Step::Blocked;
  const HeavyPlace place(engine_.heavy);
  return respond(kit);
}

Connection::Step Connection::respond(WorkerKit& kit) {
  Exchange& exchange = *exchange_;
  Response response = answer(exchange);
  exchange.request.body = no_body();
  if (engine_.draining.load(std::memory_order_relaxed)) exchange.keep_alive = false;
  send_response(exchange, std::move(response), engine_, kit);
  phase_ = Phase::Write;
  return Step::Continue;
}

// A request that cannot be trusted or did not arrive: answer, then close whatever follows.
Connection::Step Connection::reject(const Error& error, WorkerKit& kit) {
  if (!exchange_) {
    exchange_ = std::make_unique<Exchange>(engine_.spool);
    exchange_->started_us = phase_started_us_;
  }
  Exchange& exchange = *exchange_;
  if (exchange.request.id.empty()) exchange.request.id = kit.request_id(engine_.clock);
  exchange.request.remote = ends_.peer;
  exchange.request.body = no_body();
  exchange.keep_alive = false;
  exchange.body_unread = true;
  engine_.report_malformed(error, ends_.peer, exchange.request.id);
  send_response(exchange, refuse(error, exchange, engine_), engine_, kit);
  phase_ = Phase::Write;
  return Step::Continue;
}

// 5. The answer. What is left to be made of a heavy one takes a place for this turn.
Connection::Step Connection::write() {
  Exchange& exchange = *exchange_;
  if (exchange.write_started_us == 0) {
    exchange.write_started_us = progress_us_ = engine_.clock.steady_us();
    marked_ = 0;
  }
  const bool heavy = exchange.outgoing.has_lazy() && exchange.route && exchange.route->info.heavy;
  if (!heavy) return send_on();
  if (!engine_.heavy.go_on(key_)) {
    phase_ = Phase::AwaitWrite;
    waited_since_us_ = engine_.clock.steady_us();
    return Step::Continue;
  }
  const HeavyPlace place(engine_.heavy);
  return send_on();
}

Connection::Step Connection::resume_write() {
  if (!engine_.heavy.claim(key_)) return Step::Blocked;
  const HeavyPlace place(engine_.heavy);
  phase_ = Phase::Write;
  shift_times(engine_.clock.steady_us() - waited_since_us_);
  return send_on();
}

Connection::Step Connection::send_on() {
  switch (exchange_->outgoing.pump(*transport_, kTurnBytes)) {
    case Outgoing::Progress::Done:
      return finish();
    case Outgoing::Progress::Blocked:
      return Step::Blocked;
    case Outgoing::Progress::Yield:
      return Step::Yield;
    case Outgoing::Progress::Fault:
      return Step::Close;
  }
  return Step::Close;
}

// 6. The next request, or the end.
Connection::Step Connection::finish() {
  const Exchange& exchange = *exchange_;
  const std::int64_t now = engine_.clock.steady_us();
  engine_.count_request(exchange.route, exchange.status,
                        static_cast<double>(now - exchange.started_us) / 1e6);
  log_access(exchange, now - exchange.started_us);
  phase_started_us_ = now;
  if (exchange.upgrade) return begin_socket();
  const bool unread = exchange.body_unread;
  if (exchange.keep_alive) {
    phase_ = unread ? Phase::Discard : Phase::Head;
    if (!unread) exchange_.reset();
    return Step::Continue;
  }
  transport_->shutdown_write();
  const bool rest = unread || !unread_.empty();
  exchange_.reset();
  if (!rest) return Step::Close;
  phase_ = Phase::Linger;
  return Step::Continue;
}

// The body of a refused request, when it is small: read and forgotten, so that the connection can go on.
Connection::Step Connection::discard(WorkerKit& kit) {
  BodyReader& reader = *exchange_->reader;
  if (unread_.empty())
    if (const Step step = fill(kit, Step::Close); step != Step::Continue) return step;
  const auto taken = reader.feed(unread_, [](std::string_view) { return Result<void>(); });
  if (!taken) return Step::Close;
  consume(*taken);
  if (!reader.done()) return Step::Continue;
  exchange_.reset();
  phase_ = Phase::Head;
  return Step::Continue;
}

// Closing at once with unread bytes would reset the connection and could take the answer away from the client
// (RFC 9112 section 9.6): wait a little for its end.
Connection::Step Connection::linger(WorkerKit& kit) {
  lingered_ += unread_.size();
  unread_ = {};
  if (lingered_ > kMaxLinger) return Step::Close;
  return fill(kit, Step::Close);
}

// 7. A WebSocket (RFC 6455): frames both ways, until both sides have said that they close.
Connection::Step Connection::begin_socket() {
  socket_ = std::make_shared<WebSocketSession>(
      std::move(*exchange_->upgrade), [this] { engine_.wake(fd(), key_); }, engine_.socket_memory,
      phase_started_us_);
  exchange_.reset();
  phase_ = Phase::Socket;
  socket_->begin();
  return Step::Continue;
}

Connection::Step Connection::run_socket(WorkerKit& kit) {
  const std::int64_t now = engine_.clock.steady_us();
  if (engine_.draining.load(std::memory_order_relaxed))
    socket_->close(close_code::kGoingAway, "the server stops");
  const auto flushed = socket_->flush(*transport_, now);
  if (flushed == WebSocketSession::Flush::Fault) return Step::Close;
  if (flushed == WebSocketSession::Flush::Empty && socket_->finished()) {
    const bool agreed = socket_->agreed() && unread_.empty();
    socket_->detach();
    if (agreed) return Step::Close;
    transport_->shutdown_write();
    phase_started_us_ = now;
    phase_ = Phase::Linger;
    return Step::Continue;
  }
  if (unread_.empty())
    if (const Step step = fill(kit, Step::Close); step != Step::Continue) return step;
  socket_->take(unread_, now);
  unread_ = {};
  return Step::Continue;
}

}  // namespace gateway::http
