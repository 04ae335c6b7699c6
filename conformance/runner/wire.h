// Wire: HTTP/1.1 from the outside. Sends exactly the bytes it is given and reads answers by the framing rules
// of RFC 9112 section 6, saying precisely how a wait ended. Belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/runner/transport.h"

namespace conformance {

struct Answer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::int64_t elapsed_us = 0;
  const std::string* header(std::string_view name) const;  // first, or nullptr
};

struct Reading {
  enum class End : std::uint8_t {
    None,  // nothing was asked yet
    Answered,
    Closed,  // the connection ended before an answer began
    TimedOut,
    Broken,  // not HTTP, or cut in the middle: `problem` says how
  };
  End end = End::None;
  Answer answer;
  std::string problem;
  // "status 200", "the connection was closed without an answer", ...
  std::string text() const;
};

class Wire {
 public:
  static gateway::Result<std::unique_ptr<Wire>> open(const Endpoint& endpoint, std::int64_t timeout_ms);
  // Stops early when the peer closed or does not take more within the timeout: an answer may wait all the
  // same.
  void write(std::string_view bytes, std::int64_t timeout_ms);
  void finish() { transport_->finish(); }
  // With `skip_interim`, 1xx answers are passed over. An answer to HEAD has no body.
  Reading read_answer(bool to_head, bool skip_interim, std::int64_t timeout_ms);
  // Waits for the end of the connection, or `timeout_ms` for it not to come.
  enum class Rest : std::uint8_t { Closed, Silent, Bytes };
  Rest read_rest(std::int64_t timeout_ms);
  const std::string& pending() const { return buffer_; }
  bool usable() const { return usable_; }

 private:
  explicit Wire(std::unique_ptr<Transport> transport) : transport_(std::move(transport)) {}
  Io fill(std::int64_t deadline_us);
  bool read_to(std::size_t size, std::int64_t deadline_us);
  Reading broken(std::string problem);
  Reading read_one(bool to_head, std::int64_t deadline_us);
  bool read_body(Answer& answer, std::string& problem, std::int64_t deadline_us);
  bool read_chunks(Answer& answer, std::string& problem, std::int64_t deadline_us);
  bool read_line(std::string& line, std::int64_t deadline_us);

  std::unique_ptr<Transport> transport_;
  std::string buffer_;  // read, not yet used
  bool usable_ = true;
  Io last_ = Io::Done;
};

}  // namespace conformance
