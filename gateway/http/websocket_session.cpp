#include "gateway/http/websocket_session.h"

#include <algorithm>
#include <array>

#include "gateway/base/log.h"

namespace gateway::http {
namespace {

constexpr std::size_t kMaxVectors = 16;
constexpr std::size_t kCompactAt = 64;        // frames that left
constexpr std::int64_t kCloseUs = 2'000'000;  // for the peer's part of the closing handshake

// What a frame that waits takes of the memory: pongs are tiny, and a peer can ask for millions of them.
std::uint64_t cost_of(const std::string& frame) { return frame.size() + sizeof(std::string); }

}  // namespace

WebSocketSession::WebSocketSession(WebSocketUpgrade upgrade, std::function<void()> wake,
                                   std::shared_ptr<ByteBudget> memory, std::int64_t now_us)
    : upgrade_(std::move(upgrade)),
      reader_(upgrade_.options.max_message),
      heard_us_(now_us),
      wake_(std::move(wake)),
      lease_(std::move(memory)),
      progress_us_(now_us) {}

// Callbacks belong to faces: what they throw ends there.
template <class Call>
void WebSocketSession::guarded(Call call) const {
  try {
    call(*upgrade_.handler);
  } catch (const std::exception& fault) {
    log::error("a WebSocket handler failed", {{"detail", fault.what()}});
  }
}

bool WebSocketSession::send(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (!wake_ || close_sent_) return false;
  return push(write_frame(Opcode::Text, text));
}

void WebSocketSession::close(std::uint16_t code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  if (wake_ && !close_sent_) push_close(code, reason);
}

// A slow peer does not get to fill the memory: what it has not begun to receive is dropped.
bool WebSocketSession::push(std::string frame) {
  const std::uint64_t cost = cost_of(frame);
  if (waiting_ + cost > upgrade_.options.max_queue || !lease_.grow(cost)) {
    drop_waiting();
    push_close(close_code::kTryAgainLater, "the messages were not read in time");
    return false;
  }
  const bool was_empty = first_ == queue_.size();
  waiting_ += cost;
  queue_.push_back(std::move(frame));
  if (was_empty) wake_();  // else the connection comes back by itself: it waits for the socket to take bytes
  return true;
}

void WebSocketSession::push_close(std::uint16_t code, std::string_view reason) {
  close_sent_ = true;
  if (code_ == close_code::kAbnormal) code_ = code;
  std::string frame = write_close_frame(code, reason);
  waiting_ += cost_of(frame);
  queue_.push_back(std::move(frame));
  wake_();
}

// All but the frame that has begun to leave.
void WebSocketSession::drop_waiting() {
  const std::size_t keep = first_ + (offset_ > 0 ? 1 : 0);
  queue_.resize(std::min(queue_.size(), keep));
  waiting_ = 0;
  for (std::size_t i = first_; i < queue_.size(); ++i) waiting_ += cost_of(queue_[i]);
  lease_.release();
}

void WebSocketSession::begin() {
  begun_ = true;
  guarded([this](WebSocketHandler& handler) { handler.opened(shared_from_this()); });
}

void WebSocketSession::detach() {
  {
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
    close_sent_ = true;
    queue_.clear();
    lease_.release();
  }
  if (std::exchange(begun_, false))
    guarded([this](WebSocketHandler& handler) { handler.closed(shared_from_this(), code_); });
  upgrade_.handler.reset();  // handlers hold their sockets: nobody would ever let go of the other
}

void WebSocketSession::take(std::string_view bytes, std::int64_t now_us) {
  heard_us_ = now_us;
  pinged_ = false;
  while (!finished()) {
    auto event = reader_.next(bytes);
    if (!event) return;
    use(std::move(*event));
  }
}

void WebSocketSession::use(FrameEvent event) {
  switch (event.kind) {
    case FrameEvent::Kind::Message:
      if (!closing())
        guarded([&](WebSocketHandler& handler) { handler.message(shared_from_this(), event.text); });
      return;
    case FrameEvent::Kind::Ping: {
      const std::lock_guard lock(mutex_);
      if (!close_sent_) push(write_frame(Opcode::Pong, event.text));
      return;
    }
    case FrameEvent::Kind::Pong:
      return;
    case FrameEvent::Kind::Close: {
      peer_closed_ = true;
      const std::lock_guard lock(mutex_);
      if (code_ == close_code::kAbnormal) code_ = event.code;
      // Section 5.5.1: the answer repeats the code.
      if (!close_sent_) push_close(event.code == close_code::kNone ? close_code::kNormal : event.code, {});
      return;
    }
    case FrameEvent::Kind::Fault: {
      broken_ = true;
      const std::lock_guard lock(mutex_);
      if (!close_sent_) push_close(event.code, event.text);
      return;
    }
  }
}

WebSocketSession::Flush WebSocketSession::flush(Transport& transport, std::int64_t now_us) {
  const std::lock_guard lock(mutex_);
  if (!stalled_ && first_ < queue_.size()) progress_us_ = now_us;
  while (first_ < queue_.size()) {
    std::array<iovec, kMaxVectors> vectors;  // NOLINT: filled up to `count`
    std::size_t count = 0;
    for (std::size_t at = first_; at < queue_.size() && count < kMaxVectors; ++at) {
      const std::size_t skip = at == first_ ? offset_ : 0;
      vectors[count++] = {queue_[at].data() + skip, queue_[at].size() - skip};
    }
    const IoResult sent = transport.write({vectors.data(), count}, false);
    stalled_ = sent.state == IoState::Blocked;
    if (stalled_) return Flush::Blocked;
    if (sent.state != IoState::Ok) return Flush::Fault;
    progress_us_ = now_us;
    advance(sent.bytes);
  }
  std::vector<std::string>().swap(queue_);
  first_ = 0;
  lease_.release();
  return Flush::Empty;
}

void WebSocketSession::advance(std::size_t sent) {
  offset_ += sent;
  while (first_ < queue_.size() && offset_ >= queue_[first_].size()) {
    offset_ -= queue_[first_].size();
    waiting_ -= cost_of(queue_[first_]);
    std::string().swap(queue_[first_++]);
  }
  if (first_ < kCompactAt) return;
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
  lease_.release();
  (void)lease_.grow(waiting_);
}

bool WebSocketSession::closing() const {
  const std::lock_guard lock(mutex_);
  return close_sent_;
}

std::int64_t WebSocketSession::deadline_us(std::int64_t stall_us) const {
  const std::int64_t ping_us = std::int64_t{upgrade_.options.ping_after_ms} * 1000;
  const std::int64_t silent_us = heard_us_ + (pinged_ ? 2 : 1) * ping_us;
  const std::lock_guard lock(mutex_);
  const std::int64_t stalled_us = progress_us_ + (close_sent_ ? kCloseUs : stall_us);
  return first_ < queue_.size() || close_sent_ ? std::min(stalled_us, silent_us) : silent_us;
}

// What waits for a peer that is slow and not gone has its own deadline, and what was sent just now has not
// had its turn: both are no reason to end.
bool WebSocketSession::on_deadline(std::int64_t now_us, std::int64_t stall_us) {
  const std::lock_guard lock(mutex_);
  const bool waits = first_ < queue_.size();
  if (close_sent_ || pinged_ || (waits && stalled_ && now_us >= progress_us_ + stall_us)) return false;
  pinged_ = true;
  if (!waits || !stalled_) progress_us_ = now_us;
  return push(write_frame(Opcode::Ping, {}));
}

}  // namespace gateway::http
