// Deterministic chance: everything the generator decides is a function of the seed and of a position.
//
// No state is shared between positions, so the order of threads cannot matter. Pure functions, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gateway::demo {

// splitmix64 finaliser: 64 well-mixed bits from any 64.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// A stream of numbers for the decisions about one subject or study.
class Dice {
 public:
  Dice(std::uint64_t seed, std::string_view position);
  std::uint64_t next() { return mix(state_ += 0xD1B54A32D192ED03u); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // [0, 1)
  double between(double low, double high) { return low + (high - low) * unit(); }
  int whole(int low, int high) {
    return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(double probability) { return unit() < probability; }
  template <class Table>
  const auto& pick(const Table& table) {
    return table[next() % std::size(table)];
  }

 private:
  std::uint64_t state_;
};

// 2.25.<128-bit number> (PS3.5 Annex B.2): the same position under the same seed has the same UID.
std::string uid_of(std::uint64_t seed, std::string_view position);

// Smooth value noise in -1..1 with one lattice point a unit.
float noise(float x, float y, float z, std::uint32_t salt);
// Three octaves of it.
float rough_noise(float x, float y, float z, std::uint32_t salt);
// About Gaussian, mean 0, deviation 1, no correlation between pixels.
float grain(std::uint32_t column, std::uint32_t row, std::uint32_t salt);

}  // namespace gateway::demo
