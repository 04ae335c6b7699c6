#include "gateway/http/outgoing.h"

#include <algorithm>
#include <array>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/codec/media_type.h"

namespace gateway::http {
namespace {

constexpr std::size_t kMaxVectors = 64;
constexpr std::uint64_t kMadeAhead = 64 << 10;  // bytes of small lazy pieces that leave together

bool is_servers_own(std::string_view name) {
  for (const std::string_view own : {"Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive",
                                     "Date", "Server", "X-Request-Id", "Trailer", "X-Content-Type-Options"})
    if (iequals(name, own)) return true;
  return false;
}

void append_value(std::string& out, std::string_view value) {
  const std::size_t start = out.size();
  out += value;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
      [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7F; }, ' ');
}

// RFC 9110 section 8.6: no Content-Length with 1xx and 204; none with 304 either, as we do not know the other
// body.
bool has_length(int status) { return status >= 200 && status != 204 && status != 304; }

bool is_empty(const Piece& piece) { return size_of(piece) == 0; }

std::size_t count_lazy(const std::vector<Piece>& pieces) {
  return static_cast<std::size_t>(std::ranges::count_if(
      pieces, [](const Piece& piece) { return std::holds_alternative<LazyPiece>(piece); }));
}

}  // namespace

// Without empty pieces: the last piece sent has to be known as such, or the kernel waits for more.
Outgoing::Outgoing(std::string head, std::vector<Piece> body) : rest_(std::move(body)) {
  std::erase_if(rest_, is_empty);
  lazy_ = count_lazy(rest_);
  std::ranges::reverse(rest_);
  rest_.emplace_back(std::move(head));
}

Outgoing::Progress Outgoing::pump(Transport& transport, std::uint64_t budget) {
  const std::uint64_t stop = sent_ + budget;
  for (;;) {
    if (rest_.empty()) return Progress::Done;
    if (sent_ >= stop) return Progress::Yield;
    if (!make_ready()) return Progress::Fault;
    const IoResult result = send_some(transport);
    if (result.state == IoState::Blocked) return Progress::Blocked;
    if (result.state != IoState::Ok) return Progress::Fault;
    advance(result.bytes);
  }
}

// Makes what is next, and what is behind it as long as that are small texts.
bool Outgoing::make_ready() {
  std::uint64_t ready = 0;
  std::size_t texts = 0;
  for (std::size_t at = rest_.size(); at > 0;) {
    const bool next = at == rest_.size();
    if (!next && (ready + size_of(rest_[at - 1]) > kMadeAhead || texts >= kMaxVectors)) return true;
    if (std::holds_alternative<LazyPiece>(rest_[at - 1])) {
      const std::size_t behind = rest_.size() - at;
      if (!make(at - 1)) return false;
      at = rest_.size() - behind;
      continue;
    }
    if (!std::holds_alternative<std::string>(rest_[at - 1])) return true;
    ready += size_of(rest_[at - 1]);
    ++texts;
    --at;
  }
  return true;
}

// Puts what a lazy piece makes in its place.
bool Outgoing::make(std::size_t at) {
  const LazyPiece lazy = std::move(std::get<LazyPiece>(rest_[at]));
  auto made = lazy.make();
  std::uint64_t size = 0;
  if (made)
    for (const Piece& piece : *made) size += size_of(piece);
  if (!made || size != lazy.length) {
    log::warning("an answer broke off", {{"reason", made ? "a part changed its size" : made.error().text()},
                                         {"detail", made ? std::string() : made.error().detail}});
    return false;
  }
  std::erase_if(*made, is_empty);
  lazy_ += count_lazy(*made) - 1;
  const auto place = rest_.erase(rest_.begin() + static_cast<std::ptrdiff_t>(at));
  rest_.insert(place, std::make_move_iterator(made->rbegin()), std::make_move_iterator(made->rend()));
  return true;
}

IoResult Outgoing::send_some(Transport& transport) {
  std::array<iovec, kMaxVectors> vectors;  // NOLINT: filled up to `count`
  std::size_t count = 0;
  std::uint64_t offset = offset_;
  std::size_t at = rest_.size();
  for (; at > 0 && count < kMaxVectors; --at, offset = 0) {
    const auto* text = std::get_if<std::string>(&rest_[at - 1]);
    if (!text) break;
    if (text->size() == offset) continue;
    vectors[count++] = {const_cast<char*>(text->data()) + offset, text->size() - offset};
  }
  if (count > 0) return transport.write({vectors.data(), count}, at > 0);
  const auto& range = std::get<FileRange>(rest_.back());
  return transport.write_file(range.file->fd(), range.offset + offset_, range.length - offset_);
}

// Lets go what was sent: closes files, frees memory.
void Outgoing::advance(std::uint64_t bytes) {
  sent_ += bytes;
  offset_ += bytes;
  while (!rest_.empty() && offset_ >= size_of(rest_.back())) {
    offset_ -= size_of(rest_.back());
    rest_.pop_back();
  }
}

std::string_view reason_of(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

std::string write_head(const Response& response, const HeadFacts& facts) {
  std::string out;
  out.reserve(512);
  const bool switches = response.status == 101;
  const bool sound = switches || (response.status >= 200 && response.status <= 599);
  const int status = sound ? response.status : 500;
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason_of(status)).append("\r\n");
  out.append("Date: ").append(facts.date).append("\r\nServer: ehds-gateway\r\nX-Request-Id: ");
  append_value(out, facts.request_id);
  out.append("\r\nX-Content-Type-Options: nosniff\r\n");
  for (const auto& [name, value] : response.headers.lines()) {
    if (!codec::is_token(name) || is_servers_own(name)) continue;
    out.append(name).append(": ");
    append_value(out, value);
    out.append("\r\n");
  }
  if (has_length(status))
    out.append("Content-Length: ").append(std::to_string(response.body_size())).append("\r\n");
  if (switches || response.headers.has("Upgrade")) out.append("Connection: Upgrade\r\n");
  if (!facts.keep_alive) out.append("Connection: close\r\n");
  if (facts.keep_alive && facts.http10) out.append("Connection: keep-alive\r\n");
  return out.append("\r\n");
}

}  // namespace gateway::http
