#include "gateway/disclosure/hmac.h"

#include <algorithm>

namespace gateway::disclosure {
namespace {

constexpr std::size_t kBlock = 64;  // of SHA-256

Sha256Digest digest(ByteSpan first, ByteSpan second) {
  Sha256 hash;
  hash.update(first);
  hash.update(second);
  return hash.finish();
}

}  // namespace

Sha256Digest hmac_sha256(std::string_view key, std::string_view message) {
  std::array<std::byte, kBlock> inner{}, outer{};
  Sha256Digest short_key;
  ByteSpan bytes = as_bytes(key);
  if (bytes.size() > kBlock) {
    short_key = digest(bytes, {});
    bytes = short_key;
  }
  std::ranges::copy(bytes, inner.begin());
  outer = inner;
  for (std::byte& byte : inner) byte ^= std::byte{0x36};
  for (std::byte& byte : outer) byte ^= std::byte{0x5C};
  const Sha256Digest middle = digest(inner, as_bytes(message));
  return digest(outer, middle);
}

}  // namespace gateway::disclosure
