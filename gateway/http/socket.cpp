#include "gateway/http/socket.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "gateway/http/tls.h"

namespace gateway::http {
namespace {

constexpr std::uint64_t kSendFileBlock = 2 << 20;
constexpr int kBacklog = 1024;
// Bytes in a socket that wait for their first sending before it counts as full. What waits there is sent by
// whoever reads the acknowledgements, on one machine the client itself: with a small queue a series of 26 MB
// leaves here far more often (135 against 80 a second, 8 connections, loopback). It bounds memory for slow
// readers, too, and not what is under way: long paths lose nothing.
constexpr int kUnsentBytes = 32 << 10;

IoResult failed_io() {
  const bool wait = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {wait ? IoState::Blocked : IoState::Fault, 0};
}

class PlainTransport final : public Transport {
 public:
  PlainTransport(int fd, std::string peer)
      : socket_(new Poco::Net::StreamSocketImpl(fd)), fd_(fd), peer_(std::move(peer)) {}

  int fd() const override { return fd_; }
  const std::string& peer() const override { return peer_; }
  bool secure() const override { return false; }
  bool short_read_means_drained() const override { return true; }

  IoResult read(std::span<char> into) override {
    const ssize_t got = ::recv(fd_, into.data(), into.size(), 0);
    if (got < 0) return failed_io();
    return {got == 0 ? IoState::End : IoState::Ok, static_cast<std::size_t>(got)};
  }

  IoResult write(std::span<const iovec> pieces, bool more) override {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.size();
    const ssize_t sent = ::sendmsg(fd_, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
    if (sent < 0) return blocked();
    return {IoState::Ok, static_cast<std::size_t>(sent)};
  }

  IoResult write_file(int file, std::uint64_t offset, std::uint64_t length) override {
    auto at = static_cast<off_t>(offset);
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(length, kSendFileBlock));
    const ssize_t sent = ::sendfile(fd_, file, &at, want);
    if (sent < 0) return blocked();
    return {sent == 0 ? IoState::End : IoState::Ok, static_cast<std::size_t>(sent)};
  }

  void shutdown_write() override { ::shutdown(fd_, SHUT_WR); }

 private:
  // What the kernel holds back for more to come (MSG_MORE, and within sendfile) would keep the socket full
  // until its timer of 200 ms ends: setting TCP_NODELAY once more sends it.
  IoResult blocked() const {
    const IoResult result = failed_io();
    const int on = 1;
    if (result.state == IoState::Blocked) ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return result;
  }

  Poco::Net::StreamSocket socket_;  // owns the descriptor
  int fd_;
  std::string peer_;
};

std::string host_of(const sockaddr* address, socklen_t length) {
  try {
    return Poco::Net::SocketAddress(address, length).host().toString();
  } catch (const Poco::Exception&) {
    return "unknown";
  }
}

class PocoListener final : public Listener {
 public:
  PocoListener(Poco::Net::ServerSocket socket, std::unique_ptr<TlsContext> tls)
      : socket_(std::move(socket)), fd_(socket_.impl()->sockfd()), tls_(std::move(tls)) {}

  int fd() const override { return fd_; }
  bool secure() const override { return tls_ != nullptr; }
  std::string address() const override {
    return (tls_ ? "https://" : "http://") + socket_.address().toString();
  }

  std::unique_ptr<Transport> accept(bool& exhausted) override {
    for (;;) {
      sockaddr_storage address{};
      socklen_t length = sizeof address;
      const int fd =
          ::accept4(fd_, reinterpret_cast<sockaddr*>(&address), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
      exhausted = fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM);
      if (fd < 0) return nullptr;
      std::string peer = host_of(reinterpret_cast<sockaddr*>(&address), length);
      if (!tls_) return std::make_unique<PlainTransport>(fd, std::move(peer));
      if (auto transport = tls_->wrap(fd, std::move(peer))) return transport;
    }
  }

 private:
  Poco::Net::ServerSocket socket_;
  int fd_;
  std::unique_ptr<TlsContext> tls_;
};

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(const ListenerConfig& config) {
  std::unique_ptr<TlsContext> tls;
  if (config.tls) tls = TRY(TlsContext::create(*config.tls));
  const std::string name = config.host + ":" + std::to_string(config.port);
  try {
    Poco::Net::ServerSocket socket;
    socket.bind(Poco::Net::SocketAddress(config.host, config.port), true, false);
    socket.listen(kBacklog);
    socket.setBlocking(false);
    socket.impl()->setNoDelay(true);  // accepted sockets inherit both
    if (!tls) socket.impl()->setOption(IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes);
    return std::unique_ptr<Listener>(std::make_unique<PocoListener>(std::move(socket), std::move(tls)));
  } catch (const Poco::Exception& fault) {
    return fail(ErrorCode::ConfigInvalid, "cannot listen on " + name + ": " + fault.displayText(), name);
  }
}

}  // namespace gateway::http
