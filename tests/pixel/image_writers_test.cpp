// What the writers write, read back: PNG and GIF by small readers of this test, JPEG by the codec.
#include "gateway/pixel/image_writers.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>

#include "gateway/pixel/codec.h"
#include "gateway/pixel/color_profile.h"
#include "gateway/pixel/jp2_file.h"

namespace gateway::pixel {
namespace {

// Smooth areas, an edge and noise.
Image picture(std::uint32_t width, std::uint32_t height, std::uint32_t channels) {
  Image image = make_image(width, height, channels);
  std::uint32_t noise = 1;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    noise = noise * 1664525 + 1013904223;
    const std::size_t x = i / channels % width;
    image.pixels[i] = static_cast<char>(x < width / 2 ? x : 128 + (noise >> 28));
  }
  return image;
}

std::uint32_t number32(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// The content of a chunk; checks its sum.
std::string chunk(const std::string& png, const std::string& type) {
  for (std::size_t at = 8; at + 12 <= png.size();) {
    const std::uint32_t length = number32(png, at);
    const std::string body = png.substr(at + 4, 4 + length);
    EXPECT_EQ(crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())),
              number32(png, at + 8 + length));
    if (body.substr(0, 4) == type) return body.substr(4);
    at += 12 + length;
  }
  return {};
}

std::string inflated(const std::string& bytes, std::size_t size) {
  std::string out(size, '\0');
  uLongf length = size;
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(out.data()), &length,
                       reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()),
            Z_OK);
  EXPECT_EQ(length, size);
  return out;
}

// Filter types 0 and 2 only: what the writer uses.
std::string png_pixels(const std::string& png, const Image& like) {
  const std::size_t width = like.row_bytes();
  const std::string rows = inflated(chunk(png, "IDAT"), (width + 1) * like.height);
  std::string pixels;
  for (std::size_t y = 0; y < like.height; ++y)
    for (std::size_t x = 0; x < width; ++x) {
      const char above = rows[y * (width + 1)] == 2 ? pixels[(y - 1) * width + x] : '\0';
      pixels += static_cast<char>(rows[y * (width + 1) + x + 1] + above);
    }
  return pixels;
}

TEST(ImageWriters, PngHoldsEveryPixel) {
  for (const std::uint32_t channels : {1u, 3u}) {
    const Image image = picture(123, 45, channels);
    const auto png = write_png(image);
    ASSERT_TRUE(png.ok());
    EXPECT_EQ(png->substr(0, 8), std::string("\x89PNG\r\n\x1a\n", 8));
    EXPECT_EQ(number32(*png, 16), 123u);
    EXPECT_EQ(number32(*png, 20), 45u);
    EXPECT_EQ((*png)[25], channels == 3 ? 2 : 0);
    EXPECT_EQ(png_pixels(*png, image), image.pixels);
    EXPECT_EQ(chunk(*png, "iCCP"), "");
  }
}

TEST(ImageWriters, PngCarriesItsProfile) {
  const std::string& profile = icc_profile(ColorSpace::Srgb);
  const auto png = write_png(picture(4, 4, 3), profile);
  ASSERT_TRUE(png.ok());
  EXPECT_EQ(inflated(chunk(*png, "iCCP").substr(5), profile.size()), profile);
}

TEST(ImageWriters, JpegIsCloseToTheImageAndCloserWithMoreQuality) {
  const Image image = picture(64, 48, 1);
  model::ImageFormat format;
  format.rows = 48;
  format.columns = 64;
  format.photometric = "MONOCHROME2";
  double last = 1e9;
  for (const int quality : {10, 50, 100}) {
    const auto jpeg = write_jpeg(image, quality);
    ASSERT_TRUE(jpeg.ok());
    const auto back = decode("1.2.840.10008.1.2.4.50", format, as_bytes(*jpeg));
    ASSERT_TRUE(back.ok()) << back.error().text();
    double error = 0;
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
      error +=
          std::abs(static_cast<unsigned char>(image.pixels[i]) - static_cast<unsigned char>(back->bytes[i]));
    EXPECT_LT(error, last);
    last = error;
  }
  EXPECT_LT(last / static_cast<double>(image.pixels.size()), 1.0);
}

TEST(ImageWriters, JpegCarriesItsProfile) {
  const auto jpeg = write_jpeg(picture(8, 8, 3), 80, icc_profile(ColorSpace::AdobeRgb));
  ASSERT_TRUE(jpeg.ok());
  EXPECT_NE(jpeg->find("ICC_PROFILE"), std::string::npos);
  EXPECT_NE(jpeg->find(icc_profile(ColorSpace::AdobeRgb)), std::string::npos);
  EXPECT_FALSE(write_jpeg(make_image(65501, 1, 1), 90).ok());
}

// A reader of what GifWriter writes: one image, its palette, LZW.
struct GifReader {
  const std::string& bytes;
  std::size_t at = 13;  // behind the screen descriptor without a palette

  std::size_t number16() {
    const std::size_t value = byte(at) | byte(at + 1) << 8;
    at += 2;
    return value;
  }
  std::size_t byte(std::size_t i) const { return static_cast<unsigned char>(bytes.at(i)); }
  void skip_blocks() {
    while (byte(at) != 0) at += byte(at) + 1;
    ++at;
  }
  // Colors of the next image, three bytes a pixel; empty at the end. `delay` in 1/100 s.
  std::string next(std::size_t& delay) {
    while (byte(at) == 0x21) {
      if (byte(at + 1) == 0xF9) delay = byte(at + 4) | byte(at + 5) << 8;
      at += 2;
      skip_blocks();
    }
    if (byte(at) == 0x3B) return {};
    at += 10;
    const std::size_t palette = at;
    at += 768;
    std::string colors;
    for (const std::size_t index : decoded()) colors += bytes.substr(palette + index * 3, 3);
    return colors;
  }
  std::vector<std::size_t> decoded() {
    EXPECT_EQ(byte(at++), 8u);
    std::string codes;
    while (byte(at) != 0) {
      codes += bytes.substr(at + 1, byte(at));
      at += byte(at) + 1;
    }
    ++at;
    std::vector<std::size_t> out;
    std::vector<std::vector<std::size_t>> table;
    std::size_t width = 9, position = 0;
    const std::vector<std::size_t>* previous = nullptr;
    std::vector<std::size_t> kept;
    for (;;) {
      std::size_t code = 0;
      for (std::size_t i = 0; i < width; ++i, ++position)
        code |=
            static_cast<std::size_t>((static_cast<unsigned char>(codes.at(position / 8)) >> position % 8) & 1)
            << i;
      if (code == 257) return out;
      if (code == 256) {
        table.assign(258, {});
        for (std::size_t i = 0; i < 256; ++i) table[i] = {i};
        width = 9;
        previous = nullptr;
        continue;
      }
      std::vector<std::size_t> entry = code < table.size() ? table[code] : kept;
      if (code >= table.size()) entry.push_back(kept.front());
      if (previous && table.size() < 4096) {
        kept.push_back(entry.front());
        table.push_back(kept);
      }
      out.insert(out.end(), entry.begin(), entry.end());
      kept = entry;
      previous = &kept;
      if (table.size() == std::size_t{1} << width && width < 12) ++width;
    }
  }
};

TEST(ImageWriters, GifHoldsEveryGrey) {
  const Image image = picture(301, 97, 1);  // enough to fill the dictionary
  std::string gif;
  GifWriter writer(false);
  ASSERT_TRUE(writer.add(image, 0, gif).ok());
  GifWriter::finish(gif);
  EXPECT_EQ(gif.substr(0, 6), "GIF89a");
  std::size_t delay = 0;
  EXPECT_EQ((GifReader{gif}.next(delay)), to_rgb(image).pixels);
}

TEST(ImageWriters, GifHoldsNoiseOfEveryLength) {
  for (std::uint32_t size = 1; size < 6000; size += 37) {
    Image image = make_image(size, 1, 1);
    std::uint32_t noise = size;
    for (char& pixel : image.pixels) pixel = static_cast<char>((noise = noise * 1664525 + 1013904223) >> 24);
    std::string gif;
    GifWriter writer(false);
    ASSERT_TRUE(writer.add(image, 0, gif).ok());
    GifWriter::finish(gif);
    std::size_t delay = 0;
    ASSERT_EQ((GifReader{gif}.next(delay)), to_rgb(image).pixels) << size;
  }
}

TEST(ImageWriters, GifAnimatesWithItsDelays) {
  Image red = make_image(2, 2, 3), many = picture(2, 2, 3);
  for (std::size_t i = 0; i < red.pixels.size(); i += 3) red.pixels[i] = '\xFF';
  std::string gif;
  GifWriter writer(true);
  ASSERT_TRUE(writer.add(red, 100, gif).ok());
  ASSERT_TRUE(writer.add(many, 40, gif).ok());
  EXPECT_FALSE(writer.add(make_image(3, 2, 1), 40, gif).ok());
  GifWriter::finish(gif);
  GifReader reader{gif};
  std::size_t delay = 0;
  EXPECT_EQ(reader.next(delay), red.pixels);
  EXPECT_EQ(delay, 10u);
  EXPECT_EQ(reader.next(delay), many.pixels);
  EXPECT_EQ(delay, 4u);
  EXPECT_EQ(reader.next(delay), "");
}

TEST(ImageWriters, Jp2WrapsACodeStream) {
  const std::string file = jp2_file("STREAM", make_image(3, 2, 1));
  EXPECT_EQ(file.substr(4, 8), "jP  \r\n\x87\n");
  EXPECT_NE(file.find("ihdr"), std::string::npos);
  EXPECT_TRUE(file.ends_with("jp2cSTREAM"));
}

TEST(ColorProfile, WellKnownSpacesAreProfiles) {
  for (const auto space :
       {ColorSpace::Srgb, ColorSpace::AdobeRgb, ColorSpace::RommRgb, ColorSpace::DisplayP3})
    EXPECT_TRUE(is_rgb_profile(icc_profile(space)));
  EXPECT_FALSE(is_rgb_profile(grey_icc_profile()));
  EXPECT_FALSE(is_rgb_profile("no profile"));
}

TEST(ColorProfile, ColorsMoveBetweenSpaces) {
  Image image = make_image(1, 1, 3);
  image.pixels = std::string("\xFF\0\0", 3);  // the red of Display P3 lies outside of sRGB
  ASSERT_TRUE(convert_colors(image, icc_profile(ColorSpace::DisplayP3), ColorSpace::Srgb).ok());
  EXPECT_EQ(image.pixels, std::string("\xFF\0\0", 3));
  ASSERT_TRUE(convert_colors(image, {}, ColorSpace::RommRgb).ok());
  EXPECT_LT(static_cast<unsigned char>(image.pixels[0]), 200);
  EXPECT_GT(static_cast<unsigned char>(image.pixels[1]), 50);
  image.pixels = std::string("\x80\x80\x80", 3);
  ASSERT_TRUE(convert_colors(image, {}, ColorSpace::AdobeRgb).ok());
  EXPECT_NEAR(static_cast<unsigned char>(image.pixels[0]), 127, 2);
  EXPECT_EQ(image.pixels[0], image.pixels[2]);
}

}  // namespace
}  // namespace gateway::pixel
