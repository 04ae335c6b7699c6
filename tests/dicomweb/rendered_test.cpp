// Rendered resources and thumbnails (PS3.18 sections 10.4.1.1.3 and 10.4.1.1.4) over a real store.
#include <gtest/gtest.h>

#include "gateway/dicomweb/render_request.h"
#include "tests/dicomweb/retrieve_fixture.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::Draft;

class RenderedTest : public RetrieveTest {
 protected:
  std::string type_of(const std::string& target, const std::string& accept = {}) {
    const auto answer = get(target, accept);
    EXPECT_TRUE(answer.ok()) << target << ": " << answer.error().text();
    return answer ? std::string(answer->headers.get("Content-Type")) : std::string();
  }
  std::string bytes(const std::string& target, const std::string& accept = {}) {
    const auto answer = get(target, accept);
    EXPECT_TRUE(answer.ok()) << target << ": " << answer.error().text();
    return answer ? bytes_of(answer->body) : std::string();
  }
  // Width and height out of the head of a PNG.
  std::string png_size(const std::string& target) {
    const std::string png = bytes(target, "image/png");
    const auto number = [&](std::size_t at) {
      std::uint32_t value = 0;
      for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(png.at(at + i));
      return std::to_string(value);
    };
    return number(16) + "x" + number(20);
  }
  std::string where(const std::string& target, const std::string& accept = {}) {
    const auto answer = get(target, accept);
    return answer ? "accepted" : std::string(answer.error().face().name) + " " + answer.error().where;
  }
};

Draft report() {
  Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.11").set("SOPInstanceUID", "1.9");
  draft.set("StudyInstanceUID", "1.1").set("SeriesInstanceUID", "1.1.1").set("Modality", "SR");
  return draft.set("PatientID", "P1");
}

const std::string kRendered = instance_path("1.2") + "/rendered";

// Table 8.7.4-1: image/jpeg is the default.
TEST_F(RenderedTest, MediaTypesAreNegotiated) {
  keep(image_draft("1.2"));
  EXPECT_EQ(type_of(kRendered), "image/jpeg");
  EXPECT_EQ(type_of(kRendered, "*/*"), "image/jpeg");
  EXPECT_EQ(type_of(kRendered, "image/*;q=0.2, image/png"), "image/png");
  EXPECT_EQ(type_of(kRendered, "image/gif"), "image/gif");
  EXPECT_EQ(type_of(kRendered, "image/jp2"), "image/jp2");
  EXPECT_EQ(type_of(kRendered + "?accept=image/png", "image/jpeg"), "image/png");
  EXPECT_EQ(bytes(kRendered).substr(0, 3), "\xFF\xD8\xFF");
  EXPECT_EQ(bytes(kRendered, "image/png").substr(1, 3), "PNG");
  EXPECT_EQ(bytes(kRendered, "image/gif").substr(0, 6), "GIF89a");
  EXPECT_EQ(verdict(kRendered, "image/webp"), "NotAcceptable");
  EXPECT_EQ(verdict(kRendered, "application/dicom"), "NotAcceptable");
  EXPECT_EQ(verdict(instance_path("1.3") + "/rendered"), "NotFound");
}

TEST_F(RenderedTest, MultipartWhereAskedFor) {
  keep(image_draft("1.2"));
  const auto answer = get(kRendered, "multipart/related; type=\"image/png\"");
  ASSERT_TRUE(answer.ok());
  EXPECT_TRUE(answer->headers.get("Content-Type").starts_with("multipart/related; type=\"image/png\""));
  const auto parts = parts_of(*answer);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].type, "image/png");
  EXPECT_EQ(parts[0].content, bytes(kRendered, "image/png"));
}

TEST_F(RenderedTest, EveryBadParameterIsNamed) {
  keep(image_draft("1.2"));
  for (const char* query :
       {"window=abc", "window=40,400", "window=40,0,linear", "window=1,2,cubic", "window=,,linear"})
    EXPECT_EQ(where(kRendered + "?" + query), "InvalidParameter window") << query;
  for (const char* query :
       {"viewport=0,0", "viewport=5", "viewport=-5,5", "viewport=a,b", "viewport=1,1,1,1,1,1,1",
        "viewport=9000,5", "viewport=1,1,x", "viewport=4,4,0,0,0,0", "viewport=4,4,4,0"})
    EXPECT_EQ(where(kRendered + "?" + query), "InvalidParameter viewport") << query;
  for (const char* query : {"quality=0", "quality=101", "quality=high", "quality="})
    EXPECT_EQ(where(kRendered + "?" + query), "InvalidParameter quality") << query;
  for (const char* query : {"annotation=", "annotation=a b", "annotation=patient,,x"})
    EXPECT_EQ(where(kRendered + "?" + query), "InvalidParameter annotation") << query;
  EXPECT_EQ(where(kRendered + "?iccprofile=cmyk"), "InvalidParameter iccprofile");
  EXPECT_EQ(where(kRendered + "?iccprofile=srgb", "image/gif"), "InvalidParameter iccprofile");
  EXPECT_EQ(verdict(kRendered + "?unknown=1"), "200");
}

// Section 8.3.5.1.3.
TEST_F(RenderedTest, ViewportsScaleAndCut) {
  keep(image_draft("1.2"));
  EXPECT_EQ(png_size(kRendered), "4x4");
  EXPECT_EQ(png_size(kRendered + "?viewport=100,50"), "50x50");
  EXPECT_EQ(png_size(kRendered + "?viewport=8,8,0,0,4,2"), "8x4");
  EXPECT_EQ(png_size(kRendered + "?viewport=8,8,,,-2,-2"), "8x8");
  EXPECT_NE(bytes(kRendered + "?viewport=4,4,,,-4", "image/png"), bytes(kRendered, "image/png"));
}

TEST_F(RenderedTest, ParametersChangeTheImage) {
  keep(image_draft("1.2"));
  const std::string plain = bytes(kRendered, "image/png");
  EXPECT_NE(bytes(kRendered + "?window=2,2,linear", "image/png"), plain);
  EXPECT_NE(bytes(kRendered + "?viewport=200,200&annotation=patient", "image/png"),
            bytes(kRendered + "?viewport=200,200", "image/png"));
  EXPECT_LT(bytes(kRendered + "?quality=5").size(), bytes(kRendered + "?quality=100").size());
  EXPECT_NE(bytes(kRendered + "?iccprofile=yes", "image/png").find("iCCP"), std::string::npos);
  EXPECT_NE(bytes(kRendered + "?iccprofile=adobergb", "image/jpeg").find("ICC_PROFILE"), std::string::npos);
}

TEST_F(RenderedTest, UnsupportedAnnotationsAreNamedInAWarning) {
  keep(image_draft("1.2"));
  const auto answer = get(kRendered + "?annotation=technique,weather");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->headers.get("Warning"),
            "299 http://h/dicomweb: The following annotation values are not supported: weather");
}

TEST_F(RenderedTest, FramesByList) {
  keep(image_draft("1.2", 3));
  const std::string frames = instance_path("1.2") + "/frames/";
  EXPECT_EQ(type_of(frames + "2/rendered"), "image/jpeg");
  const auto answer = get(frames + "1,3/rendered", "image/png");
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(parts_of(*answer).size(), 2u);
  EXPECT_EQ(verdict(frames + "4/rendered"), "NotFound");
  for (const char* list : {"0", "a", "1,,2", "-1", "1.5"})
    EXPECT_EQ(verdict(frames + list + "/rendered"), "InvalidParameter") << list;
  EXPECT_EQ(type_of(frames + "2/thumbnail"), "image/jpeg");
}

// Without a frame: the representative one, or with GIF all of them.
TEST_F(RenderedTest, MultiFrameInstances) {
  keep(image_draft("1.2", 3));
  EXPECT_EQ(bytes(kRendered, "image/png"), bytes(instance_path("1.2") + "/frames/2/rendered", "image/png"));
  EXPECT_NE(bytes(kRendered, "image/gif").find("NETSCAPE2.0"), std::string::npos);
  EXPECT_EQ(bytes(instance_path("1.2") + "/thumbnail", "image/gif").find("NETSCAPE2.0"), std::string::npos);
}

TEST_F(RenderedTest, StudiesAndSeriesGiveAPartForEachImage) {
  keep(image_draft("1.2"));
  EXPECT_EQ(type_of(kStudy + "/rendered"), "image/jpeg");  // there is one
  keep(image_draft("1.3"));
  keep(report());
  for (const std::string& path : {kStudy, kSeries}) {
    const auto answer = get(path + "/rendered");
    ASSERT_TRUE(answer.ok()) << answer.error().text();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(parts_of(*answer).size(), 2u);
  }
  EXPECT_EQ(verdict("/studies/9/rendered"), "NotFound");
  EXPECT_EQ(verdict(kStudy + "/rendered", "text/html"), "NotAcceptable");
}

TEST_F(RenderedTest, ImagesThatCannotBeRenderedAreCounted) {
  keep(image_draft("1.2"));
  keep(image_draft("1.3").set("PhotometricInterpretation", "CMYK"));
  const auto answer = get(kStudy + "/rendered");
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(answer->status, 206);
  EXPECT_NE(answer->headers.get("Warning").find("1 images could not be rendered"), std::string::npos);
}

TEST_F(RenderedTest, ObjectsWithoutAnImageSayWhatTheyHave) {
  keep(report());
  const auto answer = get(instance_path("1.9") + "/rendered");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::NotAcceptable);
  EXPECT_NE(answer.error().message.find("no pixel data"), std::string::npos);
  EXPECT_EQ(verdict(kStudy + "/thumbnail"), "NotAcceptable");
}

TEST_F(RenderedTest, DocumentsAreGivenAsTheyAre) {
  Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.104.1").set("SOPInstanceUID", "1.5");
  draft.set("StudyInstanceUID", "1.1").set("SeriesInstanceUID", "1.1.1").set("Modality", "DOC");
  draft.set("PatientID", "P1").set("MIMETypeOfEncapsulatedDocument", "application/pdf");
  draft.set_bytes("EncapsulatedDocument", "OB", std::string("%PDF-1.4 odd\0", 13));
  draft.set_number("EncapsulatedDocumentLength", 13);
  keep(draft);
  const std::string path = instance_path("1.5") + "/rendered";
  EXPECT_EQ(type_of(path), "application/pdf");
  EXPECT_EQ(bytes(path), std::string("%PDF-1.4 odd\0", 13));
  EXPECT_EQ(verdict(path, "image/jpeg"), "NotAcceptable");
}

// Section 8.3.5.2: only the size of a viewport.
TEST_F(RenderedTest, Thumbnails) {
  keep(report());
  keep(image_draft("1.2"));
  for (const std::string& path : {kStudy, kSeries, instance_path("1.2")}) {
    EXPECT_EQ(type_of(path + "/thumbnail"), "image/jpeg");
    EXPECT_EQ(png_size(path + "/thumbnail"), "4x4");
    EXPECT_EQ(png_size(path + "/thumbnail?viewport=64,64"), "64x64");
    EXPECT_EQ(where(path + "/thumbnail?viewport=64,64,0,0"), "InvalidParameter viewport");
  }
  EXPECT_EQ(verdict("/studies/9/thumbnail"), "NotFound");
}

TEST_F(RenderedTest, UnchangedImagesAreNotSentAgain) {
  keep(image_draft("1.2"));
  const auto first = get(kRendered);
  ASSERT_TRUE(first.ok());
  const std::string etag(first->headers.get("ETag"));
  EXPECT_TRUE(etag.starts_with("\""));
  const auto again = get(kRendered, {}, {{"If-None-Match", etag}});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->body_size(), 0u);
  EXPECT_EQ(get(kRendered, "image/png", {{"If-None-Match", etag}})->status, 200);
  EXPECT_EQ(get(kRendered + "?quality=50", {}, {{"If-None-Match", etag}})->status, 200);
}

TEST_F(RenderedTest, BigEndianAndImplicitObjectsAreRendered) {
  keep(image_draft("1.2"), mappers::dicom::Encoding::ImplicitLittle);
  EXPECT_EQ(png_size(kRendered), "4x4");
}

}  // namespace
}  // namespace gateway::dicomweb
