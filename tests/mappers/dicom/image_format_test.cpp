// The Image Pixel module: what is missing is filled in where the standard lets it, what cannot be is refused
// with its tag.
#include "mappers/dicom/image_format.h"

#include <gtest/gtest.h>

#include "mappers/dicom/reader.h"
#include "tests/mappers/dicom/dicom_bytes.h"

namespace {

using dicom_test::element;
using dicom_test::number;
using gateway::ErrorCode;
using gateway::Result;
using gateway::model::ImageFormat;

std::string us(std::uint32_t tag, std::uint64_t value) { return element(tag, "US", number(value, 2)); }

Result<ImageFormat> format_of(const std::string& attributes, std::string_view pixels = "OW") {
  const std::uint32_t tag = pixels == "OF" ? 0x7FE00008 : 0x7FE00010;
  const std::string bytes = dicom_test::explicit_file(attributes + element(tag, pixels, "aabbccdd"));
  const auto file = TRY(dicom_test::read(bytes));
  return mappers::dicom::image_format(file.data);
}

TEST(ImageFormat, IsWhatTheDataSetSays) {
  const auto format =
      format_of(us(0x00280002, 3) + element(0x00280004, "CS", "YBR_FULL") + us(0x00280006, 1) +
                element(0x00280008, "IS", "7 ") + us(0x00280010, 5) + us(0x00280011, 6) + us(0x00280100, 16) +
                us(0x00280101, 12) + us(0x00280102, 11) + us(0x00280103, 1));
  ASSERT_TRUE(format.ok()) << format.error().text();
  const ImageFormat expected{5, 6, 7, 3, 16, 12, 11, true, true, ImageFormat::Sample::Integer, "YBR_FULL"};
  EXPECT_EQ(*format, expected);
  EXPECT_EQ(format->frame_bytes(), 5u * 6 * 3 * 2);
}

TEST(ImageFormat, FillsInWhatIsPlain) {
  const auto format = format_of(us(0x00280010, 5) + us(0x00280011, 6) + us(0x00280100, 8));
  ASSERT_TRUE(format.ok()) << format.error().text();
  const ImageFormat expected{5, 6, 1, 1, 8, 8, 7, false, false, ImageFormat::Sample::Integer, "MONOCHROME2"};
  EXPECT_EQ(*format, expected);
}

TEST(ImageFormat, FloatPixelsNeedNoBits) {
  const auto format = format_of(us(0x00280010, 1) + us(0x00280011, 2), "OF");
  ASSERT_TRUE(format.ok()) << format.error().text();
  EXPECT_EQ(format->sample, ImageFormat::Sample::Float);
  EXPECT_EQ(format->bits_allocated, 32);
}

TEST(ImageFormat, SubsampledChromaHasTwoSamplesAPixel) {
  const std::string color = us(0x00280002, 3) + element(0x00280004, "CS", "YBR_FULL_422");
  const auto even = format_of(color + us(0x00280010, 2) + us(0x00280011, 2) + us(0x00280100, 8));
  EXPECT_EQ(even->frame_bytes(), 8u);
  const auto odd = format_of(color + us(0x00280010, 2) + us(0x00280011, 3) + us(0x00280100, 8));
  EXPECT_EQ(odd->photometric, "YBR_FULL");
}

TEST(ImageFormat, ErrorsNameTheTag) {
  struct Case {
    std::string attributes;
    ErrorCode code;
    const char* where;
  };
  const std::string size = us(0x00280010, 5) + us(0x00280011, 6), bits = us(0x00280100, 8);
  const Case cases[] = {
      {us(0x00280011, 6) + bits, ErrorCode::DicomMissingAttribute, "00280010"},
      {us(0x00280010, 0) + us(0x00280011, 6) + bits, ErrorCode::DicomMalformed, "00280010"},
      {us(0x00280010, 5) + bits, ErrorCode::DicomMissingAttribute, "00280011"},
      {size, ErrorCode::DicomMissingAttribute, "00280100"},
      {size + us(0x00280100, 12), ErrorCode::NotSupported, "00280100"},
      {size + bits + us(0x00280101, 9), ErrorCode::DicomMalformed, "00280101"},
      {size + bits + us(0x00280101, 6) + us(0x00280102, 8), ErrorCode::DicomMalformed, "00280102"},
      {size + bits + us(0x00280103, 2), ErrorCode::DicomMalformed, "00280103"},
      {us(0x00280002, 300) + size + bits, ErrorCode::DicomMalformed, "00280002"},
      {element(0x00280008, "IS", "-1") + size + bits, ErrorCode::DicomMalformed, "00280008"},
      {element(0x00280008, "IS", "many") + size + bits, ErrorCode::DicomMalformed, "00280008"},
      {us(0x00280010, 65535) + us(0x00280011, 65535) + bits, ErrorCode::DicomLimit, "00280010"},
  };
  for (const Case& one : cases) {
    const auto format = format_of(one.attributes);
    ASSERT_FALSE(format.ok()) << one.where;
    EXPECT_EQ(format.error().code, one.code) << format.error().text();
    EXPECT_EQ(format.error().where, one.where) << format.error().text();
  }
}

}  // namespace
