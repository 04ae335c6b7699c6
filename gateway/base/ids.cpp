#include "gateway/base/ids.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstring>
#include <new>

#include "gateway/base/text.h"

namespace gateway {

std::string make_uuid7(std::int64_t utc_us) {
  std::array<unsigned char, 16> bytes{};
  ::RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  const auto ms = static_cast<std::uint64_t>(utc_us / 1000);
  for (int i = 0; i < 6; ++i)
    bytes[static_cast<std::size_t>(i)] = static_cast<unsigned char>(ms >> (40 - 8 * i));
  bytes[6] = static_cast<unsigned char>(0x70 | (bytes[6] & 0x0F));
  bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3F));
  std::string text = hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, 1, '-');
  return text;
}

struct Sha256::State {
  EVP_MD_CTX* context = ::EVP_MD_CTX_new();
  ~State() { ::EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (!state_->context) throw std::bad_alloc();
  ::EVP_DigestInit_ex(state_->context, ::EVP_sha256(), nullptr);
}

Sha256::~Sha256() = default;

void Sha256::update(ByteSpan bytes) { ::EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()); }

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  ::EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  ::EVP_DigestInit_ex(state_->context, ::EVP_sha256(), nullptr);
  return digest;
}

std::string sha256_hex(std::string_view text) {
  Sha256 hash;
  hash.update(as_bytes(text));
  const Sha256Digest digest = hash.finish();
  return hex(as_text(digest));
}

std::uint64_t stable_hash(ByteSpan bytes, std::uint64_t seed) {
  // Multiply-xor over 8-byte words with a final avalanche.
  constexpr std::uint64_t kMul = 0x9FB21C651E98DF25ull;
  std::uint64_t h = seed ^ (bytes.size() * kMul);
  const std::byte* p = bytes.data();
  std::size_t left = bytes.size();
  const auto mix = [&](std::uint64_t word) {
    h = (h ^ word) * kMul;
    h ^= h >> 29;
  };
  for (; left >= 8; p += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, 8);
    mix(word);
  }
  std::uint64_t tail = 0;
  if (left) std::memcpy(&tail, p, left);
  mix(tail);
  h *= kMul;
  return h ^ (h >> 32);
}

}  // namespace gateway
