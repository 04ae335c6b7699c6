#include "mappers/dicom/reader.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "dicom_bytes.h"
#include "mappers/dicom/inflate.h"

using namespace mappers::dicom;
using namespace dicom_test;
using gateway::ErrorCode;

namespace {

// A source without memory of its own, which counts what is asked for.
class CountingSource final : public gateway::ByteSource {
 public:
  explicit CountingSource(std::string_view bytes) : memory_(bytes) {}
  std::uint64_t size() const override { return memory_.size(); }
  gateway::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    ++reads;
    auto got = memory_.read_at(offset, into);
    bytes += *got;
    return got;
  }
  mutable std::size_t reads = 0, bytes = 0;

 private:
  gateway::MemorySource memory_;
};

const std::string kPatient = element(0x00100020, "LO", "P1");

std::string deflated(std::string_view data) {
  std::string out(data.size() + 100, '\0');
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

TEST(Reader, ReadsExplicitImplicitAndBigEndian) {
  const std::string little = explicit_file(kPatient + element(0x00280010, "US", number(512, 2)));
  const std::string implicitly =
      implicit_file(implicit(0x00100020, "P1") + implicit(0x00280010, number(512, 2)));
  const std::string big =
      file_of("1.2.840.10008.1.2.2",
              element(0x00100020, "LO", "P1", true) + element(0x00280010, "US", number(512, 2, true), true));
  for (const auto& bytes : {little, implicitly, big}) {
    const auto file = read(bytes);
    ASSERT_TRUE(file.ok()) << file.error().text();
    EXPECT_EQ(file->data.text(tags::kPatientId), "P1");
    EXPECT_EQ(file->data.integer(make_tag(0x00280010)), 512);
    EXPECT_TRUE(file->findings.empty());
  }
}

TEST(Reader, GuessesTheEncodingOfABareDataSet) {
  const std::string start = "CT";
  const auto explicitly = element(0x00080060, "CS", start) + kPatient;
  const auto big = element(0x00080060, "CS", start, true) + element(0x00100020, "LO", "P1", true);
  const auto implicitly = implicit(0x00080060, start) + implicit(0x00100020, "P1");
  for (const auto& bytes : {explicitly, big, implicitly}) {
    const auto file = read(bytes);
    ASSERT_TRUE(file.ok()) << file.error().text();
    EXPECT_EQ(file->data.text(tags::kPatientId), "P1");
    EXPECT_FALSE(file->had_meta);
    EXPECT_TRUE(has_finding(*file, "guessed"));
  }
}

TEST(Reader, TrustsTheBytesMoreThanTheTransferSyntax) {
  const std::string bytes = explicit_file(implicit(0x00080060, "CT") + implicit(0x00100020, "P1"));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file->implicit_vr);
  EXPECT_EQ(file->data.text(tags::kPatientId), "P1");
  EXPECT_TRUE(has_finding(*file, "not in the encoding"));
}

TEST(Reader, InflatesADeflatedDataSet) {
  const std::string bytes = file_of("1.2.840.10008.1.2.1.99", deflated(kPatient));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok()) << file.error().text();
  EXPECT_EQ(file->data.text(tags::kPatientId), "P1");
  EXPECT_FALSE(file->truncated);
}

// A deflated header of many blocks is inflated once, not once a block.
TEST(Reader, ReadsALongDeflatedHeaderForwards) {
  std::string data;
  for (std::uint32_t i = 0; i < 100; ++i)
    data += element(0x00420011 + (i << 16), "OB", std::string(10'001, 'x') + "y");
  const std::string bytes = file_of("1.2.840.10008.1.2.1.99", deflated(data));
  const CountingSource source(bytes);
  const auto file = read_file(source);
  ASSERT_TRUE(file.ok()) << file.error().text();
  EXPECT_EQ(file->data.elements().size(), 100u);
  EXPECT_EQ(file->data.elements().back().raw().back(), 'y');
  EXPECT_LT(source.reads, 10u);
}

TEST(Reader, NotesTextOfAnUndeclaredCharacterSet) {
  const std::string bytes = explicit_file(element(0x00100010, "PN", "J\xF6rg"));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(has_finding(*file, "no other is declared"));
  const std::string unknown = explicit_file(element(0x00080005, "CS", "ISO_IR 9") + kPatient);
  EXPECT_TRUE(has_finding(*read(unknown), "unknown character set"));
}

TEST(Reader, KeepsAValueUnderASequenceTagThatHoldsNoItems) {
  const std::string bytes = implicit_file(implicit(0x0040A170, "NOT ITEMS ") + implicit(0x0040A730, ""));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->data.find(make_tag(0x0040A170))->vr, VR::UN);
  EXPECT_EQ(file->data.find(make_tag(0x0040A170))->raw(), "NOT ITEMS ");
}

TEST(Reader, ReadsAFileWhoseValueLooksLikeThePrefix) {
  std::string bytes = element(0x00080060, "CS", "CT") +
                      element(0x00081030, "LO", std::string(110, 'x') + "DICM" + std::string(40, 'x'));
  bytes.replace(128, 4, "DICM");
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  EXPECT_FALSE(file->had_preamble);
  EXPECT_EQ(file->data.text(tags::kModality), "CT");
}

TEST(Reader, InflatingAgainAndAgainHasAnEnd) {
  const std::string data(30 << 20, '\0');
  const std::string packed = deflated(data);
  const gateway::MemorySource source(packed);
  const auto inflated = InflatedSource::open(source, 0, 64 << 20);
  ASSERT_TRUE(inflated.ok());
  std::byte last{};
  int passes = 0;
  gateway::Result<std::size_t> got = std::size_t{1};
  while (got.ok() && passes < 100) {
    got = (*inflated)->read_at(data.size() - 1, {&last, 1});
    if (got.ok()) got = (*inflated)->read_at(0, {&last, 1});
    ++passes;
  }
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().code, ErrorCode::DicomLimit);
  EXPECT_EQ(passes, 3);
}

TEST(Reader, BoundsADeflateBomb) {
  std::string zeros = element(0x00100020, "LO", "P1") + explicit_header(0x00420011, "OB", 50 << 20);
  zeros.resize(zeros.size() + (50 << 20));
  const std::string bytes = file_of("1.2.840.10008.1.2.1.99", deflated(zeros));
  ReadLimits limits;
  limits.max_inflated_bytes = 1 << 20;
  const auto file = read(bytes, limits);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::DicomLimit);
  const auto whole = read(bytes);
  ASSERT_TRUE(whole.ok());
  EXPECT_TRUE(whole->data.find(make_tag(0x00420011))->by_reference);
}

TEST(Reader, RefusesWhatIsNoDicom) {
  for (const std::string& bytes :
       {std::string(), std::string("hello"), std::string(4096, '\0'), std::string(4096, 'A'),
        std::string("<?xml version=\"1.0\"?><a>some text that is longer</a>")}) {
    const auto file = read(bytes);
    ASSERT_FALSE(file.ok());
    EXPECT_EQ(file.error().code, ErrorCode::NotDicom);
  }
}

TEST(Reader, SaysTruncatedWhenNothingFollowsThePrefix) {
  const auto file = read(explicit_file(""));
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::DicomTruncated);
}

TEST(Reader, ReadsSequencesOfDefinedAndUndefinedLength) {
  const std::string inner = element(0x00080100, "SH", "CODE");
  const std::string defined = element(0x00081032, "SQ", item(inner) + item(""));
  const std::string open = explicit_header(0x00081032, "SQ", kUndefined) + item(inner, kUndefined) +
                           item_end() + item("", kUndefined) + item_end() + sequence_end();
  for (const auto& sequence : {defined, open}) {
    const std::string bytes = explicit_file(sequence + kPatient);
    const auto file = read(bytes);
    ASSERT_TRUE(file.ok()) << file.error().text();
    EXPECT_TRUE(file->findings.empty()) << file->findings[0].what;
    const Element* code = file->data.at({0x00081032, 0, 0x00080100});
    ASSERT_TRUE(code);
    EXPECT_EQ(code->raw(), "CODE");
    EXPECT_EQ(file->data.find(make_tag(0x00081032))->items.size(), 2u);
    EXPECT_EQ(file->data.at({0x00081032, 1, 0x00080100}), nullptr);
    EXPECT_EQ(file->data.at({0x00081032, 2, 0x00080100}), nullptr);
    EXPECT_EQ(file->data.text(tags::kPatientId), "P1");
  }
}

TEST(Reader, ReadsUnOfUndefinedLengthAsImplicitSequence) {
  const std::string bytes = explicit_file(explicit_header(0x00081032, "UN", kUndefined) +
                                          item(implicit(0x00080100, "CODE")) + sequence_end() + kPatient);
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->data.find(make_tag(0x00081032))->vr, VR::SQ);
  EXPECT_EQ(file->data.at({0x00081032, 0, 0x00080100})->raw(), "CODE");
  EXPECT_EQ(file->data.text(tags::kPatientId), "P1");
}

TEST(Reader, GivesUnTheVrOfTheDictionary) {
  const std::string bytes = explicit_file(element(0x00100020, "UN", "P1") + element(0x00280010, "UN", "abc") +
                                          element(0x00291010, "UN", "abcd"));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->data.find(tags::kPatientId)->vr, VR::LO);
  EXPECT_EQ(file->data.find(make_tag(0x00280010))->vr, VR::UN);  // three bytes are no US
  EXPECT_EQ(file->data.find(make_tag(0x00291010))->vr, VR::UN);
}

// PixelRepresentation of an item counts in that item and below it.
TEST(Reader, PixelRepresentationOfAnItemEndsWithIt) {
  const std::string nested =
      implicit(0x00280103, number(1, 2)) + implicit(0x00280106, number(0xFFFF, 2)) +
      implicit(0x00283010, item(implicit(0x00283003, "") + implicit(0x00280107, number(0xFFFF, 2))));
  const std::string bytes =
      implicit_file(implicit(0x00081140, item(nested)) + implicit(0x00280106, number(0xFFFF, 2)));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->data.at({0x00081140, 0, 0x00280106})->vr, VR::SS);
  EXPECT_EQ(file->data.at({0x00081140, 0, 0x00283010, 0, 0x00280107})->vr, VR::SS);
  EXPECT_EQ(file->data.find(make_tag(0x00280106))->vr, VR::US);
}

TEST(Reader, RefusesOversizedNamesAndCodes) {
  for (const std::uint32_t tag : {0x00100010u, 0x00080018u, 0x00080008u, 0x00100020u}) {
    const std::string bytes = implicit_file(implicit(tag, std::string((1 << 20) + 2, '\\')));
    const auto file = read(bytes);
    ASSERT_FALSE(file.ok()) << tag;
    EXPECT_EQ(file.error().code, ErrorCode::DicomLimit) << tag;
  }
  const std::string contour = implicit_file(implicit(0x30060050, std::string((1 << 20) + 2, '1')));
  EXPECT_TRUE(read(contour)->data.find(make_tag(0x30060050))->by_reference);
}

TEST(Reader, ResolvesUsOrSsByPixelRepresentation) {
  const auto with = [](std::uint16_t representation) {
    return implicit_file(implicit(0x00280103, number(representation, 2)) +
                         implicit(0x00280106, number(0xFFFF, 2)));
  };
  const std::string unsigned_pixels = with(0), signed_pixels = with(1);
  EXPECT_EQ(read(unsigned_pixels)->data.integer(make_tag(0x00280106)), 65535);
  EXPECT_EQ(read(signed_pixels)->data.integer(make_tag(0x00280106)), -1);
}

TEST(Reader, ToleratesDelimitersInOddPlaces) {
  const std::string inner = element(0x00080100, "SH", "CODE");
  const std::string bytes = explicit_file(
      element(0x00080060, "CS", "CT") + item_end() +                              // outside of a sequence
      explicit_header(0x00081032, "SQ", kUndefined) + item(inner, kUndefined) +   // item not closed
      sequence_end() + element(0x00081110, "SQ", item(inner) + sequence_end()) +  // superfluous
      explicit_header(0x00081115, "SQ", kUndefined) + item(inner) + item_end() + sequence_end() + kPatient);
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok()) << file.error().text();
  EXPECT_EQ(file->data.elements().size(), 5u);
  EXPECT_EQ(file->data.text(tags::kPatientId), "P1");
  EXPECT_EQ(file->findings.size(), 4u);
}

TEST(Reader, ToleratesBadVrs) {
  const std::string bytes = explicit_file(
      tag_bytes(0x00080060) + "??" + number(2, 2) + "CT" +                   // damaged VR, short length
      tag_bytes(0x00080070) + "OX" + number(0, 2) + number(4, 4) + "ACME" +  // unknown VR, long form
      tag_bytes(0x00081090) + "UN" + number(4, 2) + "ABCD" +                 // long VR with a short length
      implicit(0x00100010, "A^B ") + kPatient);                              // no VR at all
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok()) << file.error().text();
  EXPECT_EQ(file->data.text(tags::kModality), "CT");
  EXPECT_EQ(file->data.text(make_tag(0x00080070)), "ACME");
  EXPECT_EQ(file->data.text(make_tag(0x00081090)), "ABCD");
  EXPECT_EQ(file->data.text(tags::kPatientName), "A^B");
  EXPECT_EQ(file->data.text(tags::kPatientId), "P1");
}

TEST(Reader, SortsElementsAndKeepsTheLastOfEachTag) {
  const std::string bytes =
      explicit_file(kPatient + element(0x00080060, "CS", "CT") + element(0x00100020, "LO", "P2"));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  ASSERT_EQ(file->data.elements().size(), 2u);
  EXPECT_EQ(file->data.text(tags::kPatientId), "P2");
  EXPECT_TRUE(has_finding(*file, "out of order"));
}

TEST(Reader, NeverLoadsPixelDataAndReadsWhatFollows) {
  std::string bytes = explicit_file(kPatient + explicit_header(0x7FE00010, "OW", 1 << 20));
  bytes.resize(bytes.size() + (1 << 20));
  bytes += element(0xFFFCFFFC, "OB", "pad ");
  const CountingSource source(bytes);
  const auto file = read_file(source);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->pixel_data);
  EXPECT_EQ(file->pixel_data->length, 1u << 20);
  EXPECT_TRUE(file->data.has(make_tag(0xFFFCFFFC)));
  EXPECT_EQ(source.reads, 2u);
  EXPECT_LT(source.bytes, 64u << 10);
}

TEST(Reader, ReadsASmallFileInOneGo) {
  const std::string bytes = explicit_file(kPatient + element(0x7FE00010, "OW", std::string(2048, 'x')));
  const CountingSource source(bytes);
  ASSERT_TRUE(read_file(source).ok());
  EXPECT_EQ(source.reads, 1u);
}

TEST(Reader, WalksEncapsulatedFragments) {
  const std::string bytes = file_of("1.2.840.10008.1.2.4.50",
                                    explicit_header(0x7FE00010, "OB", kUndefined) + item("") + item("frag") +
                                        item("ment") + sequence_end() + element(0xFFFCFFFC, "OB", "pad "));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->pixel_data);
  EXPECT_TRUE(file->pixel_data->encapsulated);
  EXPECT_EQ(file->pixel_data->fragments, 2u);
  EXPECT_EQ(file->pixel_data->length, 8u + 12 + 12 + 8);
  EXPECT_TRUE(file->data.has(make_tag(0xFFFCFFFC)));
}

TEST(Reader, FindsTruncationWhereverItHappens) {
  const std::string whole =
      explicit_file(kPatient + element(0x00081032, "SQ", item(element(0x00080100, "SH", "CODE"))) +
                    element(0x7FE00010, "OW", std::string(64, 'x')));
  for (std::size_t size = 160 + kPatient.size(); size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    const auto file = read(cut);
    if (!file.ok()) continue;
    const bool noticed = file->truncated || !file->findings.empty() || !file->pixel_data;
    EXPECT_TRUE(noticed) << size;
  }
}

TEST(Reader, BoundsDepthCountAndMemory) {
  std::string bomb;
  for (int i = 0; i < 5000; ++i) bomb += explicit_header(0x00081032, "SQ", kUndefined) + item("", kUndefined);
  const std::string deep = explicit_file(bomb);
  ASSERT_FALSE(read(deep).ok());
  EXPECT_EQ(read(deep).error().code, ErrorCode::DicomLimit);

  std::string items;
  for (int i = 0; i < 400'000; ++i) items += item("");
  const std::string wide = explicit_file(element(0x00081032, "SQ", items));
  ASSERT_FALSE(read(wide).ok());
  EXPECT_EQ(read(wide).error().code, ErrorCode::DicomLimit);

  std::string many;
  for (int i = 0; i < 100; ++i) many += element(0x00420011, "OB", std::string(60'000, 'x'));
  const std::string large = explicit_file(many);
  ReadLimits limits;
  limits.max_header_bytes = 1 << 20;
  const auto file = read_file(CountingSource(large), limits);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::DicomLimit);
  EXPECT_NE(file.error().where.find("byte"), std::string::npos);
}

TEST(Reader, DoesNotBelieveHugeLengths) {
  const std::string bytes = explicit_file(kPatient + explicit_header(0x00420011, "OB", 0xFFFFFFF0) + "x");
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file->truncated);
  EXPECT_EQ(file->data.elements().size(), 1u);
}

TEST(Reader, KeepsLargeValuesInTheSource) {
  const std::string bytes = explicit_file(kPatient + element(0x00420011, "OB", std::string(100'000, 'x')));
  const auto file = read(bytes);
  ASSERT_TRUE(file.ok());
  const Element* document = file->data.find(make_tag(0x00420011));
  EXPECT_TRUE(document->by_reference);
  EXPECT_EQ(document->length, 100'000u);
  EXPECT_EQ(bytes[document->offset], 'x');
}

TEST(Reader, TellsMalformedByteAndPath) {
  const std::string bytes = explicit_file(
      kPatient +
      element(0x00081032, "SQ",
              item(element(0x00080100, "SH", "CODE") + tag_bytes(0x00080102) + "\x01\x02\xFF\xFF")));
  const auto file = read(bytes);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::DicomMalformed);
  EXPECT_NE(file.error().where.find("00081032/0"), std::string::npos);
}
