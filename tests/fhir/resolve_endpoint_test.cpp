// ImagingStudy/$resolve-endpoint: addresses of studies from elsewhere, in all the ways that they are written.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/fhir/server_fixture.h"

namespace gateway::fhir {
namespace {

constexpr const char* kRoot = "https://pacs.example/dicomweb";

class ResolveEndpointTest : public ServerTest {
 protected:
  void SetUp() override { serve(); }

  static std::string endpoint(const std::string& id, const std::string& type, const std::string& address) {
    return R"({"resourceType":"Endpoint","id":")" + id +
           R"(","status":"active","connectionType":{"system":)" +
           R"("http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":")" + type +
           R"("},"payloadType":[{"text":"DICOM"}],"address":")" + address + "\"}";
  }
  static std::string study(const std::string& more) {
    return R"({"resourceType":"ImagingStudy","identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],)"
           R"("status":"available","subject":{"display":"x"})" +
           more + "}";
  }
  static std::string series(const std::string& more = {}) {
    return R"(,"series":[{"uid":"1.2.3.4","modality":{"code":"CT"},"instance":[{"uid":"1.2.3.4.5","sopClass":)"
           R"({"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"}}])" +
           more + "}]";
  }
  Answer resolve(const std::string& body) { return post("/ImagingStudy/$resolve-endpoint", body); }

  // The values of parameters, in order: "study/series/retrieve" with blanks between.
  static std::string urls(const Value& parameters, std::string_view path) {
    std::string found;
    gather(parameters, "parameter", path, found);
    return found;
  }
  static void gather(const Value& object, const char* list, std::string_view path, std::string& found) {
    const auto slash = path.find('/');
    const Value* items = object.find(list);
    for (const Value& item : items && items->as_list() ? *items->as_list() : Value::List()) {
      if (item.text("name") != path.substr(0, slash)) continue;
      if (slash != std::string_view::npos) {
        gather(item, "part", path.substr(slash + 1), found);
        continue;
      }
      const auto url = item.text("valueUrl");
      found += (found.empty() ? "" : " ") + std::string(url.empty() ? item.text("valueString") : url);
    }
  }
  static std::string warning(const Value& parameters) {
    for (const Value& item : *parameters.find("parameter")->as_list())
      if (item.text("name") == "outcome")
        for (const Value& issue : *item.find("resource")->find("issue")->as_list())
          if (issue.text("severity") == "warning") return std::string(issue.find("details")->text("text"));
    return {};
  }
};

TEST_F(ResolveEndpointTest, ContainedEndpointOfTheStudyLeadsToAllLevels) {
  const Answer answer = resolve(study(R"(,"contained":[)" + endpoint("e", "dicom-wado-rs", kRoot) +
                                      R"(],"endpoint":[{"reference":"#e"}])" + series()));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const std::string root = kRoot;
  EXPECT_EQ(urls(answer.json, "study/studyInstanceUid"), "1.2.3");
  EXPECT_EQ(urls(answer.json, "study/retrieve"), root + "/studies/1.2.3");
  EXPECT_EQ(urls(answer.json, "study/metadata"), root + "/studies/1.2.3/metadata");
  EXPECT_EQ(urls(answer.json, "study/query"), root + "/studies?StudyInstanceUID=1.2.3");
  EXPECT_EQ(urls(answer.json, "study/series/retrieve"), root + "/studies/1.2.3/series/1.2.3.4");
  EXPECT_EQ(urls(answer.json, "study/series/query"), root + "/studies/1.2.3/series/1.2.3.4/instances");
  EXPECT_EQ(urls(answer.json, "study/series/instance/retrieve"),
            root + "/studies/1.2.3/series/1.2.3.4/instances/1.2.3.4.5");
  EXPECT_EQ(warning(answer.json), "");
  EXPECT_EQ(errors(answer.json), "");
}

TEST_F(ResolveEndpointTest, AddressesAreCutToTheServiceRoot) {
  for (const char* address : {"https://pacs.example/dicomweb/", "https://pacs.example/dicomweb/studies",
                              "https://pacs.example/dicomweb/studies/1.2.3/"}) {
    const Answer answer = resolve(study(R"(,"contained":[)" + endpoint("e", "dicom-wado-rs", address) +
                                        R"(],"endpoint":[{"reference":"#e"}])"));
    EXPECT_EQ(urls(answer.json, "study/retrieve"), std::string(kRoot) + "/studies/1.2.3") << address;
  }
}

TEST_F(ResolveEndpointTest, SeriesMayLieElsewhereAndOtherServicesAreKnown) {
  const Answer answer =
      resolve(study(R"(,"contained":[)" + endpoint("w", "dicom-wado-rs", kRoot) + "," +
                    endpoint("q", "dicom-qido-rs", "https://search.example/qido") + "," +
                    endpoint("u", "dicom-wado-uri", "https://old.example/wado") + "," +
                    endpoint("s", "dicom-wado-rs", "https://second.example/rs") +
                    R"(],"endpoint":[{"reference":"#w"},{"reference":"#q"},{"reference":"#u"}])" +
                    series(R"(,"endpoint":[{"reference":"#s"}])")));
  EXPECT_EQ(urls(answer.json, "study/query"), "https://search.example/qido/studies?StudyInstanceUID=1.2.3");
  EXPECT_EQ(urls(answer.json, "study/series/retrieve"),
            "https://second.example/rs/studies/1.2.3/series/1.2.3.4");
  EXPECT_EQ(urls(answer.json, "study/series/instance/wadoUri"),
            "https://old.example/wado?requestType=WADO&studyUID=1.2.3&seriesUID=1.2.3.4&objectUID=1.2.3.4.5"
            "&contentType=application%2Fdicom");
}

TEST_F(ResolveEndpointTest, ReferencesLeadToEntriesOfTheBundleAndToStoredEndpoints) {
  const std::string urn = "urn:uuid:33333333-3333-4333-8333-333333333333";
  const Answer in_bundle =
      resolve(R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":)" +
              study(R"(,"endpoint":[{"reference":")" + urn + R"("}])") + R"(},{"fullUrl":")" + urn +
              R"(","resource":)" + endpoint("e", "dicom-wado-rs", kRoot) + "}]}");
  EXPECT_EQ(urls(in_bundle.json, "study/retrieve"), std::string(kRoot) + "/studies/1.2.3") << in_bundle.body;
  ASSERT_EQ(put("/Endpoint/e", endpoint("e", "dicom-wado-rs", kRoot)).status, 201);
  const Answer stored = resolve(study(R"(,"endpoint":[{"reference":"Endpoint/e"}])"));
  EXPECT_EQ(urls(stored.json, "study/retrieve"), std::string(kRoot) + "/studies/1.2.3");
}

TEST_F(ResolveEndpointTest, AStoredStudyIsNamedByReferenceOrAddress) {
  ASSERT_EQ(put("/Endpoint/e", endpoint("e", "dicom-wado-rs", kRoot)).status, 201);
  std::string json = study(R"(,"id":"s","endpoint":[{"reference":"Endpoint/e"}])");
  ASSERT_EQ(put("/ImagingStudy/s", json).status, 201);
  const std::string expected = std::string(kRoot) + "/studies/1.2.3";
  EXPECT_EQ(urls(get("/ImagingStudy/s/$resolve-endpoint").json, "study/retrieve"), expected);
  const Answer posted = resolve(
      R"({"resourceType":"Parameters","parameter":[{"name":"reference","valueReference":{"reference":"ImagingStudy/s"}}]})");
  EXPECT_EQ(urls(posted.json, "study/retrieve"), expected) << posted.body;
  EXPECT_EQ(get("/ImagingStudy/none/$resolve-endpoint").status, 404);
}

TEST_F(ResolveEndpointTest, AStudyOfThisGatewayIsRetrievedHere) {
  add_image_study("1.2.3");
  const Answer answer = get("/ImagingStudy/1.2.3/$resolve-endpoint");
  EXPECT_EQ(urls(answer.json, "study/gateway"), std::string(kBase) + "/dicomweb/studies/1.2.3")
      << answer.body;
}

TEST_F(ResolveEndpointTest, WhatCannotBeResolvedIsSaid) {
  EXPECT_NE(warning(resolve(study("")).json).find("no Endpoint says"), std::string::npos);
  const Answer hidden =
      resolve(study(R"(,"endpoint":[{"reference":"https://other.example/fhir/Endpoint/1"}])"));
  EXPECT_NE(warning(hidden.json).find("https://other.example/fhir/Endpoint/1"), std::string::npos);
  EXPECT_EQ(resolve(patient("Doe")).status, 400);
  EXPECT_GE(
      resolve(R"({"resourceType":"ImagingStudy","status":"available","subject":{"display":"x"}})").status,
      400);
}

TEST_F(ResolveEndpointTest, TheStatementNamesTheOperation) {
  EXPECT_NE(get("/metadata").body.find("urn:x-ehds-gateway:operation:resolve-endpoint"), std::string::npos);
}

TEST_F(ResolveEndpointTest, OfficialManifestsAreResolved) {
  const std::string folder = SOURCE_DIR "/../shared/corpus/fhir/examples";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "the corpus is not here";
  int manifests = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    if (text.str().find("\"ImagingStudy\"") == std::string::npos ||
        text.str().find("dicom-wado-rs") == std::string::npos)
      continue;
    const auto json = codec::parse_json(text.str());
    if (!json || json->text("resourceType") != "Bundle") continue;
    const Answer answer = resolve(text.str());
    if (answer.status != 200) continue;  // later releases are not taken
    ++manifests;
    EXPECT_NE(urls(answer.json, "study/series/retrieve"), "") << entry.path();
  }
  EXPECT_GT(manifests, 0);
}

TEST_F(ResolveEndpointTest, AnAddressOfAnyLengthIsNotRepeated) {
  const std::string address = kRoot + std::string(3000, 'x');
  const Answer answer = resolve(study(R"(,"contained":[)" + endpoint("e", "dicom-wado-rs", address) +
                                      R"(],"endpoint":[{"reference":"#e"}])" + series()));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(urls(answer.json, "study/retrieve"), "");
  EXPECT_LT(answer.body.size(), 3000u);
  EXPECT_NE(answer.body.find("longer than 2048 bytes"), std::string::npos) << answer.body;
}

TEST_F(ResolveEndpointTest, ReferencesAreFollowedSoFarOnly) {
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += std::string(i == 0 ? "" : ",") + R"({"reference":"#e"})";
  const Answer answer = resolve(study(R"(,"endpoint":[)" + many + "]"));
  EXPECT_EQ(answer.status, 422) << answer.body.substr(0, 300);
  EXPECT_NE(answer.body.find("too-costly"), std::string::npos) << answer.body.substr(0, 300);
}

}  // namespace
}  // namespace gateway::fhir
