#include "gateway/pixel/scale.h"

#include <gtest/gtest.h>

namespace gateway::pixel {
namespace {

Image grey(std::uint32_t width, std::uint32_t height, const std::string& pixels) {
  return {width, height, 1, pixels};
}

Image fitted(const Image& image, const Viewport& viewport, double aspect = 1) {
  auto out = fit_viewport(image, viewport, aspect);
  EXPECT_TRUE(out.ok()) << out.error().text();
  return out ? *out : Image();
}

Viewport size(std::uint32_t width, std::uint32_t height) {
  Viewport viewport;
  viewport.width = width;
  viewport.height = height;
  return viewport;
}

// PS3.18 section 8.3.5.1.3: as large as possible within the viewport, without distortion.
TEST(Scale, AspectRatioIsKept) {
  const Image image = make_image(200, 100, 3);
  const Image out = fitted(image, size(50, 50));
  EXPECT_EQ(out.width, 50u);
  EXPECT_EQ(out.height, 25u);
  EXPECT_EQ(out.pixels.size(), 50u * 25 * 3);
  EXPECT_EQ(fitted(image, size(1000, 100)).width, 200u);
  EXPECT_EQ(fitted(make_image(1000, 1, 1), size(10, 10)).height, 1u);
}

TEST(Scale, PixelsThatAreNotSquareBecomeSo) {
  const Image out = fitted(make_image(100, 100, 1), size(200, 200), 2);
  EXPECT_EQ(out.width, 100u);
  EXPECT_EQ(out.height, 200u);
}

TEST(Scale, AreasAreAveragedOnTheWayDown) {
  EXPECT_EQ(fitted(grey(4, 2, std::string("\x00\x10\x40\x40\x20\x30\x40\x40", 8)), size(2, 1)).pixels,
            "\x18\x40");
}

TEST(Scale, ValuesBetweenAreMadeOnTheWayUp) {
  const std::string row = fitted(grey(2, 1, std::string("\x00\x64", 2)), size(4, 4)).pixels;
  EXPECT_EQ(row.substr(0, 4), std::string("\x00\x19\x4B\x64", 4));
}

TEST(Scale, RegionsAreCutAndFlipped) {
  const Image image = grey(3, 2, "abcdef");
  Viewport viewport = size(2, 2);
  viewport.x = 1;
  viewport.region_width = 2;
  EXPECT_EQ(fitted(image, viewport).pixels, "bcef");
  viewport.flip_horizontal = true;
  EXPECT_EQ(fitted(image, viewport).pixels, "cbfe");
  viewport.flip_vertical = true;
  EXPECT_EQ(fitted(image, viewport).pixels, "fecb");
  viewport.region_width = 100;  // cut at the edge
  EXPECT_EQ(fitted(image, viewport).pixels, "fecb");
}

TEST(Scale, RegionOutsideOfTheImageIsAnError) {
  Viewport viewport = size(2, 2);
  viewport.x = 3;
  const auto out = fit_viewport(grey(3, 2, "abcdef"), viewport);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(out.error().where, "viewport");
}

}  // namespace
}  // namespace gateway::pixel
