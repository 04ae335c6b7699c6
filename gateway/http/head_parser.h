// The head of a request: request line and fields (RFC 9112 sections 2 to 6), strict.
//
// find_head_end() looks for the end as bytes arrive and refuses early what no later byte can mend;
// parse_head() reads the complete head with Boost.Beast's parser (head_parser.cpp only) and adds what Beast
// leaves to its user. Every error here means: answer, then close; the connection's framing can no longer be
// trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/http/message.h"
#include "gateway/http/server.h"

namespace gateway::http {

// How far the search for the end of the head has come.
struct HeadScan {
  std::size_t scanned = 0;
  std::size_t line_start = 0;
  std::uint32_t lines = 0;
};

// Length of the head with its empty line, or 0 while it is incomplete. `bytes` is all that arrived since the
// head began; `scan` is carried from call to call. Errors: MalformedRequest, UriTooLong, HeaderTooLarge.
Result<std::size_t> find_head_end(std::string_view bytes, HeadScan& scan, const Limits& limits);

enum class Framing : std::uint8_t { None, Length, Chunked };

struct Head {
  Method method = Method::Get;
  std::string target;  // as received
  bool http10 = false;
  bool keep_alive = true;
  Framing framing = Framing::None;
  std::uint64_t content_length = 0;  // for Framing::Length
  bool expects = false;              // has an Expect field
  Headers headers;
};

// `bytes` is exactly one head. Errors: MalformedRequest, NotSupported (method), VersionNotSupported.
Result<Head> parse_head(std::string_view bytes);

}  // namespace gateway::http
