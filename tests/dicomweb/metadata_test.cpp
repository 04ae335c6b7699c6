// WADO-RS metadata (PS3.18 section 10.4.1.1.2): forms, entity tags and conditions.
#include "tests/dicomweb/retrieve_fixture.h"

namespace gateway::dicomweb {
namespace {

TEST_F(RetrieveTest, MetadataAreJsonUnlessXmlIsPreferred) {
  keep(image_draft("1.1.1.1"));
  keep(image_draft("1.1.1.2"));
  const std::string path = kStudy + "/metadata";
  const auto type_for = [&](const std::string& accept) {
    const auto answer = get(path, accept);
    return answer ? std::string(answer->headers.get("Content-Type").substr(0, 48))
                  : std::string(answer.error().face().name);
  };
  EXPECT_EQ(type_for(""), "application/dicom+json");
  EXPECT_EQ(type_for("application/json"), "application/json");
  EXPECT_EQ(type_for("application/dicom+json, multipart/related; type=application/octet-stream"),
            "application/dicom+json");
  EXPECT_EQ(type_for("multipart/related; type=\"application/dicom+xml\""),
            "multipart/related; type=\"application/dicom+xml\";");
  EXPECT_EQ(type_for("application/dicom+json;q=0.2, multipart/related; type=application/dicom+xml"),
            "multipart/related; type=\"application/dicom+xml\";");
  EXPECT_EQ(type_for("image/png"), "NotAcceptable");
  EXPECT_EQ(type_for("application/dicom+json;q=0"), "NotAcceptable");
}

TEST_F(RetrieveTest, XmlMetadataAreOnePartAnInstance) {
  keep(image_draft("1.1.1.1"));
  keep(image_draft("1.1.1.2"));
  const auto answer = get(kStudy + "/metadata", "multipart/related; type=\"application/dicom+xml\"");
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  const auto parts = parts_of(*answer);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].type, "application/dicom+xml");
  EXPECT_NE(parts[1].content.find("<NativeDicomModel"), std::string::npos);
  EXPECT_NE(parts[1].content.find("1.1.1.2"), std::string::npos);
  EXPECT_NE(parts[1].content.find("http://h/dicomweb" + instance_path("1.1.1.2") + "/bulkdata/7FE00010"),
            std::string::npos);
  EXPECT_EQ(verdict(kStudy + "/metadata", "application/dicom+xml"), "NotAcceptable");
  EXPECT_EQ(verdict(instance_path("1.1.1.1") + "/metadata", "application/dicom+xml"), "200");
}

TEST_F(RetrieveTest, MetadataAreAnsweredByConditionUntilTheyChange) {
  keep(image_draft("1.1.1.1"));
  const std::string path = kStudy + "/metadata";
  const std::string tag(get(path)->headers.get("ETag"));
  ASSERT_FALSE(tag.empty());
  const auto same = get(path, "", {{"If-None-Match", tag}});
  EXPECT_EQ(same->status, 304);
  EXPECT_EQ(same->body_size(), 0u);
  EXPECT_EQ(same->headers.get("ETag"), tag);
  EXPECT_EQ(get(path, "application/json", {{"If-None-Match", tag}})->status, 200);
  keep(image_draft("1.1.1.2"));
  const auto changed = get(path, "", {{"If-None-Match", tag}});
  EXPECT_EQ(changed->status, 200);
  EXPECT_NE(changed->headers.get("ETag"), tag);
}

TEST_F(RetrieveTest, MetadataInPartsHaveATagOfTheirOwnWhichIsWeak) {
  keep(image_draft("1.1.1.1"));
  const std::string path = instance_path("1.1.1.1") + "/metadata";
  const std::string alone(get(path, "application/dicom+xml")->headers.get("ETag"));
  const std::string kParts = "multipart/related; type=\"application/dicom+xml\"";
  const std::string wrapped(get(path, kParts)->headers.get("ETag"));
  EXPECT_TRUE(alone.starts_with('"'));
  EXPECT_TRUE(wrapped.starts_with("W/\""));
  EXPECT_EQ(get(path, kParts, {{"If-None-Match", alone}})->status, 200);
  EXPECT_EQ(get(path, kParts, {{"If-None-Match", wrapped}})->status, 304);
}

TEST_F(RetrieveTest, LargeMetadataAreMadeOnceUntilTheIndexChanges) {
  for (int i = 0; i < 100; ++i)
    keep(image_draft("1.1.1.1" + std::to_string(100 + i)).set("ImageComments", std::string(900, 'x')));
  const std::string path = kStudy + "/metadata";
  const auto first = get(path);
  const auto second = get(path);
  ASSERT_TRUE(first.ok() && second.ok());
  const auto& one = std::get<http::FileRange>(first->body.front());
  const auto& other = std::get<http::FileRange>(second->body.front());
  EXPECT_EQ(one.file.get(), other.file.get());
  EXPECT_EQ(bytes_of(first->body), bytes_of(second->body));
  EXPECT_EQ(get(path, "", {{"If-None-Match", std::string(first->headers.get("ETag"))}})->status, 304);
  keep(image_draft("1.1.1.2"));
  EXPECT_NE(bytes_of(get(path)->body).find("\"1.1.1.2\""), std::string::npos);
}

}  // namespace
}  // namespace gateway::dicomweb
