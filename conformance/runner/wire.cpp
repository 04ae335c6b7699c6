#include "conformance/runner/wire.h"

#include <array>
#include <charconv>

#include "conformance/runner/text_template.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"

namespace conformance {
namespace {

using gateway::Result;

constexpr std::size_t kMaxHead = 256u << 10;
constexpr std::size_t kMaxBody = 256u << 20;

std::int64_t now_us() { return gateway::Clock::system().steady_us(); }

bool has_token(const std::string* value, std::string_view token) {
  if (!value) return false;
  for (const std::string_view part : gateway::split(*value, ','))
    if (gateway::iequals(gateway::trim(part), token)) return true;
  return false;
}

// status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 section 4)
bool parse_status_line(std::string_view line, Answer& answer) {
  if (!line.starts_with("HTTP/1.1 ") && !line.starts_with("HTTP/1.0 ")) return false;
  const auto status = gateway::parse_number<int>(line.substr(9, 3));
  if (!status || *status < 100 || *status > 599) return false;
  answer.status = *status;
  return line.size() == 12 || line[12] == ' ';
}

bool parse_head(std::string_view head, Answer& answer, std::string& problem) {
  bool first = true;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (first && !parse_status_line(line, answer)) {
      problem = "not a status line: " + printable(line);
      return false;
    }
    const auto colon = line.find(':');
    if (!first && (colon == std::string_view::npos || colon == 0)) {
      problem = "not a header line: " + printable(line);
      return false;
    }
    if (!first) answer.headers.emplace_back(line.substr(0, colon), gateway::trim(line.substr(colon + 1)));
    first = false;
  }
  return !first;
}

}  // namespace

const std::string* Answer::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (gateway::iequals(key, name)) return &value;
  return nullptr;
}

std::string Reading::text() const {
  switch (end) {
    case End::None:
      return "nothing was sent";
    case End::Answered:
      return "status " + std::to_string(answer.status);
    case End::Closed:
      return "the connection was closed without an answer";
    case End::TimedOut:
      return "no answer in time";
    case End::Broken:
      break;
  }
  return "a broken answer: " + problem;
}

Result<std::unique_ptr<Wire>> Wire::open(const Endpoint& endpoint, std::int64_t timeout_ms) {
  auto transport = TRY(Transport::connect(endpoint, now_us() + timeout_ms * 1000));
  return std::unique_ptr<Wire>(new Wire(std::move(transport)));
}

void Wire::write(std::string_view bytes, std::int64_t timeout_ms) {
  const std::int64_t deadline_us = now_us() + timeout_ms * 1000;
  while (!bytes.empty()) {
    const IoResult put = transport_->write(bytes, deadline_us);
    if (put.state != Io::Done) return;
    bytes.remove_prefix(put.bytes);
    // The peer talks before it has taken everything: listen, so that neither side waits for the other.
    if (put.bytes == 0 && fill(deadline_us) != Io::Done) return;
    if (buffer_.size() > kMaxHead) return;
  }
}

Io Wire::fill(std::int64_t deadline_us) {
  std::array<char, 65'536> piece;
  const IoResult got = transport_->read(piece, deadline_us);
  buffer_.append(piece.data(), got.bytes);
  last_ = got.state;
  if (got.state != Io::Done) usable_ = false;
  return got.state;
}

bool Wire::read_to(std::size_t size, std::int64_t deadline_us) {
  while (buffer_.size() < size)
    if (fill(deadline_us) != Io::Done) return false;
  return true;
}

Reading Wire::broken(std::string problem) {
  usable_ = false;
  Reading reading;
  reading.end = Reading::End::Broken;
  reading.problem = std::move(problem);
  return reading;
}

Reading Wire::read_answer(bool to_head, bool skip_interim, std::int64_t timeout_ms) {
  const std::int64_t start_us = now_us();
  for (;;) {
    Reading reading = read_one(to_head, start_us + timeout_ms * 1000);
    reading.answer.elapsed_us = now_us() - start_us;
    const int status = reading.answer.status;
    // 101 is a last answer: what follows is no HTTP (RFC 9110 section 15.2.2).
    const bool interim = reading.end == Reading::End::Answered && status < 200 && status != 101;
    if (!interim || !skip_interim) return reading;
  }
}

Reading Wire::read_one(bool to_head, std::int64_t deadline_us) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (buffer_.size() > kMaxHead) return broken("the head of the answer does not end");
    if (fill(deadline_us) == Io::Done) continue;
    if (!buffer_.empty()) return broken("it ends within its head: " + printable(buffer_));
    Reading reading;
    reading.end = last_ == Io::Closed ? Reading::End::Closed : Reading::End::TimedOut;
    return reading;
  }
  Reading reading;
  if (!parse_head(std::string_view(buffer_).substr(0, end + 2), reading.answer, reading.problem))
    return broken(reading.problem);
  buffer_.erase(0, end + 4);
  const int status = reading.answer.status;
  const bool empty = to_head || status < 200 || status == 204 || status == 304;
  if (!empty && !read_body(reading.answer, reading.problem, deadline_us)) return broken(reading.problem);
  if (has_token(reading.answer.header("Connection"), "close")) usable_ = false;
  reading.end = Reading::End::Answered;
  return reading;
}

// RFC 9112 section 6.3, for responses.
bool Wire::read_body(Answer& answer, std::string& problem, std::int64_t deadline_us) {
  const std::string* length = answer.header("Content-Length");
  if (has_token(answer.header("Transfer-Encoding"), "chunked")) {
    if (length) problem = "both Content-Length and Transfer-Encoding";
    return !length && read_chunks(answer, problem, deadline_us);
  }
  if (!length) {  // until the connection closes
    while (buffer_.size() < kMaxBody && fill(deadline_us) == Io::Done) {
    }
    answer.body.swap(buffer_);
    buffer_.clear();
    if (last_ != Io::Closed) problem = "a body without length that does not end";
    return last_ == Io::Closed;
  }
  const auto size = gateway::parse_number<std::uint64_t>(*length);
  if (!size || *size > kMaxBody) {
    problem = "Content-Length: " + printable(*length);
    return false;
  }
  if (!read_to(*size, deadline_us)) {
    problem = "the body has " + std::to_string(buffer_.size()) + " of " + *length + " bytes";
    return false;
  }
  answer.body = buffer_.substr(0, *size);
  buffer_.erase(0, *size);
  return true;
}

bool Wire::read_line(std::string& line, std::int64_t deadline_us) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos)
    if (buffer_.size() > kMaxHead || fill(deadline_us) != Io::Done) return false;
  line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return true;
}

// RFC 9112 section 7.1.
bool Wire::read_chunks(Answer& answer, std::string& problem, std::int64_t deadline_us) {
  problem = "a chunked body that is not well-formed or not complete";
  for (;;) {
    std::string line;
    if (!read_line(line, deadline_us)) return false;
    std::size_t size = 0;
    const auto [end, fault] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (fault != std::errc{} || end == line.data() || size > kMaxBody - answer.body.size()) return false;
    if (size == 0) break;
    if (!read_to(size + 2, deadline_us) || buffer_.compare(size, 2, "\r\n") != 0) return false;
    answer.body.append(buffer_, 0, size);
    buffer_.erase(0, size + 2);
  }
  for (std::string line = "trailer"; !line.empty();)
    if (!read_line(line, deadline_us)) return false;
  problem.clear();
  return true;
}

Wire::Rest Wire::read_rest(std::int64_t timeout_ms) {
  if (!buffer_.empty()) return Rest::Bytes;
  if (last_ == Io::Closed) return Rest::Closed;
  const Io state = fill(now_us() + timeout_ms * 1000);
  if (!buffer_.empty()) return Rest::Bytes;
  if (state == Io::TimedOut) usable_ = true;  // silence is no fault
  return state == Io::Closed ? Rest::Closed : Rest::Silent;
}

}  // namespace conformance
