// Names and addresses of application entities (PS3.8 section 7.1.1.4 and 7.1.1.7). Thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/dimse/peer.h"

namespace gateway::dimse {

// Without the leading and trailing spaces, which do not count.
std::string title_of(std::string_view text);
// "10.1.2.3:104". Errors: BadGateway, the host has no IPv4 address (DCMTK's upper layer speaks no other);
// GatewayTimeout, nobody knows it in time.
Result<std::string> address_of(const DimsePeer& peer, std::chrono::milliseconds at_most);
// The other end of a socket, without its port.
std::string host_of(int fd);

}  // namespace gateway::dimse
