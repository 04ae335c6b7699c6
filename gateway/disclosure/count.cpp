#include "gateway/disclosure/count.h"

#include <algorithm>
#include <cmath>

#include "gateway/disclosure/hmac.h"

namespace gateway::disclosure {
namespace {

constexpr char kBetween = '\x1F';

std::uint64_t half_up(std::uint64_t count, std::uint64_t step) { return (count + step / 2) / step * step; }

// Uniform over the open interval 0..1, a function of the key alone.
double uniform(const NoiseKey& key, std::string_view what) {
  std::string text(key.dataset);
  text += kBetween + std::to_string(key.version) + kBetween;
  text += what;
  const Sha256Digest digest = hmac_sha256(key.secret, text);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i) bits = bits << 8 | static_cast<std::uint64_t>(digest[i]);
  return (static_cast<double>(bits >> 12) + 0.5) / 4503599627370496.0;  // 2 to the 52
}

// Laplace noise by inversion. One person more or less changes a count by 1: the sensitivity is 1.
std::uint64_t with_noise(std::uint64_t count, const Policy& policy, const NoiseKey& key,
                         std::string_view what) {
  if (policy.noise_epsilon <= 0) return count;
  const double u = uniform(key, what) - 0.5;
  const double noise = (u < 0 ? 1 : -1) * std::log(1 - 2 * std::abs(u)) / policy.noise_epsilon;
  return static_cast<std::uint64_t>(std::max(0.0, std::round(static_cast<double>(count) + noise)));
}

std::uint64_t distance(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

}  // namespace

std::optional<std::uint64_t> rounded(std::uint64_t count, const Policy& policy) {
  if (count == 0) return 0;
  if (count < policy.k) return std::nullopt;
  const std::uint64_t step = std::max<std::uint64_t>(policy.step, 1);
  const std::uint64_t value = half_up(count, step);
  return value >= policy.k ? value : (policy.k + step - 1) / step * step;  // 12 with k = 12, step = 10: 20
}

Figure protect(std::uint64_t count, std::span<const Related> related, const Policy& policy,
               const NoiseKey& key) {
  if (policy.exact()) return {count, 1};
  const Figure hidden{std::nullopt, policy.k};
  if (count == 0) return policy.tell_zero ? Figure{0, policy.k} : hidden;
  if (count < policy.k) return hidden;
  std::string_view what = key.what;
  for (const Related& other : related) {
    if (distance(other.count, count) >= policy.k || other.count < policy.k) continue;
    count = other.count;
    what = other.what;
    break;
  }
  const std::uint64_t noisy = with_noise(count, policy, key, what);
  return {rounded(std::max(noisy, policy.k), policy), policy.k};
}

Value figure_value(const Figure& figure) {
  if (figure.value) return {static_cast<std::int64_t>(*figure.value)};
  Value hidden;
  hidden.set("suppressed", true).set("below", static_cast<std::int64_t>(figure.below));
  return hidden;
}

Value privacy_value(const Policy& policy) {
  Value block;
  block.set("policy", policy.id)
      .set("k", static_cast<std::int64_t>(policy.k))
      .set("step", static_cast<std::int64_t>(policy.step))
      .set("ageBand", policy.age_band)
      .set("ageTop", policy.age_top)
      .set("zeroTold", policy.tell_zero)
      .set("noise", policy.noise_epsilon > 0);
  return block;
}

Result<AgeRange> band_of(int age, const Policy& policy) {
  if (age < 0 || age > kOldestAge)
    return fail(ErrorCode::InvalidParameter,
                "an age must be from 0 to " + std::to_string(kOldestAge) + " years");
  if (policy.age_top > 0 && age >= policy.age_top) return AgeRange{policy.age_top, std::nullopt};
  const int from = age / policy.age_band * policy.age_band;
  const int to = from + policy.age_band - 1;
  return AgeRange{from, policy.age_top > 0 ? std::min(to, policy.age_top - 1) : to};
}

Result<AgeRange> widened(std::optional<int> from, std::optional<int> to, const Policy& policy) {
  if (from && to && *from > *to)
    return fail(ErrorCode::InvalidParameter, "the range of ages ends before it begins");
  AgeRange range{0, std::nullopt};
  if (from) range.from = TRY(band_of(*from, policy)).from;
  if (to) range.to = TRY(band_of(*to, policy)).to;
  return range;
}

}  // namespace gateway::disclosure
