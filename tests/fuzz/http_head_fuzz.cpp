// Heads and bodies of requests, cut into pieces at every place that the first byte chooses: what is refused
// at once is refused in pieces too, and no byte is taken twice.
#include <cstdlib>
#include <string>

#include "gateway/http/body_reader.h"
#include "gateway/http/head_parser.h"
#include "gateway/http/negotiate.h"
#include "gateway/http/target.h"

namespace {

using namespace gateway;
using namespace gateway::http;

void check(bool holds) {
  if (!holds) std::abort();
}

// Feeds the bytes in steps; the length of the head, 0 for none, -1 for an error.
long head_length(std::string_view bytes, std::size_t step) {
  HeadScan scan;
  for (std::size_t end = std::min(step, bytes.size());; end = std::min(end + step, bytes.size())) {
    const auto found = find_head_end(bytes.substr(0, end), scan, Limits{});
    if (!found) return -1;
    if (*found > 0 || end == bytes.size()) return static_cast<long>(*found);
  }
}

struct Body {
  bool ok = true;
  bool done = false;
  std::size_t taken = 0;
  std::string content;
};

Body read_body(const Head& head, std::string_view bytes, std::size_t step) {
  BodyReader reader(head.framing, head.content_length, 1 << 20);
  Body body;
  const auto sink = [&body](std::string_view piece) { return body.content += piece, Result<void>(); };
  while (body.taken < bytes.size() && !reader.done()) {
    const auto piece = bytes.substr(body.taken, step);
    const auto taken = reader.feed(piece, sink);
    if (!taken) return body.ok = false, body;
    check(*taken == piece.size() || reader.done());
    body.taken += *taken;
  }
  body.done = reader.done();
  return body;
}

void check_request(Head head) {
  Request request;
  request.method = head.method;
  request.target = head.target;
  request.headers = head.headers;
  const auto authority = read_target(request, head.http10);
  if (!authority) return;
  check(request.path == "*" || request.path.starts_with('/'));
  check(request.path.find('\0') == std::string::npos && request.path.find("/../") == std::string::npos);
  (void)forwarded_address(request.headers, {"http", *authority});
  (void)parse_accept(request.headers.get("Accept"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = data[0] % 16 + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const long length = head_length(bytes, bytes.size());
  const long stepwise = head_length(bytes, step);
  check((length < 0 && stepwise < 0) || length == stepwise ||
        stepwise > 0);  // an error may lie behind the head
  if (stepwise <= 0) return 0;
  auto head = parse_head(bytes.substr(0, static_cast<std::size_t>(stepwise)));
  if (!head) return 0;
  check(head->framing != Framing::Length || head->content_length > 0);
  const std::string_view rest = bytes.substr(static_cast<std::size_t>(stepwise));
  const Body whole = read_body(*head, rest, rest.size() + 1);
  const Body pieces = read_body(*head, rest, step);
  check(whole.ok == pieces.ok && whole.done == pieces.done);
  check(!whole.ok || (whole.taken == pieces.taken && whole.content == pieces.content));
  check_request(std::move(head).value());
  return 0;
}
