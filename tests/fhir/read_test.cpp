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

TEST_F(FaceTest, OtherMethodsAreRefusedWithThoseAllowed) {
  const Answer answer = send(request(http::Method::Post, "/fhir/ImagingStudy"));
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(issue_code(answer), "not-supported");
  EXPECT_NE(answer.headers.get("Allow").find("GET"), std::string_view::npos);
}

TEST_F(FaceTest, OnlyJsonIsProduced) {
  for (const char* accept : {"application/fhir+json", "application/json", "*/*", "application/*", "",
                             "application/fhir+xml, application/fhir+json;q=0.5"})
    EXPECT_EQ(get("Endpoint/dicom-wado-rs", {{"Accept", accept}}).status, 200) << accept;
  const Answer xml = get("Endpoint/dicom-wado-rs", {{"Accept", "application/fhir+xml"}});
  EXPECT_EQ(xml.status, 406);
  EXPECT_EQ(issue_code(xml), "not-supported");
}

TEST_F(FaceTest, FormatOverridesAccept) {
  EXPECT_EQ(get("Endpoint?_format=json", {{"Accept", "application/fhir+xml"}}).status, 200);
  EXPECT_EQ(get("Endpoint?_format=application%2Ffhir%2Bjson").status, 200);
  EXPECT_EQ(get("Endpoint?_format=application/fhir+json").status, 200);
  EXPECT_EQ(get("Endpoint?_format=xml").status, 406);
}

TEST_F(FaceTest, PrettyIsTheSameResourceIndented) {
  add_study(0);
  const Answer plain = get("ImagingStudy/1.2.3.0"), pretty = get("ImagingStudy/1.2.3.0?_pretty=true");
  EXPECT_EQ(pretty.json, plain.json);
  EXPECT_EQ(pretty.body, to_json(plain.json, true));
}

TEST_F(FaceTest, TheStatementListsWhatIsThere) {
  const Answer answer = get("metadata");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json.text("fhirVersion"), "4.0.1");
  EXPECT_EQ(answer.json.text("kind"), "instance");
  EXPECT_EQ(answer.json.text("date"), "2026-11-22T18:08:56Z");
  const auto& rest = answer.json.find("rest")->as_list()->front();
  EXPECT_EQ(rest.find("resource")->as_list()->size(), 3u);
}

// Every parameter that the statement lists is accepted by a strict search.
TEST_F(FaceTest, TheStatementIsHonest) {
  add_study(0);
  const Answer answer = get("metadata");
  const auto& rest = answer.json.find("rest")->as_list()->front();
  for (const Value& resource : *rest.find("resource")->as_list()) {
    const std::string type(resource.text("type"));
    for (const Value& parameter : *resource.find("searchParam")->as_list()) {
      const std::string value = parameter.text("type") == "date" ? "2024" : "x";
      const std::string target = type + "?" + std::string(parameter.text("name")) + "=" + value;
      EXPECT_EQ(get(target, {{"Prefer", "handling=strict"}}).status, 200) << target;
    }
    const Value* includes = resource.find("searchInclude");
    for (const Value& include : includes ? *includes->as_list() : Value::List{})
      EXPECT_EQ(get(type + "?_include=" + *include.as_string(), {{"Prefer", "handling=strict"}}).status, 200);
  }
}

}  // namespace
}  // namespace gateway::fhir
