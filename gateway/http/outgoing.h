// A response on its way out: head and body pieces, sent as far as the socket takes them and resumed later.
//
// Lazy pieces are made when their turn comes, small ones a few KiB ahead so that they leave together; what
// was sent is let go. So an answer of any number of files holds one descriptor and little memory at a time.
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
  Outgoing(std::string head, std::vector<Piece> body);

  // Sends until the socket is full (Blocked), `budget` bytes went out (Yield) or all did (Done).
  Progress pump(Transport& transport, std::uint64_t budget);
  std::uint64_t sent() const { return sent_; }
  // Whether something is left that pump() has to make first.
  bool has_lazy() const { return lazy_ > 0; }

 private:
  bool make_ready();
  bool make(std::size_t at);
  IoResult send_some(Transport& transport);
  void advance(std::uint64_t bytes);

  std::vector<Piece> rest_;   // the last piece first, so that what is next is at the back
  std::size_t lazy_ = 0;      // pieces of rest_ that are still to be made
  std::uint64_t offset_ = 0;  // within the next piece
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
