#include <algorithm>
#include <cmath>

#include "gateway/demo/phantom.h"
#include "gateway/demo/random.h"

namespace gateway::demo {
namespace {

// Half way between an ellipse and a rounded box: the outline of a trunk. 1 on the edge.
float trunk(float x, float y) {
  const float xx = x * x, yy = y * y;
  return 0.6f * std::sqrt(xx + yy) + 0.4f * std::sqrt(std::sqrt(xx * xx + yy * yy));
}

float ramp(float x, float from, float to) {
  const float t = std::clamp((x - from) / (to - from), 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}

float capsule(Point p, Point a, Point b, float radius) {
  const Point ab{b.x - a.x, b.y - a.y, b.z - a.z}, ap{p.x - a.x, p.y - a.y, p.z - a.z};
  const float along = ap.x * ab.x + ap.y * ab.y + ap.z * ab.z;
  const float t = std::clamp(along / (ab.x * ab.x + ab.y * ab.y + ab.z * ab.z), 0.0f, 1.0f);
  const float dx = ap.x - t * ab.x, dy = ap.y - t * ab.y, dz = ap.z - t * ab.z;
  return std::sqrt(dx * dx + dy * dy + dz * dz) - radius;
}

struct Tube {
  Point a, b;
  float radius;
};

constexpr Tube kArteries[] = {
    {{22, 48, -140}, {22, 48, 42}, 12},  {{22, 46, 44}, {-6, -6, 52}, 13},  {{-8, -10, -5}, {-7, -8, 50}, 15},
    {{14, -16, -8}, {17, 0, 20}, 14},    {{16, 2, 19}, {-44, 6, 14}, 8.5f}, {{18, 2, 20}, {52, 14, 22}, 8.5f},
    {{-28, -2, -12}, {-24, -4, 95}, 9},  {{-8, -2, 56}, {-22, 0, 140}, 6},  {{5, 8, 58}, {8, 10, 140}, 4.5f},
    {{17, 24, 58}, {26, 20, 140}, 5.5f}, {{-24, -6, 80}, {30, -12, 104}, 6}};
constexpr Tube kAirways[] = {{{0, 16, 32}, {0, 14, 150}, 8.5f},   {{0, 16, 32}, {-38, 14, 8}, 6.5f},
                             {{0, 16, 32}, {42, 18, 2}, 5.8f},    {{-38, 14, 8}, {-60, 22, -28}, 4.2f},
                             {{-38, 14, 8}, {-62, -8, 26}, 3.6f}, {{42, 18, 2}, {62, 26, -36}, 4.0f},
                             {{42, 18, 2}, {64, 0, 26}, 3.6f}};

// Paints one point of a thorax, structure by structure.
class Painter {
 public:
  Painter(const Thorax& body, Point p, float softness) : body_(body), p_(p), soft_(softness) {
    const float top = ramp(p.z, 60, 140);
    depth_ = body.half_depth * (1 - 0.12f * top);
    width_ = body.half_width * (1 - 0.12f * top);
    cage_depth_ = body.half_depth - body.fat - 11 - 22 * ramp(p.z, 20, 130);
    cage_width_ = body.half_width - body.fat - 16 - 48 * ramp(p.z, 10, 130);
    outline_ = (trunk(p.x / width_, p.y / depth_) - 1) * depth_;
    if (p.y > 0) outline_ += 6 / (1 + p.x * p.x / 160);  // the groove along the spine
    cage_ = (trunk(p.x / cage_width_, p.y / cage_depth_) - 1) * cage_depth_;
    // The domes of the diaphragm: the right one stands higher.
    const float side = p.x < 0 ? -78.0f : 76.0f;
    const float dx = (p.x - side) / 78, dy = (p.y + 8) / 88;
    dome_ = -54 - 6 * std::clamp(p.x / 30, -1.0f, 1.0f) - 42 * (dx * dx + dy * dy);
  }

  Thorax::Sample run() {
    skin();
    if (outline_ > soft_) return out_;
    wall();
    if (cage_ < soft_) {
      paint(coverage(cage_ + 4, soft_), -95, 0.5f);
      abdomen();
      lungs();
      mediastinum();
    }
    spine();
    sternum();
    shoulders();
    paint(coverage(body_.lesion.distance(p_), soft_), 32 + 45 * body_.contrast, body_.lesion.suv);
    return out_;
  }

 private:
  void paint(float cover, float hu, float suv) {
    if (cover <= 0) return;
    out_.hu += (hu - out_.hu) * cover;
    out_.suv += (suv - out_.suv) * cover;
  }
  void paint_bone(float distance, float marrow) {
    paint(coverage(distance, soft_), 520, 0.7f);
    paint(coverage(distance + 2.6f, soft_), marrow, 1.4f);
  }

  void skin() {
    const float table = std::fabs(p_.y - (body_.half_depth + 9 - 0.0011f * p_.x * p_.x)) - 1.5f;
    if (std::fabs(p_.x) < 200) paint(coverage(table, soft_), -420, 0);
    float shape = outline_;
    if (body_.breasts) {
      const Point mirrored{std::fabs(p_.x), p_.y, p_.z};
      const float breast = Ellipsoid{{74, -body_.half_depth * 0.86f, -22}, {54, 40, 58}}.distance(mirrored);
      if (breast < soft_) {
        const float gland = rough_noise(p_.x * 0.08f, p_.y * 0.08f, p_.z * 0.08f, body_.salt + 40);
        paint(coverage(breast, soft_), gland > 0.12f ? 15.0f : -100.0f, 0.5f);
      }
      outline_ = std::min(shape, breast);
    }
    paint(coverage(shape, soft_), -102, 0.3f);
    paint(coverage(std::fabs(shape + 1) - 1.2f, soft_), 20, 0.5f);
  }

  void wall() {
    const float inner = (trunk(p_.x / width_, p_.y / depth_) - 1) * depth_ + body_.fat;
    paint(coverage(inner, soft_), 52, 0.7f);
    // Fat planes between the layers of muscle.
    if (cage_ > 5 && inner < 0) {
      const float plane = std::fabs(noise(p_.x * 0.05f, p_.y * 0.05f, p_.z * 0.02f, body_.salt + 7));
      paint(coverage((plane - 0.06f) * 18, soft_), -80, 0.4f);
    }
    if (std::fabs(cage_) < 4 + soft_) ribs();
  }

  // Ribs run downwards to the front; an axial slice cuts each of them once.
  void ribs() {
    const float level = (p_.z + 0.62f * (cage_depth_ - p_.y)) / 26;
    const float off = std::fabs(level - std::floor(level) - 0.5f) * 26;
    const float distance = std::max(off - 6.5f, std::fabs(cage_) - 3.6f);
    if (p_.y < -0.62f * cage_depth_) return paint(coverage(distance, soft_), 115, 0.6f);  // cartilage
    paint_bone(distance, 230);
  }

  void lungs() {
    const float x = std::fabs(p_.x);
    const float waist = 22 + 10 / (1 + p_.y * p_.y / 900) - 16 * ramp(-p_.y, 35, 75) + 4 * ramp(p_.y, 40, 70);
    float distance = std::max({cage_ + 4.5f, waist - x, (dome_ - p_.z) * 0.75f});
    if (p_.z > 60) {
      const float apex = std::sqrt(std::max(0.0f, 1 - (p_.z - 60) * (p_.z - 60) / (64 * 64)));
      const float dx = (x - 62) / (62 * apex + 1), dy = (p_.y - 12) / (74 * apex + 1);
      distance = std::max(distance, (std::sqrt(dx * dx + dy * dy) - 1) * 60 * apex);
    }
    const float cover = coverage(distance, soft_);
    if (cover <= 0) return;
    const float texture = noise(p_.x * 0.09f, p_.y * 0.09f, p_.z * 0.09f, body_.salt);
    paint(cover, -868 + 0.35f * p_.y + 18 * texture, 0.35f);
    if (soft_ < 5) vessels(cover);
  }

  // Vessels leave the hilum like spokes: tubes where two noises of the direction vanish together.
  void vessels(float cover) {
    const Point d{p_.x - (p_.x < 0 ? -36.0f : 38.0f), p_.y - 12, p_.z - 8};
    const float away = std::sqrt(d.x * d.x + d.y * d.y + d.z * d.z) + 1;
    const float turn = std::log(away);
    spokes(cover, d, away, 5.0f, turn * 0.8f, 2.2f * std::exp(-away / 45) + 0.3f, 11);
    if (away > 30) spokes(cover, d, away, 10.0f, turn * 1.4f, 1.1f * std::exp(-away / 80) + 0.1f, 17);
  }

  void spokes(float cover, Point d, float away, float count, float turn, float radius, std::uint32_t salt) {
    const float x = d.x / away * count + turn, y = d.y / away * count, z = d.z / away * count - turn;
    const float a = noise(x, y, z, body_.salt + salt);
    const float limit = (radius + soft_ / 2) * count * 1.3f / away;
    if (std::fabs(a) > limit) return;
    const float b = noise(x, y, z, body_.salt + salt + 3);
    const float distance = std::sqrt(a * a + b * b) * away / (count * 1.3f) - radius;
    paint(cover * coverage(distance, soft_), 30 + 150 * body_.contrast, 1.0f);
  }

  void mediastinum() {
    if (std::fabs(p_.x) > 112 || p_.y > 66) return;
    heart();
    const float blood = 42 + 250 * body_.contrast;
    for (const Tube& tube : kArteries) {
      paint(coverage(capsule(p_, tube.a, tube.b, tube.radius), soft_), blood, 1.6f);
    }
    paint(coverage(capsule(p_, {4, 34, 150}, {10, 36, -140}, 6.5f), soft_), 38, 1.2f);
    for (const Tube& tube : kAirways) {
      const float distance = capsule(p_, tube.a, tube.b, tube.radius);
      paint(coverage(distance - 1.6f, soft_), 30, 0.8f);
      paint(coverage(distance, soft_), -990, 0.1f);
    }
  }

  void heart() {
    if (p_.z > 30 || p_.z < -100) return;
    // The axis of the heart points to the left, the front and the feet.
    const Point q{0.82f * p_.x - 0.57f * p_.y, 0.57f * p_.x + 0.82f * p_.y, p_.z};
    const float whole = Ellipsoid{{36, -6, -36}, {66, 50, 50}}.distance(q);
    if (whole > 8) return;
    const float blood = 44 + 210 * body_.contrast, muscle = 50 + 75 * body_.contrast;
    paint(coverage(whole - 5, soft_), -85, 0.5f);
    paint(coverage(whole, soft_), muscle, 1.6f);
    paint(coverage(Ellipsoid{{58, 8, -42}, {38, 31, 36}}.distance(q), soft_), muscle, body_.heart_suv);
    paint(coverage(Ellipsoid{{56, 8, -42}, {29, 21, 27}}.distance(q), soft_), blood, 1.6f);
    paint(coverage(Ellipsoid{{44, -32, -42}, {34, 14, 30}}.distance(q), soft_), blood, 1.6f);
    paint(coverage(Ellipsoid{{2, 12, -20}, {22, 24, 20}}.distance(q), soft_), blood, 1.6f);
    paint(coverage(Ellipsoid{{-6, -28, -30}, {18, 20, 26}}.distance(q), soft_), blood, 1.6f);
  }

  void abdomen() {
    const float below = (p_.z - dome_ + 4) * 0.75f;
    if (below > soft_) return;
    const float patch = noise(p_.x * 0.05f, p_.y * 0.05f, p_.z * 0.05f, body_.salt + 21);
    const float edge = p_.x - 34 + 0.35f * (p_.y + 30) + 10 * patch;  // the left lobe ends before the stomach
    const float liver =
        std::max({below, cage_ + 5, edge, Ellipsoid{{-62, 4, -118}, {110, 82, 90}}.distance(p_)});
    paint(coverage(liver, soft_), 58 + 45 * body_.contrast + 5 * patch, 2.1f + 0.2f * patch);
    const float spleen = std::max(below, Ellipsoid{{96, 42, -104}, {30, 36, 46}}.distance(p_));
    paint(coverage(spleen, soft_), 50 + 70 * body_.contrast, 1.8f);
    const float stomach = std::max(below, Ellipsoid{{62, -26, -104}, {42, 40, 46}}.distance(p_));
    paint(coverage(stomach, soft_), 42, 1.4f);
    paint(coverage(stomach + 5, soft_), p_.y < -38 ? -960.0f : 14.0f, 0.4f);
  }

  void spine() {
    const float y = body_.half_depth - body_.fat - 30;
    if (std::fabs(p_.x) > 48 || p_.y < y - 24) return;
    const float level = p_.z / 27 + 100;
    const float off = std::fabs(level - std::floor(level) - 0.5f) * 27;  // 0 in the middle of a vertebra
    const float dx = p_.x / 18, dy = (p_.y - y) / 14.5f;
    const float body = (std::sqrt(dx * dx + dy * dy) - 1) * 15;
    const float marrow = 190 + 45 * noise(p_.x * 0.3f, p_.y * 0.3f, p_.z * 0.3f, body_.salt + 5);
    paint(coverage(body, soft_), 85, 0.7f);
    paint_bone(std::max(body, off - 11), marrow);
    const Point at{std::fabs(p_.x), p_.y, off};
    paint_bone(capsule(at, {9, y + 8, 0}, {13, y + 22, 0}, 5.5f), 300);
    paint_bone(capsule(at, {13, y + 22, 0}, {36, y + 32, 0}, 5.0f), 260);
    paint_bone(capsule(at, {13, y + 22, 0}, {0, y + 31, 4}, 5.0f), 320);
    paint_bone(capsule(at, {0, y + 31, 0}, {0, y + 46, 9}, 4.2f), 260);
    const float cx = p_.x / 9.5f, cy = (p_.y - y - 20) / 8;
    const float canal = (std::sqrt(cx * cx + cy * cy) - 1) * 8;
    paint(coverage(canal, soft_), 14, 0.8f);
    paint(coverage(canal + 4, soft_), 38, 1.5f);
  }

  void sternum() {
    if (p_.z < -45 || p_.z > 98 || p_.y > 0) return;
    const float dx = p_.x / (p_.z > 66 ? 27.0f : 16.0f), dy = (p_.y + cage_depth_ + 1) / 6.5f;
    paint_bone((std::sqrt(dx * dx + dy * dy) - 1) * 7, 150);
  }

  void shoulders() {
    if (p_.z < 10) return;
    const Point at{std::fabs(p_.x), p_.y, 0};
    const float low = ramp(p_.z, 10, 40);
    const float blade =
        capsule(at, {cage_width_ * 0.76f, cage_depth_ * 0.9f, 0},
                {cage_width_ * (0.86f + 0.2f * low), cage_depth_ * (0.62f - 0.45f * low), 0}, 3.2f);
    if (cage_ > 4) paint_bone(blade, 240);
    const Point high{std::fabs(p_.x), p_.y, p_.z};
    paint_bone(capsule(high, {22, -cage_depth_ + 2, 98}, {width_ * 0.72f, -18, 122}, 6), 260);
  }

  const Thorax& body_;
  const Point p_;
  const float soft_;
  float depth_, width_, cage_depth_, cage_width_, outline_, cage_, dome_;
  Thorax::Sample out_;
};

}  // namespace

Thorax::Sample Thorax::at(Point p, float softness) const { return Painter(*this, p, softness).run(); }

}  // namespace gateway::demo
