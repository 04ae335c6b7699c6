// The way of stored values to an image: each step by itself on small frames made here.
#include "gateway/pixel/render.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gateway::pixel {
namespace {

using model::Frame;
using model::LookupTable;
using model::Presentation;
using model::Window;

template <class T>
Frame frame_of(const std::vector<T>& values, const std::string& photometric = "MONOCHROME2") {
  Frame frame;
  frame.format.rows = 1;
  frame.format.columns = static_cast<std::uint32_t>(values.size());
  frame.format.bits_allocated = frame.format.bits_stored = sizeof(T) * 8;
  frame.format.high_bit = sizeof(T) * 8 - 1;
  frame.format.is_signed = std::is_signed_v<T>;
  frame.format.photometric = photometric;
  frame.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return frame;
}

Frame color_frame(const std::vector<std::uint8_t>& samples, const std::string& photometric,
                  bool planar = false) {
  Frame frame = frame_of(samples, photometric);
  frame.format.samples_per_pixel = 3;
  frame.format.columns = static_cast<std::uint32_t>(samples.size() / 3);
  frame.format.planar = planar;
  return frame;
}

std::vector<int> pixels_of(const Frame& frame, const Presentation& presentation = {},
                           const RenderOptions& options = {}) {
  const auto image = render(frame, presentation, options);
  EXPECT_TRUE(image.ok()) << image.error().text();
  if (!image) return {};
  std::vector<int> pixels;
  for (const char c : image->pixels) pixels.push_back(static_cast<unsigned char>(c));
  return pixels;
}

using Pixels = std::vector<int>;

// PS3.3 C.11.2.1.2.1: with center 40 and width 400 the ends are at -160 and 239.
TEST(Render, LinearWindowHasItsEndsWhereTheStandardPutsThem) {
  Presentation presentation;
  presentation.intercept = -1024;
  presentation.windows = {{40, 400, Window::Function::Linear}, {0, 1, Window::Function::Linear}};
  EXPECT_EQ(pixels_of(frame_of<std::uint16_t>({0, 864, 865, 1263, 1264, 4095}), presentation),
            (Pixels{0, 0, 1, 255, 255, 255}));
}

TEST(Render, WindowOfTheRequestReplacesThatOfTheObject) {
  Presentation presentation;
  presentation.windows = {{40, 400, Window::Function::Linear}};
  const RenderOptions exact{Window{100, 200, Window::Function::LinearExact}, false};
  EXPECT_EQ(pixels_of(frame_of<std::int16_t>({-5, 0, 100, 200, 300}), presentation, exact),
            (Pixels{0, 0, 128, 255, 255}));
  const RenderOptions sigmoid{Window{0, 4, Window::Function::Sigmoid}, false};
  EXPECT_EQ(pixels_of(frame_of<std::int16_t>({-100, 0, 1, 100}), {}, sigmoid), (Pixels{0, 128, 186, 255}));
}

TEST(Render, WindowOfWidthOneIsAThreshold) {
  const RenderOptions options{Window{10, 1, Window::Function::Linear}, false};
  EXPECT_EQ(pixels_of(frame_of<std::uint8_t>({8, 9, 10, 11}), {}, options), (Pixels{0, 0, 255, 255}));
}

TEST(Render, WithoutWindowTheFrameSpansTheScale) {
  EXPECT_EQ(pixels_of(frame_of<std::int16_t>({-10, 0, 10})), (Pixels{0, 128, 255}));
  EXPECT_EQ(pixels_of(frame_of<std::uint8_t>({7, 7})), (Pixels{0, 0}));
  Presentation falling;
  falling.slope = -1;
  EXPECT_EQ(pixels_of(frame_of<std::int16_t>({-10, 0, 10}), falling), (Pixels{255, 128, 0}));
}

TEST(Render, MonochromeOneAndInverseAreTurnedOnce) {
  EXPECT_EQ(pixels_of(frame_of<std::uint8_t>({0, 255}, "MONOCHROME1")), (Pixels{255, 0}));
  Presentation inverse;
  inverse.inverse = true;
  EXPECT_EQ(pixels_of(frame_of<std::uint8_t>({0, 255}), inverse), (Pixels{255, 0}));
  EXPECT_EQ(pixels_of(frame_of<std::uint8_t>({0, 255}, "MONOCHROME1"), inverse), (Pixels{255, 0}));
}

TEST(Render, PaddingIsBlackAndDoesNotCount) {
  Presentation presentation;
  presentation.padding = model::ValueRange{-2000, -1900};
  EXPECT_EQ(pixels_of(frame_of<std::int16_t>({-2000, -1950, 0, 10}), presentation), (Pixels{0, 0, 0, 255}));
  EXPECT_EQ(pixels_of(frame_of<std::int16_t>({-2000, 0, 10}, "MONOCHROME1"), presentation),
            (Pixels{0, 255, 0}));
  EXPECT_EQ(pixels_of(frame_of<std::int16_t>({-2000, -2000}), presentation), (Pixels{0, 0}));
}

// PS3.5 section 8.1.1: 12 bits, high bit 11; what lies above is not part of the value.
TEST(Render, BitsAboveTheHighBitAreNotPixels) {
  Frame frame = frame_of<std::uint16_t>({0xF000, 0x0FFF, 0xF7FF});
  frame.format.bits_stored = 12;
  frame.format.high_bit = 11;
  EXPECT_EQ(pixels_of(frame), (Pixels{0, 255, 127}));
  frame.format.is_signed = true;  // 0, -1, 2047
  EXPECT_EQ(pixels_of(frame), (Pixels{0, 0, 255}));
  frame = frame_of<std::uint16_t>({0x0001, 0xFFF1, 0x7FF0});
  frame.format.bits_stored = 12;  // left-justified
  EXPECT_EQ(pixels_of(frame), (Pixels{0, 255, 127}));
}

TEST(Render, OneBitPixelsAreBlackOrWhite) {
  Frame frame = frame_of<std::uint8_t>({0b00000101});
  frame.format.columns = 5;
  frame.format.bits_allocated = frame.format.bits_stored = 1;
  frame.format.high_bit = 0;
  EXPECT_EQ(pixels_of(frame), (Pixels{255, 0, 255, 0, 0}));
  frame.bytes = std::string(1, '\x1F');
  EXPECT_EQ(pixels_of(frame), (Pixels{255, 255, 255, 255, 255}));
}

TEST(Render, WideIntegersAndFloatingPointNeedNoTable) {
  EXPECT_EQ(pixels_of(frame_of<std::int32_t>({-1000000, 0, 1000000})), (Pixels{0, 128, 255}));
  Frame reals = frame_of<float>({0.25F, 0.75F, NAN, 0.5F});
  reals.format.sample = model::ImageFormat::Sample::Float;
  EXPECT_EQ(pixels_of(reals), (Pixels{0, 255, 0, 128}));
  Frame doubles = frame_of<double>({1e-300, 2e-300});
  doubles.format.sample = model::ImageFormat::Sample::Double;
  EXPECT_EQ(pixels_of(doubles).front(), 0);
}

TEST(Render, LookupTablesClampOutsideOfTheirRange) {
  Presentation presentation;
  presentation.modality = LookupTable{10, 16, {100, 200, 300}};
  presentation.voi_tables = {LookupTable{100, 8, {0, 64}}};
  presentation.voi_tables[0].values.resize(201, 255);
  EXPECT_EQ(pixels_of(frame_of<std::uint8_t>({0, 10, 12, 255}), presentation), (Pixels{0, 0, 255, 255}));
}

TEST(Render, PalettesMapFromTheirFirstValueOn) {
  Presentation presentation;
  presentation.palette = {LookupTable{-1, 16, {0x1000, 0x2000}}, LookupTable{-1, 16, {0x3000, 0x4000}},
                          LookupTable{-1, 16, {0xFF00, 0x0000}}};
  EXPECT_EQ(pixels_of(frame_of<std::int8_t>({-2, -1, 0, 5}, "PALETTE COLOR"), presentation),
            (Pixels{0x10, 0x30, 0xFF, 0x10, 0x30, 0xFF, 0x20, 0x40, 0, 0x20, 0x40, 0}));
  EXPECT_FALSE(render(frame_of<std::uint8_t>({1}, "PALETTE COLOR"), {}).ok());
}

TEST(Render, PalettesThatStateSixteenBitsAndFillEightAreNotBlack) {
  Presentation presentation;
  presentation.palette.fill(LookupTable{0, 16, {0, 200}});
  EXPECT_EQ(pixels_of(frame_of<std::uint8_t>({1}, "PALETTE COLOR"), presentation), (Pixels{200, 200, 200}));
}

// PS3.3 C.7.6.19: values below the palette stay grey.
TEST(Render, SupplementalPalettesColorWhatTheyMap) {
  Presentation presentation;
  presentation.supplemental_palette = true;
  presentation.windows = {{128, 256, Window::Function::LinearExact}};
  presentation.palette = {LookupTable{200, 8, {9}}, LookupTable{200, 8, {8}}, LookupTable{200, 8, {7}}};
  EXPECT_EQ(pixels_of(frame_of<std::uint8_t>({0, 200}), presentation), (Pixels{0, 0, 0, 9, 8, 7}));
}

TEST(Render, ColorIsTakenByPixelOrByPlane) {
  EXPECT_EQ(pixels_of(color_frame({1, 2, 3, 4, 5, 6}, "RGB")), (Pixels{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(pixels_of(color_frame({1, 4, 2, 5, 3, 6}, "RGB", true)), (Pixels{1, 2, 3, 4, 5, 6}));
}

TEST(Render, YbrBecomesRgb) {
  EXPECT_EQ(pixels_of(color_frame({255, 128, 128, 76, 85, 255}, "YBR_FULL")),
            (Pixels{255, 255, 255, 254, 0, 0}));
  Frame frame = color_frame({100, 200, 128, 128}, "YBR_FULL_422");
  frame.format.columns = 2;
  EXPECT_EQ(pixels_of(frame), (Pixels{100, 100, 100, 200, 200, 200}));
  EXPECT_EQ(pixels_of(color_frame({16, 128, 128, 235, 128, 128}, "YBR_PARTIAL_420")),
            (Pixels{0, 0, 0, 255, 255, 255}));
}

TEST(Render, OverlaysAreWhiteWhereAskedFor) {
  Presentation presentation;
  presentation.overlays = {{1, 2, 1, 2, std::string(1, '\x03'), -1}};
  const Frame frame = frame_of<std::uint8_t>({0, 10, 100, 51});
  EXPECT_EQ(pixels_of(frame, presentation)[1], 26);
  EXPECT_EQ(pixels_of(frame, presentation, {{}, true}), (Pixels{0, 255, 255, 130}));
  Frame high = frame_of<std::uint16_t>({0x8000, 0x0010, 0x0000});
  high.format.bits_stored = 12;
  high.format.high_bit = 11;
  presentation.overlays = {{1, 3, 1, 1, {}, 15}};
  EXPECT_EQ(pixels_of(high, presentation, {{}, true}), (Pixels{255, 255, 0}));
}

TEST(Render, WhatCannotBeRenderedSaysWhy) {
  Frame frame = frame_of<std::uint8_t>({1, 2});
  frame.format.columns = 3;
  EXPECT_EQ(render(frame, {}).error().code, ErrorCode::DicomMalformed);
  frame = color_frame({1, 2, 3}, "CMYK");
  EXPECT_EQ(render(frame, {}).error().code, ErrorCode::NotSupported);
  frame = frame_of<std::uint8_t>({1});
  frame.format.rows = frame.format.columns = 65535;
  EXPECT_EQ(render(frame, {}).error().code, ErrorCode::DicomLimit);
}

}  // namespace
}  // namespace gateway::pixel
