// Sockets as the server sees them: a listener and accepted connections, plain or TLS, never blocking.
//
// Poco owns the sockets and the TLS context (socket.cpp, tls.cpp); plain bytes move by the system calls
// themselves, because Poco's own paths copy through 4 KiB buffers and cannot do sendfile(2). A Transport
// belongs to one thread at a time; a Listener accepts from one thread at a time.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "gateway/base/result.h"
#include "gateway/http/server.h"

namespace gateway::http {

enum class IoState : std::uint8_t {
  Ok,       // `bytes` were moved, at least one
  Blocked,  // nothing now: wait for the socket
  End,      // orderly end of the peer's bytes
  Fault,    // broken
};

struct IoResult {
  IoState state = IoState::Ok;
  std::size_t bytes = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual int fd() const = 0;
  virtual const std::string& peer() const = 0;  // address without port
  virtual bool secure() const = 0;
  virtual IoResult read(std::span<char> into) = 0;
  // `more`: other bytes follow at once, so a short segment may wait for them.
  virtual IoResult write(std::span<const iovec> pieces, bool more) = 0;
  // End means that the file is shorter than the range.
  virtual IoResult write_file(int file, std::uint64_t offset, std::uint64_t length) = 0;
  // No more bytes from our side; the peer sees the end after the last one.
  virtual void shutdown_write() = 0;
  // A read that moved less than was asked for says that nothing is left in the socket.
  virtual bool short_read_means_drained() const = 0;
};

class Listener {
 public:
  // Error: ConfigInvalid when the address cannot be bound or the certificate not be used.
  static Result<std::unique_ptr<Listener>> open(const ListenerConfig& config);
  virtual ~Listener() = default;
  virtual int fd() const = 0;
  virtual bool secure() const = 0;
  virtual std::string address() const = 0;  // "http://127.0.0.1:8080"
  // The next connection, or null when none waits; `exhausted` is set when the process has no descriptor left.
  virtual std::unique_ptr<Transport> accept(bool& exhausted) = 0;
};

}  // namespace gateway::http
