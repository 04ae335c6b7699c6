// WADO-RS frames (PS3.18 section 10.4.1.1.6).
#include <atomic>

#include "gateway/pixel/codec.h"
#include "mappers/dicom/new_pixels.h"
#include "mappers/dicom/reader.h"
#include "tests/dicomweb/retrieve_fixture.h"

namespace gateway::dicomweb {
namespace {

const std::string kOctets = "multipart/related; type=\"application/octet-stream\"";
const std::string kAsStored = "multipart/related; type=application/octet-stream; transfer-syntax=*";

std::string frame_bytes(int index) {
  std::string bytes;
  for (int i = 0; i < 16; ++i) bytes += static_cast<char>(16 * index + i);
  return bytes;
}

class FramesTest : public RetrieveTest {
 protected:
  void SetUp() override {
    RetrieveTest::SetUp();
    keep(image_draft("1.1.1.1", 3));
  }
  const std::string frames_ = instance_path("1.1.1.1") + "/frames/";
};

TEST_F(FramesTest, ListsComeInTheirOrderOnePartEach) {
  const auto answer = get(frames_ + "3,1", kOctets);
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  const auto parts = parts_of(*answer);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].content, frame_bytes(2));
  EXPECT_EQ(parts[1].content, frame_bytes(0));
  EXPECT_EQ(parts[0].type, "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1");
  EXPECT_EQ(parts[0].location, "http://h/dicomweb" + frames_ + "3");
}

TEST_F(FramesTest, OneFrameMayComeAlone) {
  const auto answer = get(frames_ + "2", "application/octet-stream");
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(bytes_of(answer->body), frame_bytes(1));
  EXPECT_EQ(verdict(frames_ + "1,2", "application/octet-stream"), "NotAcceptable");
}

TEST_F(FramesTest, UncompressedFramesAreSentFromTheFile) {
  const auto answer = get(frames_ + "2", "application/octet-stream");
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->body.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<http::FileRange>(answer->body.front()));
}

TEST_F(FramesTest, ListsThatAreNoneAndFramesThatAreNotThere) {
  EXPECT_EQ(verdict(frames_ + "4"), "NotFound");
  EXPECT_EQ(verdict(frames_ + "1,99999999999"), "NotFound");
  for (const char* bad : {"0", "-1", "x", "1,", "1;2", "1.5", ",", "99999999999999999999"})
    EXPECT_EQ(verdict(frames_ + bad), "InvalidParameter") << bad;
  EXPECT_EQ(verdict(instance_path("9.9") + "/frames/1"), "NotFound");
}

TEST_F(FramesTest, AcceptHeadersOfRealClients) {
  for (const std::string accept :
       {"", "*/*", kOctets.c_str(), kAsStored.c_str(), "multipart/related", "multipart/related; type=\"*/*\"",
        "multipart/related; type=\"*/*\"; transfer-syntax=*",
        "application/dicom+json;q=0.1, multipart/related; type=application/octet-stream",
        "multipart/related; type=\"image/jpeg\"; transfer-syntax=1.2.840.10008.1.2.4.50;q=0, */*;q=0.1",
        "multipart/related; type=\"application/octet-stream\"; transfer-syntax=1.2.840.10008.1.2.1"}) {
    const auto answer = get(frames_ + "1", accept);
    ASSERT_TRUE(answer.ok()) << accept << ": " << answer.error().text();
    const auto parts = parts_of(*answer);
    ASSERT_EQ(parts.size(), 1u) << accept;
    EXPECT_EQ(parts[0].content, frame_bytes(0)) << accept;
  }
  EXPECT_EQ(verdict(frames_ + "1", "multipart/related; type=\"video/mpeg\""), "NotAcceptable");
  EXPECT_EQ(verdict(frames_ + "1", "text/html"), "NotAcceptable");
  const std::string implicit =
      "multipart/related; type=application/octet-stream; transfer-syntax=1.2.840.10008.1.2";
  EXPECT_EQ(verdict(frames_ + "1", implicit), "NotAcceptable");
}

// PS3.18 section 8.3.3.1: the parameter takes the place of the field.
TEST_F(FramesTest, TheAcceptParameterCounts) {
  const auto answer = get(frames_ + "1?accept=application/octet-stream", "text/html");
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(answer->headers.get("Content-Type"),
            "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1");
}

TEST_F(FramesTest, RefusalsNameWhatIsAvailable) {
  const auto refused = get(frames_ + "1", "image/png");
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"),
            std::string::npos);
}

TEST_F(FramesTest, FramesAreEncodedAsAskedFor) {
  struct Case {
    const char* type;
    const char* syntax;
  };
  for (const auto& [type, syntax] :
       {Case{"image/jls", "1.2.840.10008.1.2.4.80"}, Case{"image/jp2", "1.2.840.10008.1.2.4.90"},
        Case{"image/dicom-rle", "1.2.840.10008.1.2.5"}, Case{"image/jpeg", "1.2.840.10008.1.2.4.70"},
        Case{"image/jphc", "1.2.840.10008.1.2.4.201"}}) {
    const auto answer = get(frames_ + "1,2", std::string("multipart/related; type=\"") + type + "\"");
    ASSERT_TRUE(answer.ok()) << type << ": " << answer.error().text();
    const auto parts = parts_of(*answer);
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_EQ(parts[1].type, std::string(type) + "; transfer-syntax=" + syntax);
    model::ImageFormat format;
    format.rows = format.columns = 4;
    format.photometric = "MONOCHROME2";
    const auto decoded = pixel::decode(syntax, format, as_bytes(parts[1].content));
    ASSERT_TRUE(decoded.ok()) << syntax << decoded.error().text();
    EXPECT_EQ(decoded->bytes, frame_bytes(1)) << syntax;
  }
}

TEST_F(FramesTest, ObjectsWithoutFramesSaySo) {
  mappers::dicom::Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.11").set("SOPInstanceUID", "1.1.1.7");
  draft.set("StudyInstanceUID", "1.1").set("SeriesInstanceUID", "1.1.1");
  keep(draft);
  EXPECT_EQ(verdict(instance_path("1.1.1.7") + "/frames/1"), "NotFound");
}

TEST_F(FramesTest, ImplicitObjectsGiveTheSameFrames) {
  keep(image_draft("1.1.1.2", 2), mappers::dicom::Encoding::ImplicitLittle);
  const auto answer = get(instance_path("1.1.1.2") + "/frames/2", kAsStored);
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(parts_of(*answer).front().content, frame_bytes(1));
  EXPECT_EQ(parts_of(*answer).front().type, "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1");
}

// No syntax has that, but there are such objects: the code streams are what the file declares.
TEST_F(FramesTest, CompressedPixelsInAnImplicitDataSetKeepTheirSyntax) {
  const std::string syntax = "1.2.840.10008.1.2.4.80";
  model::Frame frame;
  frame.format.rows = frame.format.columns = 4;
  frame.format.photometric = "MONOCHROME2";
  frame.bytes = frame_bytes(0);
  const std::string stream = pixel::encode(syntax, frame)->bytes;
  std::string data;
  image_draft("1.1.1.3").encode(data, mappers::dicom::Encoding::ImplicitLittle);
  data.resize(data.find("\xE0\x7F\x10"));
  const std::string_view header("\xE0\x7F\x10\0\xFF\xFF\xFF\xFF", 8), end("\xFE\xFF\xDD\xE0\0\0\0\0", 8);
  data.append(header).append(mappers::dicom::item_header(0));
  data.append(mappers::dicom::item_header(stream.size())).append(stream).append(end);
  const std::string file =
      mappers::dicom::encode_file_meta({"1.2.840.10008.5.1.4.1.1.7.2", "1.1.1.3", syntax, {}, {}, {}}) + data;
  ASSERT_EQ(keep(std::make_shared<MemorySource>(std::string_view(file))), model::ItemOutcome::Kind::Stored);
  const std::string path = instance_path("1.1.1.3");
  const auto stored = parts_of(*get(path + "/frames/1", kAsStored));
  EXPECT_EQ(stored.at(0).type, "application/octet-stream; transfer-syntax=" + syntax);
  EXPECT_EQ(stored.at(0).content, stream);
  const auto decoded = parts_of(*get(path + "/frames/1", kOctets));
  EXPECT_EQ(decoded.at(0).content, frame.bytes);
  for (const std::string wanted : {"1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.80"}) {
    const auto answer = get(path, "application/dicom; transfer-syntax=" + wanted);
    ASSERT_TRUE(answer.ok()) << answer.error().text();
    EXPECT_EQ(answer->headers.get("Content-Type"), "application/dicom; transfer-syntax=" + wanted);
    const std::string bytes = bytes_of(answer->body);
    const auto read = mappers::dicom::read_file(MemorySource(std::string_view(bytes)));
    EXPECT_EQ(read->transfer_syntax, wanted);
    EXPECT_FALSE(read->implicit_vr);
  }
  EXPECT_EQ(verdict(path + "/rendered"), "200");
}

}  // namespace
}  // namespace gateway::dicomweb
