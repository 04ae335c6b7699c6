// The phantoms: organs as functions of a point in the patient (mm; x to the left, y to the back, z to the
// head).
//
// A phantom is painted from large to small structures; each structure has a coverage 0..1 whose edge is as
// soft as the scanner is blurred, so one anatomy serves CT and PET, or T2 and diffusion, and the lesion fits
// in all of them. Shapes vary with the subject; nothing is taken from any person. Immutable, thread-safe.
#pragma once

#include <array>
#include <cstdint>

namespace gateway::demo {

struct Point {
  float x = 0, y = 0, z = 0;
};

struct Ellipsoid {
  Point centre;
  Point radius{1, 1, 1};
  // About the distance to the surface in mm, negative inside.
  float distance(Point p) const;
};

// The lesion of a subject: an ellipsoid with an irregular edge. Radius 0: none.
struct Lesion {
  Point centre;
  float radius = 0;
  float spread = 0;  // how far spicules reach, in mm
  float suv = 0;
  std::uint32_t salt = 0;
  float distance(Point p) const;
};

// How much of a pixel a structure covers, from the distance to its edge.
inline float coverage(float distance, float softness) {
  const float t = 0.5f - distance / softness;
  return t < 0 ? 0 : t > 1 ? 1 : t;
}

struct Thorax {
  float half_width = 165, half_depth = 108;  // of the chest
  float fat = 14;                            // subcutaneous, mm
  float contrast = 0;                        // 0 plain .. 1 arterial enhancement
  float heart_suv = 2;
  bool breasts = false;
  std::uint32_t salt = 0;
  Lesion lesion;

  struct Sample {
    float hu = -1000, suv = 0;
  };
  Sample at(Point p, float softness) const;
};

struct Pelvis {
  float prostate = 1;        // size relative to a normal gland
  float hyperplasia = 0.5f;  // share of nodules in the transition zone
  float bladder = 1;
  std::uint32_t salt = 0;
  Lesion lesion;

  // Signal of a T2-weighted image and of a fat-suppressed b=0 image (0..1), diffusion coefficient in 1e-6
  // mm2/s.
  struct Sample {
    float t2 = 0, b0 = 0, adc = 0;
  };
  enum class Zone : std::uint8_t { None, Peripheral, Transition, Lesion };
  Sample at(Point p, float softness) const;
  Zone zone(Point p) const;
};

// A breast in projection: u from the chest wall to the nipple, v from top to bottom, in mm.
struct Breast {
  float depth = 85, half_height = 80;
  float density = 0.4f;  // share of glandular tissue
  bool oblique = false;  // MLO: with the pectoral muscle
  bool calcifications = false;
  float mass_u = 0, mass_v = 0, mass_radius = 0;
  std::uint32_t salt = 0;

  float at(float u, float v) const;  // 0 (air) .. 1 (densest)
};

}  // namespace gateway::demo
