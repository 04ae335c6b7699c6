#include "tests/fhir/face_fixture.h"

namespace gateway::fhir {
namespace {

TEST_F(FaceTest, ReadsWhatASearchShows) {
  add_study(0);
  const std::vector<std::string> paths = {"ImagingStudy/1.2.3.0", "Patient/" + subject(0).key,
                                          "Endpoint/dicom-wado-rs"};
  for (const std::string& path : paths) {
    const Answer read = get(path);
    ASSERT_EQ(read.status, 200) << path;
    EXPECT_EQ(read.headers.get("Content-Type"), "application/fhir+json; charset=utf-8");
    const Answer search = get(path.substr(0, path.find('/')));
    EXPECT_EQ(to_json(*search.json.find("entry")->as_list()->front().find("resource")), read.body);
  }
}

TEST_F(FaceTest, AReadHasItsVersionAsEntityTag) {
  add_study(0);
  const Answer read = get("ImagingStudy/1.2.3.0");
  EXPECT_EQ(read.headers.get("ETag"), "W/\"1\"");
  EXPECT_EQ(read.headers.get("Last-Modified"), "Tue, 14 Nov 2023 22:13:20 GMT");
  for (const char* tag : {"W/\"1\"", "\"1\"", "W/\"7\", W/\"1\"", "*"}) {
    const Answer again = get("ImagingStudy/1.2.3.0", {{"If-None-Match", tag}});
    EXPECT_EQ(again.status, 304) << tag;
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.headers.get("ETag"), "W/\"1\"");
  }
  EXPECT_EQ(get("ImagingStudy/1.2.3.0", {{"If-None-Match", "W/\"2\""}}).status, 200);
}

TEST_F(FaceTest, AnIrregularStudyUidIsReadByItsDigest) {
  add_study(0);
  model::StudyRow odd = index_.rows[0];
  odd.study.uid = "1.2_3";
  index_.add(odd);
  const std::string id = mappers::fhir::imaging_study_id("1.2_3");
  EXPECT_EQ(get("ImagingStudy/" + id).status, 200);
  EXPECT_EQ(ids(get("ImagingStudy?_id=" + id)), id);
  EXPECT_EQ(get("ImagingStudy/h" + std::string(32, '0')).status, 404);
}

TEST_F(FaceTest, WhatIsNotThereIsAnOperationOutcome) {
  for (const char* path : {"ImagingStudy/no-such-id-1", "Patient/1", "Endpoint/x", "NoSuchType/1",
                           "NoSuchType", "ImagingStudy/1/_history/1", "ImagingStudy/a_b"}) {
    const Answer answer = get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(issue_code(answer), "not-found") << path;
  }
}

TEST_F(FaceTest, JsonAndXmlAreProducedAndNothingElse) {
  for (const char* accept : {"application/fhir+json", "application/json", "*/*", "application/*", "",
                             "application/fhir+xml;q=0.2, application/fhir+json;q=0.5"})
    EXPECT_TRUE(get("Endpoint/dicom-wado-rs", {{"Accept", accept}}).body.starts_with("{")) << accept;
  const Answer xml = get("Endpoint/dicom-wado-rs", {{"Accept", "application/fhir+xml"}});
  EXPECT_EQ(xml.status, 200);
  EXPECT_EQ(xml.headers.get("Content-Type"), "application/fhir+xml; charset=utf-8");
  const Answer turtle = get("Endpoint/dicom-wado-rs", {{"Accept", "text/turtle"}});
  EXPECT_EQ(turtle.status, 406);
  EXPECT_EQ(issue_code(turtle), "not-supported");
}

TEST_F(FaceTest, FormatOverridesAccept) {
  for (const char* format : {"json", "application%2Ffhir%2Bjson", "application/fhir+json"})
    EXPECT_TRUE(get("Endpoint?_format=" + std::string(format), {{"Accept", "application/fhir+xml"}})
                    .body.starts_with("{"))
        << format;
  EXPECT_TRUE(get("Endpoint?_format=xml", {{"Accept", "application/fhir+json"}}).body.starts_with("<"));
}

TEST_F(FaceTest, PrettyIsTheSameResourceIndented) {
  add_study(0);
  const Answer plain = get("ImagingStudy/1.2.3.0"), pretty = get("ImagingStudy/1.2.3.0?_pretty=true");
  EXPECT_EQ(pretty.json, plain.json);
  EXPECT_EQ(pretty.body, to_json(plain.json, true));
}

}  // namespace
}  // namespace gateway::fhir
