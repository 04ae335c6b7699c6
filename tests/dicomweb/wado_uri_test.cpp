// WADO-URI (PS3.18 chapter 9) over a real store.
#include <gtest/gtest.h>

#include "tests/dicomweb/retrieve_fixture.h"

namespace gateway::dicomweb {
namespace {

constexpr std::string_view kNames = "requestType=WADO&studyUID=1.1&seriesUID=1.1.1&objectUID=1.2";

class WadoUriTest : public RetrieveTest {
 protected:
  Result<http::Response> wado(const std::string& query, const std::string& accept = {}) {
    http::Request request;
    request.base_url = "http://h";
    request.path = "/wado";
    for (const auto pair : split(std::string_view(query), '&'))
      request.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
    if (!accept.empty()) request.headers.add("Accept", accept);
    request.body = std::make_shared<MemorySource>(std::string_view());
    const http::Route* route = TRY(router_->match(request));
    return route->handler(request);
  }
  Result<http::Response> more(const std::string& query) { return wado(std::string(kNames) + "&" + query); }
  std::string type_of(const std::string& query) {
    const auto answer = more(query);
    EXPECT_TRUE(answer.ok()) << query << ": " << answer.error().text();
    return answer ? std::string(answer->headers.get("Content-Type")) : std::string();
  }
  std::string where(const Result<http::Response>& answer) {
    return answer ? "accepted" : std::string(answer.error().face().name) + " " + answer.error().where;
  }
};

TEST_F(WadoUriTest, ImagesAreTheDefault) {
  keep(image_draft("1.2"));
  const auto answer = wado(std::string(kNames));
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(answer->headers.get("Content-Type"), "image/jpeg");
  EXPECT_EQ(type_of("contentType=image/png"), "image/png");
  EXPECT_EQ(type_of("contentType=image/gif"), "image/gif");
}

TEST_F(WadoUriTest, ObjectsAreGivenAsDicom) {
  keep(image_draft("1.2"));
  const auto answer = more("contentType=application/dicom");
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_TRUE(answer->headers.get("Content-Type").starts_with("application/dicom"));
  EXPECT_EQ(bytes_of(answer->body), last_kept());
  EXPECT_EQ(where(more("contentType=application/dicom&transferSyntax=abc")),
            "InvalidParameter transferSyntax");
  EXPECT_FALSE(more("contentType=application/dicom&transferSyntax=1.2.3.4").ok());
}

TEST_F(WadoUriTest, WhatHasNoImageIsGivenAsDicom) {
  mappers::dicom::Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.11").set("SOPInstanceUID", "1.2");
  draft.set("StudyInstanceUID", "1.1").set("SeriesInstanceUID", "1.1.1").set("PatientID", "P1");
  keep(draft);
  const auto answer = wado(std::string(kNames));
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_TRUE(answer->headers.get("Content-Type").starts_with("application/dicom"));
  EXPECT_EQ(more("contentType=image/jpeg").error().code, ErrorCode::NotAcceptable);
}

TEST_F(WadoUriTest, NamesAreRequired) {
  keep(image_draft("1.2"));
  EXPECT_EQ(where(wado("studyUID=1.1&seriesUID=1.1.1&objectUID=1.2")), "InvalidParameter requestType");
  EXPECT_EQ(where(wado("requestType=WADO&seriesUID=1.1.1&objectUID=1.2")), "InvalidParameter studyUID");
  EXPECT_EQ(where(wado("requestType=WADO&studyUID=1.1&objectUID=1.2")), "InvalidParameter seriesUID");
  EXPECT_EQ(where(wado("requestType=WADO&studyUID=1.1&seriesUID=../x&objectUID=1.2")),
            "InvalidParameter seriesUID");
  EXPECT_EQ(where(wado("requestType=WADO&studyUID=1.1&seriesUID=1.1.1&objectUID=7")), "NotFound 7");
}

TEST_F(WadoUriTest, EveryBadParameterIsNamed) {
  keep(image_draft("1.2"));
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"anonymize=yes", "anonymize"},
      {"presentationUID=1.2.3", "presentationUID"},
      {"rows=0", "rows"},
      {"columns=x", "columns"},
      {"rows=1&rows=2", "rows"},
      {"windowCenter=5", "windowWidth"},
      {"windowWidth=5", "windowCenter"},
      {"windowCenter=a&windowWidth=5", "windowCenter, windowWidth"},
      {"imageQuality=0", "imageQuality"},
      {"annotation=", "annotation"},
      {"region=0,0,2,1", "region"},
      {"region=0.5,0,0.2,1", "region"},
      {"region=0,0,1", "region"},
      {"frameNumber=0", "frameNumber"}};
  for (const auto& [query, name] : cases) EXPECT_EQ(where(more(query)), "InvalidParameter " + name) << query;
  EXPECT_EQ(where(more("frameNumber=2")), "NotFound frameNumber");
  EXPECT_EQ(more("contentType=image/webp").error().code, ErrorCode::NotAcceptable);
}

TEST_F(WadoUriTest, RegionsAndSizesAreApplied) {
  keep(image_draft("1.2"));
  const auto answer = more("contentType=image/png&region=0,0,1,0.5&columns=8");
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  const std::string png = bytes_of(answer->body);
  EXPECT_EQ(png[19], 8);
  EXPECT_EQ(png[23], 4);
}

}  // namespace
}  // namespace gateway::dicomweb
