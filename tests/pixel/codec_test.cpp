// Codecs: what is encoded comes back, in every shape; what cannot be is refused with a reason.
#include "gateway/pixel/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace {

using namespace gateway::pixel;
using gateway::as_bytes;
using gateway::ErrorCode;
using gateway::model::Frame;
using gateway::model::ImageFormat;

constexpr const char* kLossless[] = {
    "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.5",     "1.2.840.10008.1.2.8.1",
    "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70",  "1.2.840.10008.1.2.4.80",
    "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202",
};
constexpr const char* kLossy[] = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.81",
                                  "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"};

struct Shape {
  const char* name;
  std::uint32_t rows, columns;
  std::uint16_t samples, allocated, stored;
  bool is_signed;
  bool planar = false;
  const char* photometric = "MONOCHROME2";
};
constexpr Shape kShapes[] = {
    {"8 bits", 60, 77, 1, 8, 8, false},
    {"8 bits signed", 60, 77, 1, 8, 8, true},
    {"10 of 16 bits", 33, 64, 1, 16, 10, false},
    {"12 of 16 bits", 64, 33, 1, 16, 12, false},
    {"12 of 16 bits signed", 64, 33, 1, 16, 12, true},
    {"16 bits", 64, 64, 1, 16, 16, false},
    {"16 bits signed", 64, 64, 1, 16, 16, true},
    {"RGB", 50, 41, 3, 8, 8, false, false, "RGB"},
    {"RGB by plane", 50, 41, 3, 8, 8, false, true, "RGB"},
    {"RGB of 16 bits", 50, 41, 3, 16, 16, false, false, "RGB"},
    {"YBR_FULL", 50, 41, 3, 8, 8, false, false, "YBR_FULL"},
    {"palette", 50, 41, 1, 8, 8, false, false, "PALETTE COLOR"},
    {"one bit", 51, 43, 1, 1, 1, false},
    {"one row", 1, 300, 1, 16, 12, false},
    {"one column", 300, 1, 1, 8, 8, false},
    {"one pixel", 1, 1, 1, 16, 16, false},
    {"7 of 8 bits signed", 33, 64, 1, 8, 7, true},
    {"10 of 16 bits signed", 33, 64, 1, 16, 10, true},
    {"14 of 16 bits signed", 33, 64, 1, 16, 14, true},
    {"8 of 16 bits", 33, 64, 1, 16, 8, false},
    {"8 of 16 bits signed", 33, 64, 1, 16, 8, true},
};

ImageFormat format_of(const Shape& shape) {
  ImageFormat format;
  format.rows = shape.rows;
  format.columns = shape.columns;
  format.samples_per_pixel = shape.samples;
  format.bits_allocated = shape.allocated;
  format.bits_stored = shape.stored;
  format.high_bit = static_cast<std::uint16_t>(shape.stored - 1);
  format.is_signed = shape.is_signed;
  format.planar = shape.planar;
  format.photometric = shape.photometric;
  return format;
}

std::int32_t get(const Frame& frame, std::size_t i) {
  const auto& format = frame.format;
  if (format.bits_allocated == 1) return static_cast<unsigned char>(frame.bytes[i / 8]) >> (i % 8) & 1;
  if (format.bits_allocated == 8)
    return format.is_signed ? std::int32_t{static_cast<signed char>(frame.bytes[i])}
                            : std::int32_t{static_cast<unsigned char>(frame.bytes[i])};
  std::uint16_t word;
  std::memcpy(&word, &frame.bytes[i * 2], 2);
  return format.is_signed ? std::int32_t{static_cast<std::int16_t>(word)} : std::int32_t{word};
}

void put(Frame& frame, std::size_t i, std::int32_t value) {
  if (frame.format.bits_allocated == 1)
    frame.bytes[i / 8] = static_cast<char>(frame.bytes[i / 8] | (value & 1) << (i % 8));
  else
    std::memcpy(&frame.bytes[i * frame.format.bits_allocated / 8], &value, frame.format.bits_allocated / 8);
}

// Where a sample lies, by pixel or by plane.
std::size_t place(const ImageFormat& format, std::size_t pixel, std::size_t sample) {
  const std::size_t pixels = std::size_t{format.rows} * format.columns;
  return format.planar ? sample * pixels + pixel : pixel * format.samples_per_pixel + sample;
}

// A smooth image with some noise and both extremes, the same in every run.
Frame frame_of(const Shape& shape, bool smooth = false) {
  Frame frame{format_of(shape), {}};
  frame.bytes.resize(frame.format.frame_bytes());
  std::mt19937 random(7);
  const std::int32_t span = 1 << shape.stored, low = shape.is_signed ? -span / 2 : 0;
  for (std::uint32_t pixel = 0; pixel < shape.rows * shape.columns; ++pixel) {
    for (std::uint16_t s = 0; s < shape.samples; ++s) {
      const double x = pixel % shape.columns, y = pixel / shape.columns;
      double value = (0.5 + 0.4 * std::sin(x / 9 + s) * std::cos(y / 11)) * (span - 1);
      if (!smooth) value += static_cast<int>(random() % 7) - 3;
      if (!smooth && pixel % 97 == 5) value = span - 1;
      if (!smooth && pixel % 89 == 3) value = 0;
      const auto whole = std::clamp(static_cast<std::int32_t>(value), 0, span - 1);
      put(frame, place(frame.format, pixel, s), low + whole);
    }
  }
  return frame;
}

void expect_same_samples(const Frame& made, const Frame& given, std::int32_t error, const std::string& what) {
  ASSERT_EQ(made.format.rows, given.format.rows) << what;
  ASSERT_EQ(made.format.bits_allocated, given.format.bits_allocated) << what;
  ASSERT_EQ(made.format.is_signed, given.format.is_signed) << what;
  ASSERT_EQ(made.bytes.size(), made.format.frame_bytes()) << what;
  std::int32_t worst = 0;
  for (std::uint32_t pixel = 0; pixel < given.format.rows * given.format.columns; ++pixel)
    for (std::uint16_t s = 0; s < given.format.samples_per_pixel; ++s)
      worst = std::max(worst, std::abs(get(made, place(made.format, pixel, s)) -
                                       get(given, place(given.format, pixel, s))));
  EXPECT_LE(worst, error) << what;
}

TEST(Codec, LosslessSyntaxesGiveBackEverySample) {
  int pairs = 0;
  for (const char* syntax : kLossless) {
    for (const Shape& shape : kShapes) {
      const std::string what = std::string(syntax) + ", " + shape.name;
      const Frame given = frame_of(shape);
      const auto encoded = encode(syntax, given);
      EXPECT_EQ(encoded.ok(), can_encode(syntax, given.format)) << what;
      if (!encoded.ok()) continue;
      EXPECT_EQ(encoded->bytes.size() % 2, 0u) << what;
      const auto made = decode(syntax, encoded->format, as_bytes(encoded->bytes));
      ASSERT_TRUE(made.ok()) << what << ": " << made.error().text() << " " << made.error().detail;
      EXPECT_EQ(made->format.photometric, given.format.photometric) << what;
      expect_same_samples(*made, given, 0, what);
      ++pairs;
    }
  }
  EXPECT_GE(pairs, 120);
}

TEST(Codec, LossySyntaxesStayWithinTheirBound) {
  for (const char* syntax : kLossy) {
    for (const Shape& shape : kShapes) {
      const std::string what = std::string(syntax) + ", " + shape.name;
      const Frame given = frame_of(shape, true);
      const auto encoded = encode(syntax, given);
      EXPECT_EQ(encoded.ok(), can_encode(syntax, given.format)) << what << encoded.error().text();
      if (!encoded.ok()) continue;
      const auto made = decode(syntax, encoded->format, as_bytes(encoded->bytes));
      ASSERT_TRUE(made.ok()) << what << ": " << made.error().text() << " " << made.error().detail;
      if (made->format.photometric != given.format.photometric) continue;  // YCbCr comes out as RGB
      const std::int32_t span = 1 << shape.stored;
      const bool baseline = std::string_view(syntax).ends_with(".50");
      const bool near = std::string_view(syntax).ends_with(".81");
      expect_same_samples(*made, given, near ? 2 : std::max(4, span / (baseline ? 12 : 60)), what);
    }
  }
}

TEST(Codec, QualityTradesSizeForFidelity) {
  const Frame given = frame_of(kShapes[3]);
  for (const char* syntax : {"1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"}) {
    const auto fine = encode(syntax, given, {95, 2}), coarse = encode(syntax, given, {20, 2});
    ASSERT_TRUE(fine.ok() && coarse.ok());
    EXPECT_GT(fine->bytes.size(), coarse->bytes.size()) << syntax;
  }
}

// A CT has 16 bits a sample and uses a few thousand values of them.
TEST(Codec, LossyCodingIsAsFineAsTheValuesAsk) {
  Frame given = frame_of(kShapes[6], true);
  for (std::size_t i = 0; i < given.bytes.size() / 2; ++i) put(given, i, get(given, i) / 32);
  for (const char* syntax : {"1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"}) {
    const auto encoded = encode(syntax, given);
    ASSERT_TRUE(encoded.ok());
    expect_same_samples(*decode(syntax, encoded->format, as_bytes(encoded->bytes)), given, 2048 / 60, syntax);
  }
}

TEST(Codec, ColorModelsAreStated) {
  const Frame rgb = frame_of(kShapes[7]);
  EXPECT_EQ(encode("1.2.840.10008.1.2.4.50", rgb)->format.photometric, "YBR_FULL_422");
  EXPECT_EQ(encode("1.2.840.10008.1.2.4.70", rgb)->format.photometric, "RGB");
  EXPECT_EQ(encode("1.2.840.10008.1.2.4.80", rgb)->format.photometric, "RGB");
  EXPECT_EQ(encode("1.2.840.10008.1.2.4.90", rgb)->format.photometric, "YBR_RCT");
  EXPECT_EQ(encode("1.2.840.10008.1.2.4.91", rgb)->format.photometric, "YBR_ICT");
  EXPECT_EQ(encode("1.2.840.10008.1.2.4.201", rgb)->format.photometric, "YBR_RCT");
}

TEST(Codec, ChromaSubsampledFramesAreSpreadOut) {
  Frame given{format_of(kShapes[7]), std::string(1000, '\0')};
  given.format.rows = 10;
  given.format.columns = 50;
  given.format.photometric = "YBR_FULL_422";
  for (std::size_t i = 0; i < given.bytes.size(); ++i) given.bytes[i] = static_cast<char>(i % 251);
  for (const char* syntax : {"1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"}) {
    const auto encoded = encode(syntax, given);
    ASSERT_TRUE(encoded.ok()) << syntax;
    const auto made = decode(syntax, encoded->format, as_bytes(encoded->bytes));
    ASSERT_TRUE(made.ok()) << syntax;
    EXPECT_EQ(made->format.photometric, "YBR_FULL");
    EXPECT_EQ(made->bytes.substr(0, 6), std::string("\x00\x02\x03\x01\x02\x03", 6)) << syntax;
  }
}

TEST(Codec, ImpossibleChromaIsRefused) {
  Frame given{format_of(kShapes[7]), std::string(50'000, '\0')};
  given.format.photometric = "YBR_FULL_422";  // of 41 columns
  for (const char* syntax : {"1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"})
    EXPECT_FALSE(encode(syntax, given).ok()) << syntax;
  given.format.columns = 40;
  given.format.bits_allocated = given.format.bits_stored = 1;
  for (const char* syntax : {"1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"})
    EXPECT_FALSE(encode(syntax, given).ok()) << syntax;
}

TEST(Codec, SamplesAboveTheBitsStoredSurvive) {
  Frame given = frame_of(kShapes[3]);
  put(given, 40, 0xF123);  // an overlay in the unused bits
  for (const char* syntax : {"1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90",
                             "1.2.840.10008.1.2.4.201"}) {
    const auto encoded = encode(syntax, given);
    ASSERT_TRUE(encoded.ok());
    expect_same_samples(*decode(syntax, encoded->format, as_bytes(encoded->bytes)), given, 0, syntax);
  }
}

// Other decoders make bytes of streams of 8 bits, which contradicts (0028,0100) then.
TEST(Codec, StreamsOfWordsStateMoreThanEightBits) {
  const auto frame = frame_of({"8 of 16 bits", 33, 64, 1, 16, 8, false});
  for (const auto& [syntax, marker] :
       {std::pair("1.2.840.10008.1.2.4.70", "\xFF\xC3"), std::pair("1.2.840.10008.1.2.4.80", "\xFF\xF7")}) {
    const auto made = encode(syntax, frame);
    ASSERT_TRUE(made.ok()) << made.error().text();
    const std::size_t header = made->bytes.find(marker);
    ASSERT_NE(header, std::string::npos);
    EXPECT_GT(made->bytes.at(header + 4), 8) << syntax;
    EXPECT_EQ(made->format.bits_stored, 8);
  }
}

TEST(Codec, FloatSamplesAreNeverEncapsulated) {
  Frame frame{format_of({"floats", 4, 4, 1, 32, 32, true}), std::string(64, '\0')};
  frame.format.sample = ImageFormat::Sample::Float;
  EXPECT_TRUE(encode("1.2.840.10008.1.2.1", frame).ok());
  for (const char* syntax : kLossless)
    EXPECT_EQ(encode(syntax, frame).error().code, ErrorCode::Unprocessable);
}

TEST(Codec, StreamsOfAnotherSizeAreRefused) {
  const Frame given = frame_of(kShapes[5]);
  for (const char* syntax : kLossless) {
    const auto encoded = encode(syntax, given);
    ASSERT_TRUE(encoded.ok());
    ImageFormat larger = encoded->format;
    larger.rows = 640;
    EXPECT_FALSE(decode(syntax, larger, as_bytes(encoded->bytes)).ok()) << syntax;
  }
}

TEST(Codec, CutStreamsAreRefusedNotHalfShown) {
  const Frame given = frame_of(kShapes[5]);
  for (const char* syntax : kLossless) {
    const auto encoded = encode(syntax, given);
    const std::string half = encoded->bytes.substr(0, encoded->bytes.size() / 2);
    const auto made = decode(syntax, encoded->format, as_bytes(half));
    EXPECT_FALSE(made.ok()) << syntax;
  }
  const auto baseline = encode("1.2.840.10008.1.2.4.50", frame_of(kShapes[0]));
  const std::string half = baseline->bytes.substr(0, baseline->bytes.size() / 2);
  EXPECT_FALSE(decode("1.2.840.10008.1.2.4.50", baseline->format, as_bytes(half)).ok());
}

TEST(Codec, PaddingBeforeTheEndOfAJpegLsStreamDoesNoHarm) {
  const Frame given = frame_of(kShapes[5]);
  for (const std::size_t padding : {1u, 2u, 4u}) {
    auto encoded = encode("1.2.840.10008.1.2.4.80", given);
    const std::size_t end = encoded->bytes.rfind("\xFF\xD9");
    encoded->bytes.insert(end, std::string(padding, '\0'));
    const auto made = decode("1.2.840.10008.1.2.4.80", encoded->format, as_bytes(encoded->bytes));
    ASSERT_TRUE(made.ok()) << padding << made.error().detail;
    EXPECT_EQ(made->bytes, given.bytes);
  }
}

TEST(Codec, UnknownSyntaxesAreNamed) {
  const auto made = decode("1.2.840.10008.1.2.4.102", format_of(kShapes[0]), {});
  EXPECT_EQ(made.error().code, ErrorCode::NotSupported);
  EXPECT_EQ(made.error().where, "1.2.840.10008.1.2.4.102");
  EXPECT_FALSE(can_decode("1.2.3"));
  EXPECT_FALSE(can_encode("1.2.840.10008.1.2.4.51"));
}

TEST(Codec, HugeFramesAreRefusedBeforeAnyMemoryIsTaken) {
  ImageFormat format = format_of(kShapes[5]);
  format.rows = format.columns = 65535;
  EXPECT_EQ(decode("1.2.840.10008.1.2.5", format, {}).error().code, ErrorCode::DicomLimit);
}

}  // namespace
