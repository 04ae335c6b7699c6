// WADO-RS bulk data, one by one and all at once (PS3.18 section 10.4.1.1.5).
#include "tests/dicomweb/retrieve_fixture.h"

namespace gateway::dicomweb {
namespace {

const std::string kParts = "multipart/related; type=\"application/octet-stream\"";

// An overlay-like value deep in sequences, deeper than eight.
mappers::dicom::Draft nested_draft(int depth, const std::string& value) {
  mappers::dicom::Draft draft = image_draft("1.1.1.1");
  mappers::dicom::Draft item;
  item.set_bytes("EncapsulatedDocument", "OB", value);
  for (int i = 1; i < depth; ++i) {
    mappers::dicom::Draft outer;
    outer.set_items("ContentSequence", {item});
    item = outer;
  }
  return draft.set_items("ContentSequence", {item});
}

TEST_F(RetrieveTest, BulkDataAreFoundAtAnyDepth) {
  const std::string value(3000, 'x');
  keep(nested_draft(14, value));
  const auto metadata = get(instance_path("1.1.1.1") + "/metadata");
  const std::string json = bytes_of(metadata->body);
  const auto from = json.find("\"http://h/dicomweb", json.find("00420011")) + 18;
  const std::string uri = json.substr(from, json.find('"', from) - from);
  EXPECT_NE(uri.find("/bulkdata/0040A730/0/0040A730/0/"), std::string::npos);
  const auto alone = get(uri, "application/octet-stream");
  ASSERT_TRUE(alone.ok()) << alone.error().text();
  EXPECT_EQ(bytes_of(alone->body), value);
  const auto wrapped = parts_of(*get(uri));
  ASSERT_EQ(wrapped.size(), 1u);
  EXPECT_EQ(wrapped[0].location, "http://h/dicomweb" + uri);
  EXPECT_EQ(bytes_of(get(uri, "application/octet-stream", {{"Range", "bytes=10-19"}})->body), "xxxxxxxxxx");
}

TEST_F(RetrieveTest, BulkDataPathsThatAreNone) {
  keep(nested_draft(1, std::string(3000, 'x')));
  const std::string root = instance_path("1.1.1.1") + "/bulkdata/";
  EXPECT_EQ(verdict(root + "00420011"), "NotFound");
  EXPECT_EQ(verdict(root + "0040A730"), "NotFound");
  EXPECT_EQ(verdict(root + "0040A730/7/00420011"), "NotFound");
  EXPECT_EQ(verdict(root + "0040A730/0"), "InvalidParameter");
  EXPECT_EQ(verdict(root + "PatientName"), "InvalidParameter");
  EXPECT_EQ(verdict(root + "0040A730/x/00420011"), "InvalidParameter");
  EXPECT_EQ(verdict(root + "0040A730/0/00420011", "text/html"), "NotAcceptable");
}

// CP-2040.
TEST_F(RetrieveTest, AllBulkDataOfAStudyComeWithTheirPlaces) {
  keep(nested_draft(2, std::string(3000, 'x')));
  keep(image_draft("1.1.1.2"));
  const auto all = get(kStudy + "/bulkdata", kParts);
  ASSERT_TRUE(all.ok()) << all.error().text();
  const auto parts = parts_of(*all);
  ASSERT_EQ(parts.size(), 3u);
  const std::string first = "http://h/dicomweb" + instance_path("1.1.1.1") + "/bulkdata/";
  EXPECT_EQ(parts[0].location, first + "0040A730/0/0040A730/0/00420011");
  EXPECT_EQ(parts[0].content, std::string(3000, 'x'));
  EXPECT_EQ(parts[1].location, first + "7FE00010");
  const auto pixels = parts_of(*get(kSeries + "/pixeldata"));
  ASSERT_EQ(pixels.size(), 2u);
  EXPECT_EQ(pixels[1].content.size(), 16u);
  EXPECT_EQ(verdict("/studies/9.9/bulkdata"), "NotFound");
  EXPECT_EQ(verdict(kStudy + "/bulkdata", "application/dicom"), "NotAcceptable");
}

TEST_F(RetrieveTest, EncapsulatedPixelDataAreOnePartAFrame) {
  keep(image_draft("1.1.1.1", 3));
  const auto coded =
      get(instance_path("1.1.1.1"), "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.80");
  kept_.push_back(std::make_unique<std::string>(bytes_of(coded->body)));
  std::string& copy = *kept_.back();
  for (auto at = copy.find("1.1.1.1"); at != std::string::npos; at = copy.find("1.1.1.1", at))
    copy[at + 6] = '2';
  keep(std::make_shared<MemorySource>(std::string_view(copy)));
  const auto parts = parts_of(*get(instance_path("1.1.1.2") + "/bulkdata/7FE00010"));
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].type, "image/jls; transfer-syntax=1.2.840.10008.1.2.4.80");
  EXPECT_EQ(parts[2].location, "http://h/dicomweb" + instance_path("1.1.1.2") + "/frames/3");
  const auto frame = get(instance_path("1.1.1.2") + "/frames/3", "image/jls");
  EXPECT_EQ(parts[2].content, bytes_of(frame->body));
}

}  // namespace
}  // namespace gateway::dicomweb
