#include "gateway/http/tls.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace gateway::http {
namespace {

using Poco::Net::SecureStreamSocket;

constexpr std::size_t kFileBlock = 32 << 10;  // what is read, encrypted and copied stays in the near caches
constexpr std::size_t kRecord = 16 << 10;

std::string last_openssl_error() {
  std::array<char, 256> text{};
  ::ERR_error_string_n(::ERR_get_error(), text.data(), text.size());
  ::ERR_clear_error();
  return text.data();
}

// A buffer for what TLS has to copy anyway: one a thread, so idle connections have none.
std::vector<char>& scratch() {
  thread_local std::vector<char> buffer(kFileBlock);
  return buffer;
}

// Records written meanwhile leave in full segments, or when it ends.
class Cork {
 public:
  explicit Cork(int fd) : fd_(fd) { set(1); }
  ~Cork() { set(0); }
  Cork(const Cork&) = delete;
  Cork& operator=(const Cork&) = delete;

 private:
  void set(int on) const { ::setsockopt(fd_, IPPROTO_TCP, TCP_CORK, &on, sizeof on); }
  int fd_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(SecureStreamSocket socket, int fd, std::string peer)
      : socket_(std::move(socket)), fd_(fd), peer_(std::move(peer)) {}

  int fd() const override { return fd_; }
  const std::string& peer() const override { return peer_; }
  bool secure() const override { return true; }
  bool short_read_means_drained() const override { return false; }

  IoResult read(std::span<char> into) override {
    return attempt([&] { return socket_.receiveBytes(into.data(), static_cast<int>(into.size())); },
                   IoState::End);
  }

  // Small pieces are gathered into one record. The same bytes are gathered again after WANT_WRITE.
  IoResult write(std::span<const iovec> pieces, bool) override {
    const auto* data = static_cast<const char*>(pieces[0].iov_base);
    std::size_t size = pieces[0].iov_len;
    if (pieces.size() > 1 && size < kRecord) {
      size = 0;
      for (const auto& piece : pieces) {
        const std::size_t take = std::min(piece.iov_len, kRecord - size);
        std::memcpy(scratch().data() + size, piece.iov_base, take);
        size += take;
      }
      data = scratch().data();
    }
    return send(data, std::min(size, kFileBlock));
  }

  IoResult write_file(int file, std::uint64_t offset, std::uint64_t length) override {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(length, kFileBlock));
    const ssize_t got = ::pread(file, scratch().data(), want, static_cast<off_t>(offset));
    if (got < 0) return {IoState::Fault, 0};
    if (static_cast<std::size_t>(got) < want) return {IoState::End, 0};
    const Cork cork(fd_);
    std::size_t done = 0;
    while (done < want) {  // one SSL_write makes one record of at most 16 KiB
      const IoResult sent = send(scratch().data() + done, want - done);
      if (sent.state != IoState::Ok) return done ? IoResult{IoState::Ok, done} : sent;
      done += sent.bytes;
    }
    return {IoState::Ok, done};
  }

  void shutdown_write() override {
    attempt([&] { return socket_.shutdown(), 1; }, IoState::End);
    ::shutdown(fd_, SHUT_WR);
  }

 private:
  IoResult send(const char* data, std::size_t size) {
    return attempt([&] { return socket_.sendBytes(data, static_cast<int>(size)); }, IoState::Fault);
  }

  // The error queue of OpenSSL is per thread: what another connection left there must not be read as ours.
  template <class Call>
  IoResult attempt(const Call& call, IoState at_zero) {
    ::ERR_clear_error();
    try {
      const int count = call();
      if (count > 0) return {IoState::Ok, static_cast<std::size_t>(count)};
      return {count == 0 ? at_zero : IoState::Blocked, 0};
    } catch (const std::exception&) {
      return {IoState::Fault, 0};
    }
  }

  SecureStreamSocket socket_;
  int fd_;
  std::string peer_;
};

class PocoTlsContext final : public TlsContext {
 public:
  explicit PocoTlsContext(Poco::Net::Context::Ptr context) : context_(std::move(context)) {}

  std::unique_ptr<Transport> wrap(int fd, std::string peer) const override {
    try {
      Poco::Net::StreamSocket plain(new Poco::Net::StreamSocketImpl(fd));
      plain.setBlocking(false);
      return std::make_unique<TlsTransport>(SecureStreamSocket::attach(plain, context_), fd, std::move(peer));
    } catch (const std::exception&) {
      return nullptr;
    }
  }

 private:
  Poco::Net::Context::Ptr context_;
};

Result<void> load(SSL_CTX* context, const Tls& files) {
  ::ERR_clear_error();
  ::SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
  if (::SSL_CTX_use_certificate_chain_file(context, files.certificate_file.c_str()) != 1)
    return fail(ErrorCode::ConfigInvalid, "the TLS certificate cannot be read", files.certificate_file,
                last_openssl_error());
  if (::SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return fail(ErrorCode::ConfigInvalid, "the TLS key cannot be read or does not fit the certificate",
                files.key_file, last_openssl_error());
  return {};
}

// Both key lengths are strong; images are large, and ten rounds cost less than fourteen. A client that
// insists on another of these gets it.
constexpr const char* kSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kSuitesTls12 = "ECDHE+AES128+AESGCM:ECDHE+AESGCM:ECDHE+CHACHA20";

void set_policy(SSL_CTX* context) {
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  ::SSL_CTX_set_ciphersuites(context, kSuites);
  ::SSL_CTX_set_cipher_list(context, kSuitesTls12);
  ::SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  ::SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::create(const Tls& files) {
  try {
    Poco::Net::initializeSSL();
    Poco::Net::Context::Params params;
    params.verificationMode = Poco::Net::Context::VERIFY_NONE;
    params.cipherList = kSuitesTls12;
    Poco::Net::Context::Ptr context = new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, params);
    TRY(load(context->sslContext(), files));
    set_policy(context->sslContext());
    return std::unique_ptr<TlsContext>(std::make_unique<PocoTlsContext>(std::move(context)));
  } catch (const Poco::Exception& fault) {
    return fail(ErrorCode::ConfigInvalid, "TLS cannot be set up", {}, fault.displayText());
  }
}

}  // namespace gateway::http
