// SecureLayer: keys and certificates for TLS (PS3.15 annex B.9 and following), loaded once and checked.
//
// Thread-safe.
#pragma once

#include <memory>

#include "gateway/base/result.h"
#include "gateway/dimse/peer.h"

class DcmTransportLayer;

namespace gateway::dimse {

class SecureLayer {
 public:
  enum class Side : std::uint8_t { Server, Client };
  // Error: ConfigInvalid; the file is named in the message.
  static Result<std::unique_ptr<SecureLayer>> load(const DimseTls& files, Side side);
  ~SecureLayer();
  DcmTransportLayer& layer() const { return *layer_; }

 private:
  explicit SecureLayer(std::unique_ptr<DcmTransportLayer> layer);
  std::unique_ptr<DcmTransportLayer> layer_;
};

}  // namespace gateway::dimse
