#include "gateway/dimse/transport.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dcmlayer.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace gateway::dimse {
namespace {

std::mutex& handover_mutex() {
  static std::mutex mutex;
  return mutex;
}

// DCMTK's secure connection as the cipher of a Line. It closes a descriptor of its own.
class SecureCipher final : public Line::Cipher {
 public:
  explicit SecureCipher(std::unique_ptr<DcmTransportConnection> connection)
      : connection_(std::move(connection)) {}
  ssize_t read(void* into, std::size_t size) override { return connection_->read(into, size); }
  ssize_t write(const void* from, std::size_t size) override {
    return connection_->write(const_cast<void*>(from), size);
  }
  bool pending(int wait_ms) override { return connection_->networkDataAvailable((wait_ms + 999) / 1000); }
  DcmTransportConnection& connection() { return *connection_; }

 private:
  std::unique_ptr<DcmTransportConnection> connection_;
};

// DCMTK's view of a Line.
class LineConnection final : public DcmTransportConnection {
 public:
  LineConnection(std::shared_ptr<Line> line, std::unique_ptr<SecureCipher> cipher)
      : DcmTransportConnection(line->fd()), line_(std::move(line)), cipher_(std::move(cipher)) {}
  ~LineConnection() override { LineConnection::close(); }

  OFCondition serverSideHandshake() override {
    return cipher_ ? secured(cipher_->connection().serverSideHandshake()) : OFCondition(EC_Normal);
  }
  OFCondition clientSideHandshake() override {
    return cipher_ ? secured(cipher_->connection().clientSideHandshake()) : OFCondition(EC_Normal);
  }
  OFCondition renegotiate(const char*) override { return EC_Normal; }
  ssize_t read(void* into, size_t size) override { return line_->read(into, size); }
  ssize_t write(void* from, size_t size) override { return line_->write(from, size); }
  void close() override {
    line_->flush();
    line_->set_cipher(nullptr);
    cipher_.reset();  // says goodbye while the socket is still open
    line_->close();
  }
  void closeTransportConnection() override { close(); }
  unsigned long getPeerCertificateLength() override { return 0; }
  unsigned long getPeerCertificate(void*, unsigned long) override { return 0; }
  OFBool networkDataAvailable(int seconds) override { return line_->readable(std::chrono::seconds(seconds)); }
  OFBool isTransparentConnection() override { return !cipher_; }
  OFString& dumpConnectionParameters(OFString& text) override { return text; }

 private:
  OFCondition secured(OFCondition done) {
    if (done.good()) line_->set_cipher(cipher_.get());
    return done;
  }

  std::shared_ptr<Line> line_;
  std::unique_ptr<SecureCipher> cipher_;
};

void limit_socket(int fd, std::chrono::milliseconds limit) {
  const timeval time{limit.count() / 1000, limit.count() % 1000 * 1000};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

}  // namespace

class Transport::Layer final : public DcmTransportLayer {
 public:
  Layer(Transport& transport, const SecureLayer* secure) : transport_(transport), secure_(secure) {}
  DcmTransportConnection* createConnection(DcmNativeSocketType fd, OFBool) override {
    if (transport_.handing_over_) transport_.received();
    auto& line = transport_.line_;
    if (!line) line = std::make_shared<Line>(fd);
    if (transport_.lines) transport_.lines->add(line);
    line->set_deadline(transport_.limit);
    std::unique_ptr<SecureCipher> cipher;
    if (secure_) {
      limit_socket(fd, transport_.limit);
      const int own = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
      std::unique_ptr<DcmTransportConnection> connection(
          own < 0 ? nullptr : secure_->layer().createConnection(own, OFTrue));
      if (!connection) {
        if (own >= 0) ::close(own);
        line->hang_up();  // every read then says that the peer is gone
      } else {
        cipher = std::make_unique<SecureCipher>(std::move(connection));
      }
    }
    return new LineConnection(line, std::move(cipher));
  }

 private:
  Transport& transport_;
  const SecureLayer* secure_;
};

void prepare_dcmtk() {
  static const bool done = [] {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    dcmDisableGethostbyaddr.set(OFTrue);
    return true;
  }();
  static_cast<void>(done);
}

Transport::Transport(const SecureLayer* secure) : layer_(std::make_unique<Layer>(*this, secure)) {
  prepare_dcmtk();
}

Transport::~Transport() {
  if (network_) ASC_dropNetwork(&network_);
}

T_ASC_Network* Transport::open(bool acceptor, int seconds) {
  if (ASC_initializeNetwork(acceptor ? NET_ACCEPTOR : NET_REQUESTOR, 0, seconds, &network_).bad())
    return nullptr;
  return ASC_setTransportLayer(network_, layer_.get(), 0).good() ? network_ : nullptr;
}

T_ASC_Network* Transport::for_request(int seconds) { return open(false, seconds); }

T_ASC_Network* Transport::for_receive(std::shared_ptr<Line> line, int seconds) {
  line_ = std::move(line);
  handing_over_ = std::unique_lock(handover_mutex());
  dcmExternalSocketHandle.set(line_->fd());
  return open(true, seconds);
}

void Transport::received() {
  if (!handing_over_) return;
  dcmExternalSocketHandle.set(-1);
  handing_over_.unlock();
}

}  // namespace gateway::dimse
