// Storage commitment over the web (PS3.18 chapter 13).
#include "mappers/dicom/native_xml.h"
#include "store_fixture.h"

namespace gateway::dicomweb {
namespace {

const std::string kCt = "1.2.840.10008.5.1.4.1.1.2";

std::string reference(const std::string& sop_class, const std::string& uid) {
  return R"({"00081150":{"vr":"UI","Value":[")" + sop_class + R"("]},"00081155":{"vr":"UI","Value":[")" +
         uid + "\"]}}";
}

std::string request(const std::vector<std::string>& references) {
  std::string items;
  for (const std::string& item : references) items += (items.empty() ? "" : ",") + item;
  return R"({"00081199":{"vr":"SQ","Value":[)" + items + "]}}";
}

class CommitmentTest : public StoreTest {
 protected:
  int ask(const std::string& transaction, const std::string& body) {
    return post("application/dicom+json", body, "/commitment-requests/" + transaction);
  }
  int get(const std::string& transaction, const std::string& accept = "*/*") {
    return send(http::Method::Get, "/commitment-requests/" + transaction, {}, {{"Accept", accept}});
  }
};

TEST_F(CommitmentTest, EachInstanceIsCommittedOrSaysWhyNot) {
  ASSERT_EQ(post("application/dicom", store_object("1.1.2")), 200);
  EXPECT_EQ(
      ask("1.5", request({reference(kCt, "1.1.2"), reference(kCt, "1.1.3"), reference("1.2", "1.1.2")})), 200)
      << text_;
  EXPECT_EQ(count("00081199"), 1u);
  ASSERT_EQ(count("00081198"), 2u);
  EXPECT_NE(text_.find(R"("00081197":{"vr":"US","Value":[274]})"), std::string::npos) << text_;  // 0112
  EXPECT_NE(text_.find(R"("00081197":{"vr":"US","Value":[281]})"), std::string::npos) << text_;  // 0119
}

TEST_F(CommitmentTest, TheResultStaysAndItsUidIsTaken) {
  ASSERT_EQ(post("application/dicom", store_object("1.1.2")), 200);
  ASSERT_EQ(ask("1.5", request({reference(kCt, "1.1.2")})), 200);
  const std::string first = text_;
  EXPECT_EQ(get("1.5"), 200);
  EXPECT_EQ(text_, first);
  EXPECT_EQ(ask("1.5", request({reference(kCt, "1.1.2")})), 409);
  EXPECT_EQ(get("1.6"), 404);
}

TEST_F(CommitmentTest, SpeaksXmlBothWays) {
  ASSERT_EQ(post("application/dicom", store_object("1.1.2")), 200);
  std::string xml;
  ASSERT_TRUE(mappers::dicom::append_native_xml(xml, request({reference(kCt, "1.1.2")})));
  EXPECT_EQ(send(http::Method::Post, "/commitment-requests/1.7", xml,
                 {{"Content-Type", "application/dicom+xml"}, {"Accept", "application/dicom+xml"}}),
            200)
      << text_;
  EXPECT_EQ(type_, "application/dicom+xml");
  EXPECT_EQ(*mappers::dicom::read_native_xml(text_), request({reference(kCt, "1.1.2")}));
}

TEST_F(CommitmentTest, FilesIndexedInPlaceAreNotInSafekeeping) {
  const std::string path = folder_.path() + "/outside.dcm";
  std::ofstream(path, std::ios::binary) << store_object("1.1.2");
  const auto file = FileSource::open(path);
  ASSERT_TRUE(file.ok());
  model::IngestItem item;
  item.label = "outside";
  item.source = std::make_shared<FileSource>(*file);
  item.external_path = path;
  item.modified_us = file_status(path)->modified_us;
  ASSERT_TRUE(ingest_->ingest(std::vector{item}).ok());
  EXPECT_EQ(ask("1.5", request({reference(kCt, "1.1.2")})), 200);
  EXPECT_EQ(count("00081198"), 1u) << text_;
}

TEST_F(CommitmentTest, BadRequestsAreRefused) {
  EXPECT_EQ(ask("not-a-uid", request({reference(kCt, "1.1.2")})), 400);
  EXPECT_EQ(ask("1.5", "{}"), 400);
  EXPECT_EQ(ask("1.5", request({})), 400);
  EXPECT_EQ(ask("1.5", request({"{}"})), 400);
  EXPECT_EQ(ask("1.5", "nonsense"), 400);
  EXPECT_EQ(ask("1.5", "[]"), 400);
  EXPECT_EQ(ask("1.5",
                R"({"00081195":{"vr":"UI","Value":["1.6"]},)" + request({reference(kCt, "1.1.2")}).substr(1)),
            400);
  EXPECT_EQ(get("1.5", "text/html"), 406);
}

}  // namespace
}  // namespace gateway::dicomweb
