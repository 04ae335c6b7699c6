#include "gateway/dimse/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace gateway::dimse {

namespace {

// One question to the system's resolver, which has no deadline of its own that we could set.
class Lookup {
 public:
  explicit Lookup(std::string host) : host_(std::move(host)) {
    hints_.ai_family = AF_INET;
    hints_.ai_socktype = SOCK_STREAM;
    request_.ar_name = host_.c_str();
    request_.ar_request = &hints_;
  }
  ~Lookup() {
    if (request_.ar_result) ::freeaddrinfo(request_.ar_result);
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  int start() {
    gaicb* list[] = {&request_};
    return ::getaddrinfo_a(GAI_NOWAIT, list, 1, nullptr);
  }
  bool wait(std::chrono::milliseconds at_most) const {
    const auto until = std::chrono::steady_clock::now() + at_most;
    const gaicb* list[] = {&request_};
    while (!done()) {
      const auto left =
          std::chrono::duration_cast<std::chrono::nanoseconds>(until - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      const timespec time{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
      ::gai_suspend(list, 1, &time);
    }
    return true;
  }
  std::optional<std::string> address() const {
    if (::gai_error(const_cast<gaicb*>(&request_)) != 0 || !request_.ar_result) return {};
    char text[INET_ADDRSTRLEN] = {};
    const auto* found = reinterpret_cast<const sockaddr_in*>(request_.ar_result->ai_addr);
    ::inet_ntop(AF_INET, &found->sin_addr, text, sizeof text);
    return text;
  }
  const char* why() const { return ::gai_strerror(::gai_error(const_cast<gaicb*>(&request_))); }

  // The resolver's thread may still write to it: it is kept until that has ended.
  static void abandon(std::unique_ptr<Lookup> lookup) {
    static std::mutex mutex;
    static auto& late = *new std::vector<std::unique_ptr<Lookup>>;  // outlives the exit of the process
    const std::lock_guard lock(mutex);
    ::gai_cancel(&lookup->request_);
    late.push_back(std::move(lookup));
    std::erase_if(late, [](const auto& one) { return one->done(); });
  }

 private:
  bool done() const { return ::gai_error(const_cast<gaicb*>(&request_)) != EAI_INPROGRESS; }

  std::string host_;
  addrinfo hints_{};
  gaicb request_{};
};

}  // namespace

std::string title_of(std::string_view title) {
  while (!title.empty() && title.front() == ' ') title.remove_prefix(1);
  while (!title.empty() && title.back() == ' ') title.remove_suffix(1);
  return std::string(title);
}

Result<std::string> address_of(const DimsePeer& peer, std::chrono::milliseconds at_most) {
  const auto fault = [&peer](ErrorCode code, const char* what, const char* detail) {
    return fail(code, "the host of the DICOM node " + peer.ae_title + " " + what, {},
                peer.host + ": " + detail);
  };
  in_addr number{};
  if (::inet_pton(AF_INET, peer.host.c_str(), &number) == 1)
    return peer.host + ":" + std::to_string(peer.port);
  auto lookup = std::make_unique<Lookup>(peer.host);
  if (lookup->start() != 0) return fault(ErrorCode::BadGateway, "cannot be looked up", "getaddrinfo_a");
  if (!lookup->wait(at_most)) {
    Lookup::abandon(std::move(lookup));
    return fault(ErrorCode::GatewayTimeout, "was not found in time", "no answer");
  }
  const auto address = lookup->address();
  if (!address) return fault(ErrorCode::BadGateway, "cannot be found", lookup->why());
  return *address + ":" + std::to_string(peer.port);
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
