// A response on its way out: head and body pieces, sent as far as the socket takes them and resumed later.
// Belongs to one connection.
#pragma once

#include <string>
#include <vector>

#include "gateway/http/message.h"
#include "gateway/http/socket.h"

namespace gateway::http {

class Outgoing {
 public:
  enum class Progress : std::uint8_t { Done, Blocked, Yield, Fault };
  Outgoing() = default;
  Outgoing(std::string head, std::vector<Response::Piece> body);

  // Sends until the socket is full (Blocked), `budget` bytes went out (Yield) or all did (Done).
  Progress pump(Transport& transport, std::uint64_t budget);
  std::uint64_t sent() const { return sent_; }

 private:
  bool make_current();
  IoResult send_some(Transport& transport);
  void advance(std::uint64_t bytes);
  void skip_finished();
  std::uint64_t current_size() const;

  std::string head_;
  std::vector<Response::Piece> body_;
  std::size_t piece_ = 0;     // 0 is the head, i + 1 is body_[i]
  std::uint64_t offset_ = 0;  // within that piece
  std::uint64_t sent_ = 0;
};

// Status line and fields (RFC 9112 section 4). Fields about framing are the server's own; what a handler sets
// of them is dropped, and so is whatever could break a line.
struct HeadFacts {
  std::string_view date;
  std::string_view request_id;
  bool keep_alive = true;
  bool http10 = false;
};
std::string write_head(const Response& response, const HeadFacts& facts);
std::string_view reason_of(int status);

}  // namespace gateway::http
