// A WebSocket on its connection: frames that came, a bounded queue of frames that leave, the closing
// handshake and the pings. connection.cpp drives it and moves the bytes.
//
// send() and close() come from any thread and wake the connection; all else belongs to its owner. Once
// detached, a session is an empty shell that faces may still hold.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/http/byte_budget.h"
#include "gateway/http/socket.h"
#include "gateway/http/websocket.h"
#include "gateway/http/websocket_frame.h"

namespace gateway::http {

class WebSocketSession final : public WebSocket, public std::enable_shared_from_this<WebSocketSession> {
 public:
  // `wake` gets the connection another turn; called until detach() only. `memory` is shared by all sockets.
  WebSocketSession(WebSocketUpgrade upgrade, std::function<void()> wake, std::shared_ptr<ByteBudget> memory,
                   std::int64_t now_us);

  bool send(std::string_view text) override;
  void close(std::uint16_t code, std::string_view reason) override;

  void begin();   // the handshake is through
  void detach();  // the connection ends
  void take(std::string_view bytes, std::int64_t now_us);
  enum class Flush : std::uint8_t { Empty, Blocked, Fault };
  Flush flush(Transport& transport, std::int64_t now_us);
  // Nothing more comes or goes: the connection may end once the queue is empty.
  bool finished() const { return peer_closed_ || broken_; }
  bool agreed() const { return peer_closed_; }  // by the closing handshake
  bool closing() const;
  // When on_deadline() is due.
  std::int64_t deadline_us(std::int64_t stall_us) const;
  // Pings a silent peer. False: it has had its time, the connection is to end.
  bool on_deadline(std::int64_t now_us, std::int64_t stall_us);

 private:
  void use(FrameEvent event);
  bool push(std::string frame);  // this and the next three with mutex_ held
  void push_close(std::uint16_t code, std::string_view reason);
  void drop_waiting();
  void advance(std::size_t sent);
  template <class Call>
  void guarded(Call call) const;

  WebSocketUpgrade upgrade_;  // its handler until detach()
  FrameReader reader_;
  std::int64_t heard_us_;
  bool pinged_ = false;  // and nothing was heard since
  bool begun_ = false;
  bool peer_closed_ = false;
  bool broken_ = false;                         // by a fault of the peer
  std::uint16_t code_ = close_code::kAbnormal;  // what closed() says
  mutable std::mutex mutex_;                    // guards what follows
  std::function<void()> wake_;
  std::vector<std::string> queue_;
  std::size_t first_ = 0;   // of queue_ that has not left
  std::size_t offset_ = 0;  // bytes of it that have
  std::uint64_t waiting_ = 0;
  ByteLease lease_;           // covers waiting_
  bool stalled_ = false;      // the socket took no more
  std::int64_t progress_us_;  // since when, or when bytes left last
  bool close_sent_ = false;
};

}  // namespace gateway::http
