// A scripted HTTP server on a free loopback port: answers every request head with the bytes a function gives.
// For tests of clients; one thread per server, one connection at a time.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace tests {

struct FakeAnswer {
  std::string bytes;
  bool close = false;  // afterwards
};

class FakeHttpServer {
 public:
  // `answer` gets the head of the request with its empty line, and what came of the body with it, or, with
  // `whole_bodies`, all that Content-Length announces.
  using Script = std::function<FakeAnswer(const std::string& request)>;
  explicit FakeHttpServer(Script answer, bool whole_bodies = false)
      : answer_(std::move(answer)), whole_bodies_(whole_bodies) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 64);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { run(); });
  }
  ~FakeHttpServer() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }
  std::uint16_t port() const { return port_; }
  std::string base() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  bool ready(int fd) const {
    pollfd entry{fd, POLLIN, 0};
    while (!stop_)
      if (::poll(&entry, 1, 20) > 0) return true;
    return false;
  }
  bool is_complete(const std::string& buffer) const {
    const auto end = buffer.find("\r\n\r\n");
    const auto length = buffer.find("Content-Length: ");
    if (end == std::string::npos || !whole_bodies_ || length > end) return end != std::string::npos;
    return buffer.size() - end - 4 >= std::stoul(buffer.substr(length + 16));
  }
  void run() {
    while (ready(listener_)) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) continue;
      serve(fd);
      ::close(fd);
    }
  }
  void serve(int fd) {
    std::string buffer;
    char piece[4096];
    while (ready(fd)) {
      const ssize_t got = ::recv(fd, piece, sizeof piece, 0);
      if (got <= 0) return;
      buffer.append(piece, static_cast<std::size_t>(got));
      if (!is_complete(buffer)) continue;
      const FakeAnswer answer = answer_(buffer);
      buffer.clear();
      ::send(fd, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
      if (answer.close) return;
    }
  }

  Script answer_;
  const bool whole_bodies_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::jthread thread_;
};

}  // namespace tests
