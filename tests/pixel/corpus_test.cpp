// The compressed frames of the shared corpus: all decode, and where one image is there in several lossless
// syntaxes all give the same samples.
#include <gtest/gtest.h>

#include "gateway/pixel/codec.h"
#include "mappers/dicom/frame_table.h"
#include "mappers/dicom/image_format.h"
#include "tests/mappers/dicom/corpus.h"

namespace {

using namespace gateway;
using model::Frame;

constexpr std::uint64_t kMost = 256 << 20;

struct Decoded {
  std::string transfer_syntax;
  model::ImageFormat declared;
  Frame frame;
};

Result<Decoded> decode_frame(const std::string& path, std::uint64_t index) {
  const std::string bytes = dicom_test::corpus_bytes(path);
  const MemorySource source{std::string_view(bytes)};
  const auto file = TRY(mappers::dicom::read_file(source));
  const auto format = TRY(mappers::dicom::image_format(file.data));
  const std::string text = TRY(mappers::dicom::make_frame_table(file, source));
  const MemorySource encoded{std::string_view(text)};
  const auto table = TRY(mappers::dicom::FrameTable::open(encoded));
  const auto location = TRY(table.frame(index));
  const std::string frame = TRY(mappers::dicom::read_frame(source, location, kMost));
  const std::string syntax = location.encapsulated ? file.transfer_syntax : "1.2.840.10008.1.2.1";
  return Decoded{syntax, format, TRY(pixel::decode(syntax, format, as_bytes(frame)))};
}

// A header of a code stream without the rest, made to test something else.
constexpr const char* kNoImage = "broken/JPEG2000-embedded-sequence-delimiter.dcm";

TEST(PixelCorpus, EveryFrameOfTheOracleDecodes) {
  SKIP_WITHOUT_CORPUS();
  std::size_t decoded = 0;
  for (const auto& row : dicom_test::read_table(dicom_test::corpus_folder() / "ORACLE_frames.tsv")) {
    if (row[0] == "path" || row[0] == kNoImage) continue;
    const auto made = decode_frame(row[0], std::stoull(row[4]) - 1);
    EXPECT_TRUE(made.ok()) << row[0] << " " << row[1] << ": " << made.error().text() << made.error().detail;
    if (!made.ok()) continue;
    EXPECT_EQ(made->frame.bytes.size(), made->frame.format.frame_bytes()) << row[0];
    ++decoded;
  }
  EXPECT_EQ(decoded, 275u);
}

void expect_same_frames(const std::vector<std::string>& paths, std::uint64_t index) {
  std::string first;
  for (const std::string& path : paths) {
    const auto made = decode_frame(path, index);
    ASSERT_TRUE(made.ok()) << path << made.error().text();
    if (first.empty()) first = made->frame.bytes;
    EXPECT_TRUE(made->frame.bytes == first) << path << " differs from " << paths[0];
  }
}

TEST(PixelCorpus, OneImageInManyLosslessSyntaxesIsTheSame) {
  SKIP_WITHOUT_CORPUS();
  expect_same_frames({"ts/CTImage_LittleEndianExplicit.dcm", "ts/CTImage_JPEG2000LosslessOnly.dcm",
                      "ts/CTImage_JPEGLSLossless.dcm", "ts/CTImage_JPEGProcess14.dcm",
                      "ts/CTImage_JPEGProcess14SV1.dcm", "ts/CTImage_RLELossless.dcm",
                      "ts/CTImage_BigEndianExplicit.dcm", "ts/CTImage_DeflatedExplicitVRLittleEndian.dcm"},
                     0);
  expect_same_frames({"modality/emri_small.dcm", "ts/emri_small_RLE.dcm", "ts/emri_small_big_endian.dcm",
                      "ts/emri_small_jpeg_2k_lossless.dcm", "ts/emri_small_jpeg_ls_lossless.dcm"},
                     5);
  expect_same_frames({"modality/MR_small.dcm", "ts/MR_small_RLE.dcm", "ts/MR_small_jp2klossless.dcm",
                      "ts/MR_small_jpeg_ls_lossless.dcm", "ts/MR_small_bigendian.dcm"},
                     0);
}

TEST(PixelCorpus, FramesOfOneBitAPixelAreTheSameInEverySyntax) {
  SKIP_WITHOUT_CORPUS();
  for (const std::uint64_t frame : {0, 1, 2}) {
    expect_same_frames({"seg_ct_study/liver.dcm", "ts/liver_deflate.dcm", "ts/liver_j2k.dcm",
                        "ts/liver_rle.dcm", "ts/liver_expb.dcm"},
                       frame);
    expect_same_frames({"ts/liver_nonbyte_aligned.dcm", "ts/liver_nonbyte_aligned_deflate.dcm",
                        "ts/liver_nonbyte_aligned_j2k.dcm", "ts/liver_nonbyte_aligned_rle.dcm"},
                       frame);
  }
}

// What the code stream says about its color model wins over the data set.
TEST(PixelCorpus, JpegComesOutAsRgb) {
  SKIP_WITHOUT_CORPUS();
  for (const char* path : {"ts/SC_rgb_dcmtk__eb_cy_np.dcm", "ts/SC_rgb_dcmtk__eb_cr.dcm",
                           "ts/SC_rgb_jpeg_dcmtk.dcm", "ts/SC_rgb_jpeg_lossy_gdcm.dcm"}) {
    const auto made = decode_frame(path, 0);
    ASSERT_TRUE(made.ok()) << path;
    EXPECT_EQ(made->frame.format.photometric, "RGB") << path;
    const auto at = [&](std::size_t row, int sample) {  // the color bars of the test image: red on top
      return static_cast<unsigned char>(
          made->frame.bytes[(row * 100 + 50) * 3 + static_cast<std::size_t>(sample)]);
    };
    EXPECT_GT(at(5, 0), 245) << path;
    EXPECT_LT(at(5, 1), 12) << path;
    EXPECT_LT(at(5, 2), 12) << path;
  }
}

}  // namespace
