#include "gateway/demo/phantom.h"

#include <gtest/gtest.h>

#include <cmath>

#include "gateway/demo/random.h"

namespace gateway::demo {
namespace {

TEST(Thorax, HasTheDensitiesOfItsOrgans) {
  const Thorax thorax;
  const auto hu = [&](float x, float y, float z) { return thorax.at({x, y, z}, 1).hu; };
  EXPECT_LT(hu(0, -190, 0), -990);              // air around
  EXPECT_LT(hu(0, 14, 70), -900);               // trachea
  EXPECT_NEAR(hu(22, 48, 0), 42, 30);           // descending aorta
  EXPECT_NEAR(hu(-80, 0, -110), 58, 25);        // liver
  EXPECT_GT(hu(0, 108 - 14 - 30, 13.5f), 100);  // vertebral body
  float darkest = 0;
  for (float x = -90; x < -60; x += 3) darkest = std::min(darkest, hu(x, 30, 20));
  EXPECT_LT(darkest, -800);  // lung
}

TEST(Thorax, ShowsTheLesionInDensityAndUptakeAlike) {
  Thorax thorax;
  thorax.lesion = {{-86, -28, 34}, 10, 2, 9, 5};
  const auto centre = thorax.at(thorax.lesion.centre, 2);
  EXPECT_NEAR(centre.hu, 32, 5);
  EXPECT_NEAR(centre.suv, 9, 0.5);
  EXPECT_LT(thorax.lesion.distance(thorax.lesion.centre), 0);
  EXPECT_LT(thorax.at({-86, -60, 34}, 2).suv, 2);
}

TEST(Pelvis, RestrictsDiffusionInTheLesionOnly) {
  Pelvis pelvis;
  pelvis.lesion = {{14, 9, -2}, 6, 0.5f, 0, 7};
  const auto tumour = pelvis.at({14, 9, -2}, 1), zone = pelvis.at({-14, 9, -2}, 1);
  EXPECT_LT(tumour.adc, 800);
  EXPECT_GT(zone.adc, 1300);
  EXPECT_LT(tumour.t2, zone.t2);
  EXPECT_EQ(pelvis.zone({14, 9, -2}), Pelvis::Zone::Lesion);
  EXPECT_EQ(pelvis.zone({-14, 9, -2}), Pelvis::Zone::Peripheral);
  EXPECT_EQ(pelvis.zone({0, -4, 3}), Pelvis::Zone::Transition);
  EXPECT_EQ(pelvis.zone({60, 0, 0}), Pelvis::Zone::None);
}

TEST(Breast, IsAirOutsideAndDenserInAMass) {
  Breast breast;
  EXPECT_EQ(breast.at(120, 0), 0);
  const float before = breast.at(45, -10);
  breast.mass_u = 45;
  breast.mass_v = -10;
  breast.mass_radius = 6;
  EXPECT_GT(breast.at(45, -10), before + 0.15f);
}

TEST(Breast, ShowsThePectoralMuscleInTheObliqueViewOnly) {
  Breast breast;
  const float plain = breast.at(4, -60);
  breast.oblique = true;
  EXPECT_GT(breast.at(4, -60), plain + 0.2f);
}

TEST(Noise, StaysInItsRangeAndIsContinuous) {
  for (int i = 0; i < 2000; ++i) {
    const float x = static_cast<float>(i) * 0.173f - 170;
    const float here = noise(x, 0.4f, -3.2f, 9);
    EXPECT_LE(std::fabs(here), 1.0f);
    EXPECT_LT(std::fabs(here - noise(x + 0.001f, 0.4f, -3.2f, 9)), 0.01f);
  }
}

TEST(Grain, HasMeanZeroAndDeviationOne) {
  double sum = 0, squares = 0;
  for (std::uint32_t i = 0; i < 40'000; ++i) {
    const double value = grain(i % 200, i / 200, 3);
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / 40'000, 0, 0.03);
  EXPECT_NEAR(squares / 40'000, 1, 0.05);
}

}  // namespace
}  // namespace gateway::demo
