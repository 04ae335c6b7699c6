#include <algorithm>
#include <cmath>

#include "gateway/demo/phantom.h"
#include "gateway/demo/random.h"

namespace gateway::demo {
namespace {

using Tissue = Pelvis::Sample;

constexpr Tissue kFat{0.72f, 0.10f, 250};
constexpr Tissue kMuscle{0.19f, 0.20f, 1250};
constexpr Tissue kMarrow{0.52f, 0.11f, 350};
constexpr Tissue kCortex{0.05f, 0.03f, 200};
constexpr Tissue kWall{0.27f, 0.32f, 1200};
constexpr Tissue kUrine{0.97f, 1.0f, 2900};
constexpr Tissue kGas{0.03f, 0.02f, 100};
constexpr Tissue kPeripheral{0.80f, 0.74f, 1720};
constexpr Tissue kTransition{0.42f, 0.55f, 1320};
constexpr Tissue kStroma{0.15f, 0.22f, 1050};
constexpr Tissue kTumour{0.24f, 0.62f, 640};

float ellipse(float x, float y, float rx, float ry) {
  return (std::sqrt(x * x / (rx * rx) + y * y / (ry * ry)) - 1) * std::min(rx, ry);
}

Ellipsoid gland_of(const Pelvis& body) {
  const float s = body.prostate;
  return {{0, 0, 0}, {25 * s, 18.5f * s, 21 * s}};
}

Ellipsoid transition_of(const Pelvis& body) {
  const float s = body.prostate, grown = 0.8f + 0.35f * body.hyperplasia;
  return {{0, -3.5f * s, 3 * s}, {18 * s * grown, 12.5f * s * grown, 15 * s}};
}

// Paints one point of a male pelvis, structure by structure.
class Painter {
 public:
  Painter(const Pelvis& body, Point p, float softness)
      : body_(body), p_(p), mirrored_{std::fabs(p.x), p.y, p.z}, soft_(softness) {}

  Tissue run() {
    const float outline = ellipse(p_.x, p_.y - 2, 188, 116);
    if (outline > soft_) return out_;
    paint(outline, kFat);
    muscles(outline);
    bones();
    const float lobules =
        0.09f * texture(0.11f, 5) - 0.12f * coverage(36 * (std::fabs(texture(0.06f, 6)) - 0.01f), 2);
    paint(ellipse(p_.x, p_.y - 4, 50 + 6 * texture(0.04f, 8), 58), {kFat.t2 + lobules, kFat.b0, kFat.adc});
    paint(Ellipsoid{{49, 10, -2}, {9, 34, 44}}.distance(mirrored_), kMuscle);
    pubis();
    rectum();
    bladder();
    gland();
    return out_;
  }

 private:
  void paint(float distance, const Tissue& tissue) {
    const float cover = coverage(distance, soft_);
    if (cover <= 0) return;
    out_.t2 += (tissue.t2 - out_.t2) * cover;
    out_.b0 += (tissue.b0 - out_.b0) * cover;
    out_.adc += (tissue.adc - out_.adc) * cover;
  }

  float texture(float scale, std::uint32_t salt) const {
    return noise(p_.x * scale, p_.y * scale, p_.z * scale, body_.salt + salt);
  }

  void muscles(float outline) {
    const float plane = 24 * (std::fabs(texture(0.026f, 3)) - 0.035f);  // fat between the bellies
    paint(std::max({outline + 24, -plane, p_.y - 44}), kMuscle);
    paint(std::max(Ellipsoid{{66, 74, -10}, {60, 30, 90}}.distance(mirrored_), -plane), kMuscle);
  }

  void bones() {
    const Ellipsoid socket{{92, 2, 14}, {38, 34, 38}}, joint{{96, -4, 12}, {27, 27, 27}};
    paint(socket.distance(mirrored_), kCortex);
    paint(socket.distance(mirrored_) + 2.2f, kMarrow);
    paint(joint.distance(mirrored_), kCortex);
    paint(joint.distance(mirrored_) + 3, {0.60f, 0.12f, 350});
    const Ellipsoid sacrum{{0, 78, 26}, {26, 12, 34}};
    paint(sacrum.distance(p_), kCortex);
    paint(sacrum.distance(p_) + 2, kMarrow);
  }

  void pubis() {
    const Ellipsoid ramus{{26, -48, -12}, {27, 11, 17}};
    paint(ramus.distance(mirrored_), kCortex);
    paint(ramus.distance(mirrored_) + 2, kMarrow);
    if (p_.z < 4 && p_.z > -28) paint(ellipse(p_.x, p_.y + 48, 3.5f, 12), kWall);
  }

  void rectum() {
    const float bend = 0.004f * p_.z * p_.z;  // it follows the sacrum
    const float wall = ellipse(p_.x - 2, p_.y - 36 - bend, 17, 14);
    paint(wall, kWall);
    const bool gas = p_.y < 34 + bend;
    paint(wall + 3.5f, gas ? kGas : Tissue{0.48f, 0.4f, 1100});
    if (p_.z < -8) paint(std::fabs(ellipse(p_.x, p_.y - 20, 30, 36)) - 2, kMuscle);  // levator ani
  }

  void bladder() {
    const Ellipsoid whole{{0, -20, 24 + 28 * body_.bladder}, {42, 28, 30 * body_.bladder}};
    paint(whole.distance(p_), kWall);
    paint(whole.distance(p_) + 3, kUrine);
    const float vesicle = Ellipsoid{{17, 9, 24 * body_.prostate}, {18, 7, 7.5f}}.distance(mirrored_);
    if (vesicle > soft_) return;
    paint(vesicle, kWall);
    paint(std::max(vesicle + 1, 4 * (std::fabs(texture(0.28f, 9)) - 0.38f)), {0.88f, 0.8f, 2100});
  }

  void gland() {
    const float whole = gland_of(body_).distance(p_);
    if (whole > 6 + soft_) return lesion();
    // Veins in the fat around the gland are bright on T2.
    paint(std::max(std::fabs(whole - 3.5f) - 1.5f, 6 * (0.35f - texture(0.3f, 27))), {0.82f, 0.6f, 1900});
    paint(whole, kStroma);
    const float patch = rough_noise(p_.x * 0.2f, p_.y * 0.2f, p_.z * 0.2f, body_.salt + 13);
    paint(whole + 1.6f, {kPeripheral.t2 + 0.12f * patch, kPeripheral.b0, kPeripheral.adc + 200 * patch});
    transition();
    const float s = body_.prostate;
    paint(Ellipsoid{{0, -15 * s, 2}, {11 * s, 4.5f * s, 14 * s}}.distance(p_), kStroma);
    if (p_.z > -20) paint(ellipse(p_.x, p_.y - 1, 2.4f, 3), {0.85f, 0.6f, 1700});
    lesion();
  }

  // Nodules of hyperplasia: bright glandular and dark stromal ones side by side.
  void transition() {
    const float zone = transition_of(body_).distance(p_);
    if (zone > soft_) return;
    paint(zone, kStroma);
    const float nodule = texture(0.17f, 17), fine = texture(0.5f, 19);
    const float swing = (0.25f + 0.5f * body_.hyperplasia) * nodule + 0.14f * fine;
    paint(zone + 1.3f,
          {kTransition.t2 + 0.5f * swing, kTransition.b0 + 0.2f * swing, kTransition.adc + 420 * swing});
  }

  void lesion() { paint(body_.lesion.distance(p_), kTumour); }

  const Pelvis& body_;
  const Point p_, mirrored_;
  const float soft_;
  Tissue out_;
};

}  // namespace

Pelvis::Sample Pelvis::at(Point p, float softness) const { return Painter(*this, p, softness).run(); }

Pelvis::Zone Pelvis::zone(Point p) const {
  if (lesion.distance(p) < 0) return Zone::Lesion;
  if (gland_of(*this).distance(p) > 0) return Zone::None;
  return transition_of(*this).distance(p) < 0 ? Zone::Transition : Zone::Peripheral;
}

}  // namespace gateway::demo
