// Identifiers and digests. Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/bytes.h"

namespace gateway {

// UUID version 7 (RFC 9562 section 5.7): ordered by time. For request ids and the like.
std::string make_uuid7(std::int64_t utc_us);

using Sha256Digest = std::array<std::byte, 32>;

// SHA-256 (FIPS 180-4) over pieces. One object per thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(ByteSpan bytes);
  Sha256Digest finish();  // also starts over

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view text);

// 64-bit non-cryptographic hash, stable over runs and machines: for interning, never for trust.
std::uint64_t stable_hash(ByteSpan bytes, std::uint64_t seed = 0);

}  // namespace gateway
