#include <algorithm>
#include <cmath>

#include "gateway/demo/phantom.h"
#include "gateway/demo/random.h"

namespace gateway::demo {
namespace {

constexpr int kCalcifications = 18;
constexpr float kMuscleAngle = 0.62f;

float soft_step(float x) {
  const float t = std::clamp(x, 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}

// 0 at the chest wall's centre, 1 on the skin; the oblique view hangs a little.
float skin_level(const Breast& breast, float u, float v) {
  const float sag = breast.oblique ? 0.14f * v / breast.half_height : 0.0f;
  const float height = v < 0 && breast.oblique ? breast.half_height * 1.25f : breast.half_height;
  const float a = u / (breast.depth * (1 + sag)), b = v / height;
  return std::sqrt(a * a + b * b * (0.55f + 0.45f * b * b));
}

// Glandular tissue: a cone behind the nipple, marbled with fat, crossed by strands towards the nipple.
float gland(const Breast& breast, float u, float v) {
  const float du = (u - 0.52f * breast.depth) / (0.46f * breast.depth);
  const float dv = (v - (breast.oblique ? -8.0f : 0.0f)) / (0.60f * breast.half_height);
  const float inside = soft_step(1.5f * (1.05f - std::sqrt(du * du + dv * dv)));
  if (inside <= 0) return 0;
  const float marble = rough_noise(u * 0.055f, v * 0.055f, 0.5f, breast.salt);
  const float lobes = soft_step(1.6f * (marble + breast.density * 1.3f - 0.2f));
  const float away = std::hypot(u - breast.depth, v) + 1;
  const float angle = std::atan2(v, breast.depth - u);
  const float strand = noise(angle * 11, away * 0.035f, 3.5f, breast.salt + 5);
  const float fine = noise(u * 0.5f, v * 0.5f, 8.5f, breast.salt + 6);
  return inside * (lobes * (0.34f + 0.07f * fine) + 0.13f * soft_step(2.2f * (0.32f - std::fabs(strand))));
}

float mass(const Breast& breast, float u, float v) {
  if (breast.mass_radius <= 0) return 0;
  const float du = u - breast.mass_u, dv = v - breast.mass_v;
  const float away = std::hypot(du, dv);
  if (away > 4 * breast.mass_radius) return 0;
  const float angle = std::atan2(dv, du);
  const float edge =
      breast.mass_radius * (1 + 0.28f * noise(angle * 2.2f, away * 0.05f, 1.5f, breast.salt + 31));
  const float core = soft_step((edge - away) / 3.0f + 0.5f);
  const float spicule = std::fabs(noise(angle * 9, away * 0.06f, 6.5f, breast.salt + 33));
  const float fade = soft_step((3.2f * breast.mass_radius - away) / (2.4f * breast.mass_radius));
  return 0.25f * core + 0.15f * fade * soft_step((0.13f - spicule) * 9) * (1 - core);
}

float calcium(const Breast& breast, float u, float v) {
  if (!breast.calcifications) return 0;
  float sum = 0;
  for (std::uint32_t i = 0; i < kCalcifications; ++i) {
    const float cu = breast.mass_u + 5.5f * grain(i, 1, breast.salt),
                cv = breast.mass_v + 5.5f * grain(i, 2, breast.salt);
    const float size = 0.28f + 0.1f * std::fabs(grain(i, 3, breast.salt));
    const float away = std::hypot(u - cu, v - cv);
    if (away < 3 * size) sum += 0.55f * soft_step(1.6f - away / size);
  }
  return std::min(sum, 0.6f);
}

float pectoral(const Breast& breast, float u, float v) {
  if (!breast.oblique) return 0;
  const float edge = kMuscleAngle * (0.30f * breast.half_height - v) - u;
  const float fibre = noise(u * 0.04f + v * 0.09f, v * 0.03f, 2.5f, breast.salt + 51);
  return (0.34f + 0.05f * fibre) * soft_step(edge / 3.0f);
}

}  // namespace

float Breast::at(float u, float v) const {
  const float level = skin_level(*this, u, v);
  const float inside = (1 - level) * depth;  // about mm from the skin
  const float nipple = std::hypot((u - depth * 1.01f) / 4.5f, v / 5.0f);
  const float bud = 0.30f * soft_step(1.2f - nipple);
  if (inside < 0 && bud <= 0) return 0;
  const float thickness = std::sqrt(soft_step(inside / 22));
  const float skin = 0.10f * soft_step(1.3f - std::fabs(inside - 0.9f));
  const float strands = 0.05f * noise(u * 0.11f, v * 0.11f, 4.5f, salt + 61);
  const float fat = (0.24f + strands) * thickness;
  const float dense = thickness * std::max(gland(*this, u, v), pectoral(*this, u, v));
  const float value = fat + dense + skin + bud + mass(*this, u, v) + calcium(*this, u, v);
  return std::clamp(value, 0.02f, 1.0f);
}

}  // namespace gateway::demo
