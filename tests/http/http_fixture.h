// What the tests of the server share: a clock that stands still, a raw socket client, and a server on a free
// port with a few routes. Reads wait on the socket, with a limit so that a fault ends as a failure and not as
// a hang.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

#include "gateway/base/text.h"
#include "gateway/http/server.h"

namespace tests {

using namespace gateway;
using namespace gateway::http;

class StillClock final : public Clock {
 public:
  std::int64_t utc_us() const override { return 1'795'000'000'000'000 + now_; }
  std::int64_t steady_us() const override { return 1'000'000'000 + now_; }
  void advance_ms(std::int64_t ms) { now_ += ms * 1000; }

 private:
  std::atomic<std::int64_t> now_{0};
};

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  std::string field(const std::string& name) const {
    for (const auto line : split(head, '\n'))
      if (iequals(line.substr(0, line.find(':')), name))
        return std::string(trim(trim(line.substr(line.find(':') + 1), '\r')));
    return {};
  }

 private:
  static std::string_view trim(std::string_view text, char end = ' ') {
    while (!text.empty() && (text.back() == end || text.back() == ' ')) text.remove_suffix(1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_), unread_(std::move(other.unread_)) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }
  bool connected() const { return connected_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }
  bool readable_within(int ms) const {
    pollfd entry{fd_, POLLIN, 0};
    return ::poll(&entry, 1, ms) > 0;
  }

  // One response; status 0 when the connection ended (or broke) before it was complete.
  Answer read_answer(bool head_only = false) {
    std::size_t end = std::string::npos;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos)
      if (!receive()) return {};
    Answer answer;
    answer.head = unread_.substr(0, end + 2);
    unread_.erase(0, end + 4);
    answer.status = answer.head.size() > 12 ? std::atoi(answer.head.c_str() + 9) : 0;
    const std::string length = answer.field("Content-Length");
    const std::size_t size = length.empty() || head_only ? 0 : std::stoul(length);
    while (unread_.size() < size)
      if (!receive()) return {};
    answer.body = unread_.substr(0, size);
    unread_.erase(0, size);
    return answer;
  }
  Answer exchange(std::string_view request) { return send(request) ? read_answer() : Answer{}; }
  // Everything up to the end of the connection.
  std::string read_all() {
    while (receive()) {
    }
    return std::exchange(unread_, {});
  }
  bool receive() {
    char buffer[65536];
    const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
    timed_out_ = got < 0 && errno == EAGAIN;
    if (got <= 0) return false;
    unread_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  bool timed_out() const { return timed_out_; }

 private:
  int fd_;
  bool connected_ = false;
  bool timed_out_ = false;
  std::string unread_;
};

// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "gateway-http-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    config.threads = 2;
    config.spool_dir = folder.path();
    add_routes();
  }
  ~ServerTest() override {
    if (server) server->stop(0);
  }

  void add_routes() {
    router.add(Method::Get, "/hello", {.tag = "test"}, [this](const Request&) -> Result<Response> {
      ++handled;
      return Response::text(200, "text/plain", "hello");
    });
    router.add(Method::Get, "/echo/{name}", {.tag = "test"},
               [this](const Request& request) -> Result<Response> {
                 ++handled;
                 std::string text = std::string(request.param("name")) + "|" + request.base_url + "|";
                 for (const auto& [key, value] : request.query) text += key + "=" + value + ";";
                 return Response::text(200, "text/plain", text);
               });
    router.add(Method::Post, "/size", {.tag = "test", .consumes = {"*/*"}, .body_limit = 64 << 20},
               [this](const Request& request) -> Result<Response> {
                 ++handled;
                 return Response::text(200, "text/plain", std::to_string(request.body->size()));
               });
    router.add(Method::Post, "/json", {.tag = "test", .consumes = {"application/json"}, .body_limit = 1000},
               [this](const Request& request) -> Result<Response> {
                 ++handled;
                 return Response::text(200, "text/plain", std::string(as_text(request.body->contiguous())));
               });
  }
  void start(const Clock& clock = Clock::system()) {
    config.listeners.push_back({"127.0.0.1", 0, nullptr});
    auto made = Server::create(std::move(config), router, metrics, clock);
    ASSERT_TRUE(made.ok()) << made.error().text();
    server = std::move(made).value();
    server->start();
    const std::string address = server->addresses().back();
    port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  RawClient client() const { return RawClient(port); }

  TemporaryFolder folder;
  StillClock clock;  // for start(clock)
  Router router;
  Metrics metrics;
  ServerConfig config;
  std::unique_ptr<Server> server;
  std::uint16_t port = 0;
  std::atomic<int> handled{0};
};

}  // namespace tests
