// Frames of objects: where they lie, whatever the offset tables say, and that one costs no more than itself.
#include "mappers/dicom/frame_table.h"

#include <gtest/gtest.h>

#include "gateway/base/ids.h"
#include "mappers/dicom/inflate.h"
#include "tests/mappers/dicom/corpus.h"
#include "tests/mappers/dicom/dicom_bytes.h"

namespace {

using namespace mappers::dicom;
using dicom_test::element;
using dicom_test::item;
using dicom_test::number;
using dicom_test::sequence_end;
using gateway::ErrorCode;
using gateway::MemorySource;
using gateway::Result;

constexpr std::uint64_t kMost = 64 << 20;
constexpr std::string_view kJpegLs = "1.2.840.10008.1.2.4.80";
constexpr std::string_view kRle = "1.2.840.10008.1.2.5";

// Counts what is read of a source.
class CountingSource final : public gateway::ByteSource {
 public:
  explicit CountingSource(std::string_view text) : memory_(text) {}
  std::uint64_t size() const override { return memory_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    read += into.size();
    return memory_.read_at(offset, into);
  }
  mutable std::uint64_t read = 0;

 private:
  MemorySource memory_;
};

std::string table_of(std::string_view bytes) {
  const auto file = dicom_test::read(bytes);
  EXPECT_TRUE(file.ok()) << file.error().text();
  auto table = make_frame_table(*file, MemorySource(bytes));
  return table.ok() ? *table : table.error().text();
}

Result<std::string> frame_of(std::string_view bytes, std::uint64_t index) {
  const auto file = TRY(dicom_test::read(bytes));
  const MemorySource source(bytes);
  const std::string text = TRY(make_frame_table(file, source));
  const MemorySource encoded{std::string_view(text)};
  const FrameTable table = TRY(FrameTable::open(encoded));
  return read_frame(source, TRY(table.frame(index)), kMost);
}

std::string frame_text(std::string_view bytes, std::uint64_t index) {
  auto frame = frame_of(bytes, index);
  return frame.ok() ? *frame : frame.error().text();
}

std::string us(std::uint32_t tag, std::uint64_t value, bool big = false) {
  return element(tag, "US", number(value, 2, big), big);
}

std::string image(std::string_view frames, std::uint64_t rows, std::uint64_t columns, std::uint64_t bits,
                  bool big = false) {
  return us(0x00280002, 1, big) + element(0x00280004, "CS", "MONOCHROME2 ", big) +
         element(0x00280008, "IS", frames, big) + us(0x00280010, rows, big) + us(0x00280011, columns, big) +
         us(0x00280100, bits, big) + us(0x00280101, bits, big) + us(0x00280102, bits - 1, big) +
         us(0x00280103, 0, big);
}

std::string encapsulated(std::string_view syntax, std::string_view frames, std::string_view offsets,
                         const std::vector<std::string>& fragments, std::string_view before = "") {
  std::string data = image(frames, 2, 2, 8) + std::string(before) +
                     dicom_test::explicit_header(0x7FE00010, "OB", dicom_test::kUndefined) + item(offsets);
  for (const std::string& fragment : fragments) data += item(fragment);
  return dicom_test::file_of(syntax, data + sequence_end());
}

std::string stream(char letter) { return std::string("\xFF\xD8\xFF\xF7") + letter + letter + "\xFF\xD9"; }

TEST(FrameTable, NativeFramesAreComputed) {
  const auto file = dicom_test::explicit_file(image("3 ", 1, 2, 8) + element(0x7FE00010, "OW", "aabbcc"));
  EXPECT_EQ(frame_text(file, 0), "aa");
  EXPECT_EQ(frame_text(file, 2), "cc");
  EXPECT_EQ(frame_of(file, 3).error().code, ErrorCode::NotFound);
}

TEST(FrameTable, ANativeFrameThatIsNotThereIsNamed) {
  const auto file = dicom_test::explicit_file(image("4 ", 1, 2, 8) + element(0x7FE00010, "OW", "aabbcc"));
  EXPECT_EQ(frame_text(file, 2), "cc");
  const auto missing = frame_of(file, 3);
  EXPECT_EQ(missing.error().code, ErrorCode::DicomTruncated);
  EXPECT_EQ(missing.error().where, "frame 4");
}

TEST(FrameTable, FramesOfOneBitAPixelBeginWithinBytes) {
  // Three frames of three pixels: 101, 011, 110, the first pixel the least significant bit.
  const auto file =
      dicom_test::explicit_file(image("3 ", 1, 3, 1) + element(0x7FE00010, "OB", std::string("\x9D\x01", 2)));
  EXPECT_EQ(frame_text(file, 0), "\x05");
  EXPECT_EQ(frame_text(file, 1), "\x03");
  EXPECT_EQ(frame_text(file, 2), "\x06");
}

TEST(FrameTable, BigEndianWordsAreSwappedAlsoBetweenFramesOfBytes) {
  const auto file = dicom_test::file_of(
      "1.2.840.10008.1.2.2", image("2 ", 1, 3, 8, true) + element(0x7FE00010, "OW", "badcfe", true));
  EXPECT_EQ(frame_text(file, 0), "abc");
  EXPECT_EQ(frame_text(file, 1), "def");
}

TEST(FrameTable, FloatPixelsHaveFrames) {
  std::string data = us(0x00280002, 1) + element(0x00280004, "CS", "MONOCHROME2 ") +
                     element(0x00280008, "IS", "2 ") + us(0x00280010, 1) + us(0x00280011, 1) +
                     us(0x00280100, 32) + element(0x7FE00008, "OF", "aaaabbbb");
  EXPECT_EQ(frame_text(dicom_test::explicit_file(data), 1), "bbbb");
}

TEST(FrameTable, OneFragmentAFrameNeedsNoOffsets) {
  const auto file = encapsulated(kJpegLs, "2 ", "", {"aaaa", "bb"});
  EXPECT_EQ(frame_text(file, 0), "aaaa");
  EXPECT_EQ(frame_text(file, 1), "bb");
}

TEST(FrameTable, ASingleFrameIsAllFragments) {
  EXPECT_EQ(frame_text(encapsulated(kJpegLs, "1 ", "", {"aaaa", "", "bb"}), 0), "aaaabb");
}

TEST(FrameTable, FragmentsAreJoinedByTheBasicOffsetTable) {
  const auto file = encapsulated(kJpegLs, "2 ", number(0, 4) + number(20, 4), {"aa", "aa", "bb", "bb"});
  EXPECT_EQ(frame_text(file, 0), "aaaa");
  EXPECT_EQ(frame_text(file, 1), "bbbb");
}

TEST(FrameTable, FragmentsAreJoinedByTheExtendedOffsetTable) {
  const std::string table = element(0x7FE00001, "OV", number(0, 8) + number(10, 8));
  const auto file = encapsulated(kJpegLs, "2 ", "", {"aa", "bb", "bb"}, table);
  EXPECT_EQ(frame_text(file, 0), "aa");
  EXPECT_EQ(frame_text(file, 1), "bbbb");
}

TEST(FrameTable, ATableThatPointsBetweenItemsIsNotBelieved) {
  const std::string a = stream('a'), b = stream('b');
  for (const std::uint64_t lie : {7ull, 0ull, 4000ull}) {
    const auto file = encapsulated(kJpegLs, "2 ", number(0, 4) + number(lie, 4),
                                   {a.substr(0, 4), a.substr(4), b.substr(0, 6), b.substr(6)});
    EXPECT_EQ(frame_text(file, 0), a) << lie;
    EXPECT_EQ(frame_text(file, 1), b) << lie;
  }
}

TEST(FrameTable, MarksTellFramesApartAlsoBehindPadding) {
  const std::string a = stream('a') + std::string(2, '\0'), b = stream('b');
  const auto file = encapsulated(kJpegLs, "2 ", "", {a.substr(0, 4), a.substr(4), b});
  EXPECT_EQ(frame_text(file, 0), a);
  EXPECT_EQ(frame_text(file, 1), b);
}

TEST(FrameTable, RleHeadersTellFramesApart) {
  std::string header = number(1, 4) + number(64, 4) + std::string(56, '\0');
  const auto file = encapsulated(kRle, "2 ", "", {header + "aa", "aa", header + "bb"});
  EXPECT_EQ(frame_text(file, 0), header + "aaaa");
  EXPECT_EQ(frame_text(file, 1), header + "bb");
}

TEST(FrameTable, UncompressedFragmentsAreCounted) {
  const auto file = encapsulated("1.2.840.10008.1.2.1.98", "2 ", "", {"aa", "aa", "bbbb"});
  EXPECT_EQ(frame_text(file, 0), "aaaa");
  EXPECT_EQ(frame_text(file, 1), "bbbb");
}

TEST(FrameTable, FragmentsThatCannotBeToldApartAreAnError) {
  const auto frame = frame_of(encapsulated(kJpegLs, "2 ", "", {"aa", "bb", "cc"}), 0);
  EXPECT_EQ(frame.error().code, ErrorCode::DicomMalformed);
  EXPECT_NE(frame.error().message.find("3 fragments"), std::string::npos);
}

TEST(FrameTable, VideoHasNoSeparateFrames) {
  const auto frame = frame_of(encapsulated("1.2.840.10008.1.2.4.102", "9 ", "", {"aa"}), 0);
  EXPECT_EQ(frame.error().code, ErrorCode::NotSupported);
}

TEST(FrameTable, AnImpossibleFormatNamesTheTag) {
  const auto no_rows = frame_of(dicom_test::explicit_file(element(0x7FE00010, "OW", "aabb")), 0);
  EXPECT_EQ(no_rows.error().code, ErrorCode::DicomMissingAttribute);
  EXPECT_EQ(no_rows.error().where, "00280010");
  const auto odd =
      frame_of(dicom_test::explicit_file(image("1 ", 1, 2, 13) + element(0x7FE00010, "OW", "aabb")), 0);
  EXPECT_EQ(odd.error().where, "00280100");
  const auto huge = frame_of(
      dicom_test::explicit_file(image("1 ", 65535, 65535, 16) + element(0x7FE00010, "OW", "aabb")), 0);
  EXPECT_EQ(huge.error().code, ErrorCode::DicomLimit);
}

TEST(FrameTable, DamagedTablesAreRefused) {
  std::string table = table_of(encapsulated(kJpegLs, "2 ", "", {"aa", "bb", "cc", stream('d')}));
  table = table_of(encapsulated(kJpegLs, "2 ", number(0, 4) + number(20, 4), {"aa", "aa", "bb", "bb"}));
  for (std::size_t cut = 0; cut < table.size(); ++cut) {
    const std::string part = table.substr(0, cut);
    const MemorySource encoded{std::string_view(part)};
    const auto opened = FrameTable::open(encoded);
    EXPECT_FALSE(opened.ok() && opened->frame(1).ok()) << cut;
  }
}

// Acceptance A10: the cost of one frame does not depend on the number of frames.
TEST(FrameTable, OneFrameOfAThousandReadsLittleMoreThanItself) {
  constexpr std::size_t kFrame = 5000;
  std::uint64_t costs[2] = {};
  int which = 0;
  for (const std::size_t frames : {10u, 1000u}) {
    const std::vector<std::string> fragments(frames, std::string(kFrame, 'x'));
    const std::string file = encapsulated(kJpegLs, std::to_string(frames), "", fragments);
    const std::string text = table_of(file);
    const CountingSource encoded(text), source(file);
    const auto table = FrameTable::open(encoded);
    ASSERT_TRUE(table.ok());
    const auto location = table->frame(frames / 2);
    ASSERT_TRUE(location.ok());
    EXPECT_EQ(read_frame(source, *location, kMost)->size(), kFrame);
    costs[which++] = encoded.read + source.read;
    EXPECT_LT(encoded.read + source.read, kFrame + 100);
  }
  EXPECT_EQ(costs[0], costs[1]);
}

TEST(FrameTableCorpus, FramesAreThoseOfTheOracle) {
  SKIP_WITHOUT_CORPUS();
  std::size_t rows = 0, equal = 0;
  for (const auto& row : dicom_test::read_table(dicom_test::corpus_folder() / "ORACLE_frames.tsv")) {
    if (row[0] == "path") continue;
    ++rows;
    const auto frame = frame_of(dicom_test::corpus_bytes(row[0]), std::stoull(row[4]) - 1);
    EXPECT_TRUE(frame.ok()) << row[0] << ": " << frame.error().text();
    if (!frame.ok()) continue;
    EXPECT_EQ(gateway::sha256_hex(*frame), row[6])
        << row[0] << " frame " << row[4] << ", " << frame->size() << " of " << row[5];
    equal += gateway::sha256_hex(*frame) == row[6];
  }
  EXPECT_EQ(rows, 276u);
  EXPECT_EQ(equal, rows);
}

}  // namespace
