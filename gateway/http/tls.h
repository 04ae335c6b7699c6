// TLS of the server: the context from a certificate and key, and the transport over it. OpenSSL and
// Poco::NetSSL stay in tls.cpp. Truncation cannot pass unnoticed without close_notify, because HTTP framing
// detects it.
#pragma once

#include <memory>
#include <string>

#include "gateway/http/socket.h"

namespace gateway::http {

class TlsContext {
 public:
  // TLS 1.2 and 1.3, forward secrecy, session tickets. Error: ConfigInvalid naming the file.
  static Result<std::unique_ptr<TlsContext>> create(const Tls& files);
  virtual ~TlsContext() = default;
  // Takes over an accepted, non-blocking descriptor; null when that fails. The handshake happens within
  // read().
  virtual std::unique_ptr<Transport> wrap(int fd, std::string peer) const = 0;
};

}  // namespace gateway::http
