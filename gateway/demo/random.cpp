#include "gateway/demo/random.h"

#include <algorithm>

#include "gateway/base/ids.h"

namespace gateway::demo {
namespace {

std::uint32_t scramble(std::uint32_t h) {
  h ^= h >> 16;
  h *= 0x7FEB352Du;
  h ^= h >> 15;
  h *= 0x846CA68Bu;
  return h ^ (h >> 16);
}

float lattice(std::int32_t x, std::int32_t y, std::int32_t z, std::uint32_t salt) {
  const auto h =
      scramble(static_cast<std::uint32_t>(x) * 0x8DA6B343u + static_cast<std::uint32_t>(y) * 0xD8163841u +
               static_cast<std::uint32_t>(z) * 0xCB1AB31Fu + salt * 0x9E3779B9u);
  return static_cast<float>(h >> 8) * 0x1p-23f - 1.0f;
}

// The next whole number below; std::floor is a library call on plain x86-64.
std::int32_t below(float x) {
  const auto cut = static_cast<std::int32_t>(x);
  return cut - (static_cast<float>(cut) > x);
}

float ease(float t) { return t * t * (3.0f - 2.0f * t); }
float between(float a, float b, float t) { return a + (b - a) * t; }

std::string decimal(unsigned __int128 number) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(number % 10)));
    number /= 10;
  } while (number != 0);
  return {digits.rbegin(), digits.rend()};
}

}  // namespace

Dice::Dice(std::uint64_t seed, std::string_view position)
    : state_(mix(seed ^ stable_hash(as_bytes(position), 0x64656D6F))) {}

std::string uid_of(std::uint64_t seed, std::string_view position) {
  Sha256 hash;
  hash.update(as_bytes(std::to_string(seed) + "/"));
  hash.update(as_bytes(position));
  const Sha256Digest digest = hash.finish();
  unsigned __int128 number = 0;
  for (std::size_t i = 0; i < 16; ++i) number = number << 8 | std::to_integer<unsigned>(digest[i]);
  return "2.25." + decimal(number);
}

float noise(float x, float y, float z, std::uint32_t salt) {
  const std::int32_t ix = below(x), iy = below(y), iz = below(z);
  const float tx = ease(x - static_cast<float>(ix)), ty = ease(y - static_cast<float>(iy));
  const float tz = ease(z - static_cast<float>(iz));
  const auto row = [&](std::int32_t dy, std::int32_t dz) {
    return between(lattice(ix, iy + dy, iz + dz, salt), lattice(ix + 1, iy + dy, iz + dz, salt), tx);
  };
  return between(between(row(0, 0), row(1, 0), ty), between(row(0, 1), row(1, 1), ty), tz);
}

float rough_noise(float x, float y, float z, std::uint32_t salt) {
  return 0.57f * noise(x, y, z, salt) + 0.29f * noise(2 * x, 2 * y, 2 * z, salt + 1) +
         0.14f * noise(4 * x, 4 * y, 4 * z, salt + 2);
}

float grain(std::uint32_t column, std::uint32_t row, std::uint32_t salt) {
  const std::uint32_t h = scramble(column * 0x8DA6B343u + row * 0xD8163841u + salt * 0x9E3779B9u);
  const std::uint32_t g = scramble(h + 0x6C8E9CF5u);
  const auto sum =
      (h & 0xFFFF) + (h >> 16) + (g & 0xFFFF) + (g >> 16);  // four uniform numbers: deviation 37837
  return (static_cast<float>(sum) - 131070.0f) / 37837.0f;
}

}  // namespace gateway::demo
