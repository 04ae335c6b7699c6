// The target of a request and the address it was sent to (RFC 9112 section 3.2, RFC 9110 section 7.2). Pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/http/message.h"

namespace gateway::http {

// Fills path and query from method, target and headers; gives the authority to which the request goes: of an
// absolute target, else of the Host field, or empty (HTTP/1.0 only). Path is "*" for OPTIONS *. Error:
// MalformedRequest.
Result<std::string> read_target(Request& request, bool http10);

// uri-host [":" port] without user information.
bool is_authority(std::string_view text);

struct PublicAddress {
  std::string scheme;
  std::string authority;
};
// What a trusted proxy says about the address that the client used: Forwarded (RFC 7239), else X-Forwarded-*;
// parts that are absent or not well-formed stay as given.
PublicAddress forwarded_address(const Headers& headers, PublicAddress own);

}  // namespace gateway::http
