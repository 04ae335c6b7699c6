#include "gateway/demo/phantom.h"

#include <algorithm>
#include <cmath>

#include "gateway/demo/random.h"

namespace gateway::demo {

float Ellipsoid::distance(Point p) const {
  const float dx = (p.x - centre.x) / radius.x, dy = (p.y - centre.y) / radius.y,
              dz = (p.z - centre.z) / radius.z;
  const float q = std::sqrt(dx * dx + dy * dy + dz * dz);
  return (q - 1) * std::min({radius.x, radius.y, radius.z});
}

float Lesion::distance(Point p) const {
  if (radius <= 0) return 1e6f;
  const float dx = p.x - centre.x, dy = p.y - centre.y, dz = p.z - centre.z;
  const float away = std::sqrt(dx * dx + dy * dy + dz * dz);
  if (away > radius + 3 * spread + 12) return away - radius;
  const float wave = rough_noise(p.x * 0.12f, p.y * 0.12f, p.z * 0.12f, salt);
  return away - radius - wave * (0.22f * radius + spread);
}

}  // namespace gateway::demo
