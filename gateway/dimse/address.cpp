#include "gateway/dimse/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

namespace gateway::dimse {

std::string title_of(std::string_view title) {
  while (!title.empty() && title.front() == ' ') title.remove_prefix(1);
  while (!title.empty() && title.back() == ' ') title.remove_suffix(1);
  return std::string(title);
}

Result<std::string> address_of(const DimsePeer& peer) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  if (const int fault = ::getaddrinfo(peer.host.c_str(), nullptr, &hints, &found); fault != 0 || !found)
    return fail(ErrorCode::BadGateway, "the host of the DICOM node " + peer.ae_title + " cannot be found",
                peer.host, fault ? ::gai_strerror(fault) : "");
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr, text, sizeof text);
  ::freeaddrinfo(found);
  return text + (":" + std::to_string(peer.port));
}

std::string host_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char host[NI_MAXHOST] = {};
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      ::getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host, sizeof host, nullptr, 0,
                    NI_NUMERICHOST) != 0)
    return "unknown";
  const std::string_view text(host);
  return std::string(text.starts_with("::ffff:") ? text.substr(7) : text);
}

}  // namespace gateway::dimse
