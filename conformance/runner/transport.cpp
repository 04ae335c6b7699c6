#include "conformance/runner/transport.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"

namespace conformance {
namespace {

using gateway::ErrorCode;
using gateway::fail;
using gateway::Result;

// Waits for events; false when the deadline passes first.
short wait_for(int fd, short events, std::int64_t deadline_us) {
  for (;;) {
    const std::int64_t left_us = deadline_us - gateway::Clock::system().steady_us();
    if (left_us <= 0) return 0;
    pollfd entry{fd, events, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left_us / 1000 + 1, 60'000)));
    if (ready > 0) return entry.revents;
    if (ready < 0 && errno != EINTR) return 0;
  }
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Descriptor fd) : fd_(std::move(fd)) {}

  IoResult read(std::span<char> into, std::int64_t deadline_us) override {
    for (;;) {
      const ssize_t got = ::recv(fd_.get(), into.data(), into.size(), 0);
      if (got > 0) return {Io::Done, static_cast<std::size_t>(got)};
      if (got == 0) return {Io::Closed};
      if (errno != EAGAIN && errno != EINTR) return {Io::Closed};
      if (!wait_for(fd_.get(), POLLIN, deadline_us)) return {Io::TimedOut};
    }
  }

  IoResult write(std::string_view bytes, std::int64_t deadline_us) override {
    for (;;) {
      const ssize_t put = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put >= 0) return {Io::Done, static_cast<std::size_t>(put)};
      if (errno != EAGAIN && errno != EINTR) return {Io::Closed};
      const short ready = wait_for(fd_.get(), POLLIN | POLLOUT, deadline_us);
      if (!ready) return {Io::TimedOut};
      if (!(ready & POLLOUT)) return {Io::Done, 0};
    }
  }

  void finish() override { ::shutdown(fd_.get(), SHUT_WR); }

 private:
  Descriptor fd_;
};

struct FreeContext {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { ::SSL_free(session); }
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(Descriptor fd, std::unique_ptr<SSL_CTX, FreeContext> context)
      : fd_(std::move(fd)), context_(std::move(context)), session_(::SSL_new(context_.get())) {}

  Result<void> handshake(const Endpoint& endpoint, std::int64_t deadline_us) {
    ::SSL_set_fd(session_.get(), fd_.get());
    ::SSL_set_tlsext_host_name(session_.get(), endpoint.host.c_str());
    // The name in the URL must be in the certificate: as an address when it is one, else as a DNS name.
    X509_VERIFY_PARAM* const verify = ::SSL_get0_param(session_.get());
    if (!endpoint.insecure && ::X509_VERIFY_PARAM_set1_ip_asc(verify, endpoint.host.c_str()) != 1)
      ::X509_VERIFY_PARAM_set1_host(verify, endpoint.host.c_str(), 0);
    for (;;) {
      const int done = ::SSL_connect(session_.get());
      if (done == 1) return {};
      if (!wait(done, deadline_us)) return fail(ErrorCode::Internal, "the TLS handshake failed: " + reason());
    }
  }

  IoResult read(std::span<char> into, std::int64_t deadline_us) override {
    for (;;) {
      const int got = ::SSL_read(session_.get(), into.data(), static_cast<int>(into.size()));
      if (got > 0) return {Io::Done, static_cast<std::size_t>(got)};
      if (const Io state = wait_state(got, deadline_us); state != Io::Done) return {state};
    }
  }

  IoResult write(std::string_view bytes, std::int64_t deadline_us) override {
    for (;;) {
      const int put =
          ::SSL_write(session_.get(), bytes.data(), static_cast<int>(std::min(bytes.size(), kPiece)));
      if (put > 0) return {Io::Done, static_cast<std::size_t>(put)};
      if (const Io state = wait_state(put, deadline_us); state != Io::Done) return {state};
    }
  }

  void finish() override {
    ::SSL_shutdown(session_.get());
    ::shutdown(fd_.get(), SHUT_WR);
  }

 private:
  static constexpr std::size_t kPiece = 16'384;

  Io wait_state(int result, std::int64_t deadline_us) {
    const int error = ::SSL_get_error(session_.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return Io::Closed;
    const short events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    return wait_for(fd_.get(), events, deadline_us) ? Io::Done : Io::TimedOut;
  }
  bool wait(int result, std::int64_t deadline_us) { return wait_state(result, deadline_us) == Io::Done; }
  static std::string reason() {
    const char* text = ::ERR_reason_error_string(::ERR_get_error());
    return text ? text : "no answer";
  }

  Descriptor fd_;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::unique_ptr<SSL, FreeSession> session_;
};

Result<Descriptor> connect_to(const addrinfo& address, std::int64_t deadline_us) {
  Descriptor fd(::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return fail(ErrorCode::Internal, std::string("no socket: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return fd;
  int error = errno;
  if (error == EINPROGRESS) {
    if (!wait_for(fd.get(), POLLOUT, deadline_us)) return fail(ErrorCode::Internal, "no connection in time");
    socklen_t size = sizeof error;
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error) return fail(ErrorCode::Internal, std::string("cannot connect: ") + std::strerror(error));
  return fd;
}

Result<Descriptor> dial(const Endpoint& endpoint, std::int64_t deadline_us) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &list) != 0 ||
      !list)
    return fail(ErrorCode::InvalidParameter, "the host is unknown", endpoint.host);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  for (const addrinfo* address = list;; address = address->ai_next) {
    auto fd = connect_to(*address, deadline_us);
    if (fd.ok() || !address->ai_next) return fd;
  }
}

Result<std::unique_ptr<Transport>> wrap_tls(Descriptor fd, const Endpoint& endpoint,
                                            std::int64_t deadline_us) {
  std::unique_ptr<SSL_CTX, FreeContext> context(::SSL_CTX_new(::TLS_client_method()));
  if (!context) return fail(ErrorCode::Internal, "no TLS context");
  // The system's roots only where they decide: reading them takes longer than a whole case.
  if (endpoint.ca_file.empty() && !endpoint.insecure) ::SSL_CTX_set_default_verify_paths(context.get());
  ::SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (!endpoint.ca_file.empty() &&
      ::SSL_CTX_load_verify_locations(context.get(), endpoint.ca_file.c_str(), nullptr) != 1)
    return fail(ErrorCode::InvalidParameter, "the CA file cannot be read", endpoint.ca_file);
  ::SSL_CTX_set_verify(context.get(), endpoint.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  auto tls = std::make_unique<TlsTransport>(std::move(fd), std::move(context));
  TRY(tls->handshake(endpoint, deadline_us));
  return std::unique_ptr<Transport>(std::move(tls));
}

}  // namespace

std::string Endpoint::authority() const {
  const bool bracket = host.find(':') != std::string::npos;
  return (bracket ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Endpoint> parse_base_url(std::string_view url) {
  Endpoint endpoint;
  endpoint.tls = url.starts_with("https://");
  if (!endpoint.tls && !url.starts_with("http://"))
    return fail(ErrorCode::InvalidParameter, "the base is http://HOST:PORT or https://HOST:PORT",
                std::string(url));
  std::string_view rest = url.substr(endpoint.tls ? 8 : 7);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find('/') != std::string_view::npos)
    return fail(ErrorCode::InvalidParameter, "the base has no path; use --root", std::string(url));
  endpoint.port = endpoint.tls ? 443 : 80;
  const auto colon = rest.rfind(':');
  if (colon != std::string_view::npos &&
      colon > (rest.find(']') == std::string_view::npos ? 0 : rest.find(']'))) {
    const auto port = gateway::parse_number<std::uint16_t>(rest.substr(colon + 1));
    if (!port) return fail(ErrorCode::InvalidParameter, "the port is no number", std::string(url));
    endpoint.port = *port;
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  if (rest.empty()) return fail(ErrorCode::InvalidParameter, "the base names no host", std::string(url));
  endpoint.host = rest;
  return endpoint;
}

Result<std::unique_ptr<Transport>> Transport::connect(const Endpoint& endpoint, std::int64_t deadline_us) {
  Descriptor fd = TRY(dial(endpoint, deadline_us));
  if (endpoint.tls) return wrap_tls(std::move(fd), endpoint, deadline_us);
  return std::unique_ptr<Transport>(std::make_unique<PlainTransport>(std::move(fd)));
}

}  // namespace conformance
