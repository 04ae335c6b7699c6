// Create, read, update, patch, delete, history, and their conditions (FHIR R4 http 3.1.0).
#include "tests/fhir/server_fixture.h"

namespace gateway::fhir {
namespace {

class InteractionsTest : public ServerTest {
 protected:
  InteractionsTest() { serve(); }
};

TEST_F(InteractionsTest, CreateAssignsIdAndVersionAndSaysWhere) {
  const Answer made = post("/Patient", patient("Check", "chosen-by-client"));
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_NE(made.id(), "chosen-by-client");
  EXPECT_EQ(made.version(), "1");
  EXPECT_EQ(made.header("ETag"), "W/\"1\"");
  EXPECT_EQ(made.header("Location"), std::string(kBase) + "/fhir/Patient/" + made.id() + "/_history/1");
  EXPECT_EQ(made.header("Last-Modified"), "Sun, 22 Nov 2026 18:08:56 GMT");
  const Answer read = get("/Patient/" + made.id());
  EXPECT_EQ(read.body, made.body);
  EXPECT_EQ(read.header("ETag"), "W/\"1\"");
}

TEST_F(InteractionsTest, PreferDecidesWhatAWriteAnswers) {
  EXPECT_EQ(post("/Patient", patient("A"), {{"Prefer", "return=minimal"}}).body, "");
  const Answer outcome = post("/Patient", patient("A"), {{"Prefer", "return=OperationOutcome"}});
  EXPECT_EQ(outcome.status, 201);
  EXPECT_EQ(outcome.json.text("resourceType"), "OperationOutcome");
}

TEST_F(InteractionsTest, UpdateMakesVersionsThatStayReadable) {
  const std::string id = post("/Patient", patient("One")).id();
  const Answer second = put("/Patient/" + id, patient("Two", id));
  EXPECT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(second.version(), "2");
  EXPECT_NE(get("/Patient/" + id + "/_history/1").body.find("One"), std::string::npos);
  EXPECT_NE(get("/Patient/" + id).body.find("Two"), std::string::npos);
  EXPECT_EQ(get("/Patient/" + id + "/_history/3").status, 404);
}

TEST_F(InteractionsTest, UpdateCreatesAtAnIdThatTheClientChooses) {
  EXPECT_EQ(put("/Patient/mine", patient("A", "mine")).status, 201);
  EXPECT_EQ(get("/Patient/mine").status, 200);
  EXPECT_EQ(put("/Patient/mine", patient("A", "other")).status, 400);
  EXPECT_EQ(put("/Patient/mine", patient("A")).status, 400);
  EXPECT_EQ(put("/Patient/not_an_id", patient("A", "not_an_id")).status, 400);
}

TEST_F(InteractionsTest, IdsOfTheFormOfTheIndexAreNotForClients) {
  const std::string id(32, 'b');
  const Answer refused = put("/Patient/" + id, patient("A", id));
  EXPECT_EQ(refused.status, 405) << refused.body;
  EXPECT_EQ(
      put("/ImagingStudy/1.2.3",
          R"({"resourceType":"ImagingStudy","id":"1.2.3","status":"available","subject":{"display":"x"}})")
          .status,
      405);
}

TEST_F(InteractionsTest, WhatIsMadeFromImagesIsReadOnly) {
  add_image_study("1.2.3");
  const Answer read = get("/ImagingStudy/1.2.3");
  ASSERT_EQ(read.status, 200) << read.body;
  const Answer put_back = put("/ImagingStudy/1.2.3", read.body);
  EXPECT_EQ(put_back.status, 405);
  EXPECT_NE(put_back.body.find("made from the images"), std::string::npos);
  EXPECT_EQ(put_back.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(remove("/ImagingStudy/1.2.3").status, 405);
  EXPECT_EQ(patch("/ImagingStudy/1.2.3", "[]").status, 405);
}

TEST_F(InteractionsTest, DeleteIsIdempotentAndLeavesHistory) {
  const std::string id = post("/Patient", patient("One")).id();
  EXPECT_EQ(remove("/Patient/" + id).status, 204);
  EXPECT_EQ(remove("/Patient/" + id).status, 204);
  const Answer gone = get("/Patient/" + id);
  EXPECT_EQ(gone.status, 410);
  EXPECT_EQ(gone.header("ETag"), "W/\"2\"");
  EXPECT_EQ(gone.issue("code"), "deleted");
  EXPECT_EQ(get("/Patient/" + id + "/_history/1").status, 200);
  EXPECT_EQ(get("/Patient/" + id + "/_history/2").status, 410);
  EXPECT_EQ(get("/Patient/never").status, 404);
  EXPECT_EQ(remove("/Patient/never").status, 204);
  const Answer back = put("/Patient/" + id, patient("Back", id));
  EXPECT_EQ(back.status, 201);
  EXPECT_EQ(back.version(), "3");
}

TEST_F(InteractionsTest, VersionConflictsAre412) {
  const std::string id = post("/Patient", patient("One")).id();
  EXPECT_EQ(put("/Patient/" + id, patient("Two", id), {{"If-Match", "W/\"1\""}}).status, 200);
  const Answer stale = put("/Patient/" + id, patient("Three", id), {{"If-Match", "W/\"1\""}});
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(stale.issue("code"), "conflict");
  EXPECT_NE(get("/Patient/" + id).body.find("Two"), std::string::npos);
  EXPECT_EQ(remove("/Patient/" + id, {{"If-Match", "\"1\""}}).status, 412);
  EXPECT_EQ(put("/Patient/new", patient("A", "new"), {{"If-Match", "W/\"1\""}}).status, 412);
  EXPECT_EQ(put("/Patient/" + id, patient("A", id), {{"If-None-Match", "*"}}).status, 412);
  EXPECT_EQ(put("/Patient/" + id, patient("A", id), {{"If-Match", "W/\"1\", W/\"2\""}}).status, 400);
}

TEST_F(InteractionsTest, ConditionalReads) {
  const Answer made = post("/Patient", patient("One"));
  const std::string path = "/Patient/" + made.id();
  EXPECT_EQ(get(path, {{"If-None-Match", "W/\"1\""}}).status, 304);
  EXPECT_EQ(get(path, {{"If-None-Match", "W/\"1\""}}).body, "");
  EXPECT_EQ(get(path, {{"If-None-Match", "W/\"2\""}}).status, 200);
  EXPECT_EQ(get(path, {{"If-Modified-Since", made.header("Last-Modified")}}).status, 304);
  EXPECT_EQ(get(path, {{"If-Modified-Since", "Sun, 22 Nov 2026 18:08:55 GMT"}}).status, 200);
  EXPECT_EQ(get(path, {{"If-Modified-Since", "yesterday"}}).status, 200);
}

TEST_F(InteractionsTest, ConditionalCreateByNoneOneAndMany) {
  const Fields condition = {{"If-None-Exist", "identifier=urn:t|7"}};
  EXPECT_EQ(post("/Patient", patient("A", "", "7"), condition).status, 201);
  const Answer found = post("/Patient", patient("B", "", "7"), condition);
  EXPECT_EQ(found.status, 200) << found.body;
  EXPECT_NE(found.body.find("\"A\""), std::string::npos);
  EXPECT_FALSE(found.header("Location").empty());
  post("/Patient", patient("C", "", "7"));
  EXPECT_EQ(post("/Patient", patient("D", "", "7"), condition).status, 412);
  EXPECT_EQ(post("/Patient", patient("D"), {{"If-None-Exist", "nosuch=1"}}).status, 400);
}

TEST_F(InteractionsTest, DirectivesDoNotChangeWhatAConditionFinds) {
  post("/Patient", patient("A", "", "7"));
  for (const char* directive : {"_summary=count", "_count=0", "_total=none", "_elements=id", "_sort=family"})
    EXPECT_EQ(post("/Patient", patient("B", "", "7"),
                   {{"If-None-Exist", "identifier=urn:t|7&" + std::string(directive)}})
                  .status,
              200)
        << directive;
  EXPECT_EQ(get("/Patient").total(), 1);
}

TEST_F(InteractionsTest, ConditionalUpdate) {
  EXPECT_EQ(put("/Patient?identifier=urn:t|1", patient("A", "", "1")).status, 201);
  const Answer again = put("/Patient?identifier=urn:t|1", patient("B", "", "1"));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.version(), "2");
  EXPECT_EQ(put("/Patient?identifier=urn:t|1", patient("B", "elsewhere", "1")).status, 400);
  EXPECT_EQ(put("/Patient?identifier=urn:t|9", patient("B", "fresh", "9")).status, 201);
  EXPECT_EQ(get("/Patient/fresh").status, 200);
  EXPECT_EQ(put("/Patient?identifier=urn:t|none", patient("B", "fresh", "x")).status, 409);
  post("/Patient", patient("C", "", "1"));
  EXPECT_EQ(put("/Patient?identifier=urn:t|1", patient("D", "", "1")).status, 412);
  EXPECT_EQ(put("/Patient", patient("D", "", "1")).status, 412);
}

TEST_F(InteractionsTest, ConditionalPatchAndDelete) {
  const std::string to_male = R"([{"op":"add","path":"/gender","value":"male"}])";
  EXPECT_EQ(patch("/Patient?identifier=urn:t|1", to_male).status, 404);
  for (const char* family : {"A", "B", "C"}) post("/Patient", patient(family, "", "1"));
  post("/Patient", patient("D", "", "2"));
  EXPECT_EQ(patch("/Patient?identifier=urn:t|1", to_male).status, 412);
  EXPECT_EQ(patch("/Patient?identifier=urn:t|2", to_male).status, 200);
  EXPECT_EQ(remove("/Patient?identifier=urn:t|1").status, 204);
  EXPECT_EQ(get("/Patient?identifier=urn:t|1").total(), 0);
  EXPECT_EQ(get("/Patient").total(), 1);
  EXPECT_EQ(remove("/Patient?identifier=urn:t|1").status, 204);
  EXPECT_EQ(remove("/Patient").status, 412);
}

TEST_F(InteractionsTest, ConditionalDeleteOfTooManyDeletesNone) {
  config_.max_conditional_deletes = 2;
  serve();
  for (const char* family : {"A", "B", "C"}) post("/Patient", patient(family, "", "1"));
  EXPECT_EQ(remove("/Patient?identifier=urn:t|1").status, 412);
  EXPECT_EQ(get("/Patient").total(), 3);
}

TEST_F(InteractionsTest, PatchesInJsonAndFhirPath) {
  const std::string path = "/Patient/" + post("/Patient", patient("One")).id();
  const Answer json = patch(path, R"([{"op":"add","path":"/gender","value":"other"}])");
  EXPECT_EQ(json.status, 200) << json.body;
  EXPECT_EQ(json.version(), "2");
  EXPECT_EQ(json.json.text("gender"), "other");
  const Answer fhirpath = patch(path,
                                R"({"resourceType":"Parameters","parameter":[{"name":"operation","part":[
      {"name":"type","valueCode":"replace"},{"name":"path","valueString":"Patient.gender"},
      {"name":"value","valueCode":"male"}]}]})",
                                "application/fhir+json");
  EXPECT_EQ(fhirpath.status, 200) << fhirpath.body;
  EXPECT_EQ(fhirpath.json.text("gender"), "male");
  EXPECT_EQ(patch(path, R"([{"op":"test","path":"/gender","value":"x"}])").status, 422);
  EXPECT_EQ(patch(path, R"([{"op":"add","path":"/gender","value":"blue"}])").status, 422);
  EXPECT_EQ(patch(path, "[]", "text/plain").status, 415);
  EXPECT_EQ(patch("/Patient/never", "[]").status, 404);
  EXPECT_EQ(get(path).version(), "3");
}

TEST_F(InteractionsTest, HistoryOfAnInstanceIsNewestFirst) {
  const std::string id = post("/Patient", patient("One")).id();
  clock_.advance_us(1'000'000);
  put("/Patient/" + id, patient("Two", id));
  clock_.advance_us(1'000'000);
  remove("/Patient/" + id);
  const Answer history = get("/Patient/" + id + "/_history");
  ASSERT_EQ(history.entries().size(), 3u) << history.body;
  EXPECT_EQ(history.json.text("type"), "history");
  EXPECT_EQ(history.total(), 3);
  EXPECT_EQ(history.entries()[0].find("request")->text("method"), "DELETE");
  EXPECT_EQ(history.entries()[0].find("resource"), nullptr);
  EXPECT_EQ(history.entries()[1].find("request")->text("method"), "PUT");
  EXPECT_EQ(history.entries()[2].find("request")->text("method"), "POST");
  EXPECT_EQ(history.entries()[2].find("response")->text("etag"), "W/\"1\"");
  EXPECT_EQ(get("/Patient/" + id + "/_history?_since=2026-11-22T18:08:57Z").entries().size(), 2u);
  EXPECT_EQ(get("/Patient/" + id + "/_history?_at=2026-11-22T18:08:57.500Z").entries().size(), 1u);
  EXPECT_EQ(get("/Patient/" + id + "/_history?_since=soon").status, 400);
  EXPECT_EQ(get("/Patient/never/_history").status, 404);
}

TEST_F(InteractionsTest, HistoryPagesStayWhileOthersWrite) {
  for (int i = 0; i < 5; ++i) post("/Patient", patient("N" + std::to_string(i)));
  Answer page = get("/Patient/_history?_count=2");
  std::string families;
  for (int pages = 0; pages < 5; ++pages) {
    for (const Value& entry : page.entries())
      families += *entry.find("resource")->find("name")->as_list()->front().find("family")->as_string() + " ";
    std::string next;
    for (const Value& link : *page.json.find("link")->as_list())
      if (link.text("relation") == "next") next = link.text("url");
    if (next.empty()) break;
    post("/Patient", patient("Late"));
    page = get(next.substr(std::string(kBase).size() + 5));
  }
  EXPECT_EQ(families, "N4 N3 N2 N1 N0 ");
  EXPECT_GT(get("/_history").total(), 5);
}

TEST_F(InteractionsTest, WhatIsMadeFromImagesHasItsPresentVersionAsHistory) {
  add_image_study("1.2.3");
  const Answer history = get("/ImagingStudy/1.2.3/_history");
  ASSERT_EQ(history.entries().size(), 1u) << history.body;
  const std::string version = get("/ImagingStudy/1.2.3").version();
  EXPECT_EQ(get("/ImagingStudy/1.2.3/_history/" + version).status, 200);
  EXPECT_EQ(get("/ImagingStudy/1.2.3/_history/999").status, 404);
}

TEST_F(InteractionsTest, RefusesWhatIsNoResourceOfTheType) {
  EXPECT_EQ(post("/Patient", R"({"resourceType":"Observation"})").status, 400);
  EXPECT_EQ(post("/Patient", R"({"resourceType":"Patient",)").status, 400);
  EXPECT_EQ(post("/Patient", "[]").status, 400);
  EXPECT_EQ(post("/NoSuchType", "{}").status, 404);
  EXPECT_EQ(post("/Patient", patient("A"), {{"Content-Type", "text/plain"}}).status, 415);
  const Answer invalid =
      post("/ImagingStudy", R"({"resourceType":"ImagingStudy","status":"nonsense","unknownThing":1})");
  EXPECT_EQ(invalid.status, 422) << invalid.body;
  EXPECT_GE(invalid.json.find("issue")->as_list()->size(), 3u) << invalid.body;
  EXPECT_TRUE(invalid.issue("expression").starts_with("ImagingStudy")) << invalid.body;
  EXPECT_EQ(get("/ImagingStudy").total(), 0);
  for (const char* type : {"AuditEvent", "CapabilityStatement", "OperationOutcome", "Parameters"})
    EXPECT_EQ(post("/" + std::string(type), "{\"resourceType\":\"" + std::string(type) + "\"}").status, 405);
}

TEST_F(InteractionsTest, RefusesPartsOfResources) {
  const Answer refused =
      post("/Patient", R"({"resourceType":"Patient","meta":{"tag":[{"system":"x","code":"SUBSETTED"}]}})");
  EXPECT_EQ(refused.status, 422);
}

TEST_F(InteractionsTest, SpeaksXmlInAndOut) {
  const Answer made =
      post("/Patient", R"(<Patient xmlns="http://hl7.org/fhir"><name><family value="X"/></name></Patient>)",
           {{"Content-Type", "application/fhir+xml"}, {"Accept", "application/fhir+xml"}});
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.header("Content-Type"), "application/fhir+xml; charset=utf-8");
  EXPECT_NE(made.body.find("<family value=\"X\"/>"), std::string::npos) << made.body;
  EXPECT_EQ(get("/Patient?family=X").total(), 1);
  EXPECT_TRUE(get("/Patient?_format=xml").body.starts_with("<Bundle"));
  const Answer outcome = get("/Patient/never?_format=xml");
  EXPECT_EQ(outcome.status, 404);
  EXPECT_TRUE(outcome.body.starts_with("<OperationOutcome")) << outcome.body;
}

struct Negotiated {
  const char* accept;
  const char* format;
  int status;
  const char* type;
};
class NegotiationTest : public ServerTest, public ::testing::WithParamInterface<Negotiated> {};

TEST_P(NegotiationTest, GivesWhatIsAskedFor) {
  serve();
  put("/Patient/a", patient("A", "a"));
  const auto& [accept, format, status, type] = GetParam();
  const std::string query = *format ? "?_format=" + std::string(format) : std::string();
  const Answer answer = get("/Patient/a" + query, {{"Accept", accept}});
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_TRUE(answer.header("Content-Type").starts_with(type)) << answer.header("Content-Type");
}

INSTANTIATE_TEST_SUITE_P(
    Http, NegotiationTest,
    ::testing::Values(Negotiated{"", "", 200, "application/fhir+json"},
                      Negotiated{"*/*", "", 200, "application/fhir+json"},
                      Negotiated{"application/json", "", 200, "application/fhir+json"},
                      Negotiated{"application/json+fhir", "", 200, "application/fhir+json"},
                      Negotiated{"application/xml+fhir", "", 200, "application/fhir+xml"},
                      Negotiated{"text/xml", "", 200, "application/fhir+xml"},
                      Negotiated{"application/fhir+xml;q=0.5, application/fhir+json;q=0.4", "", 200,
                                 "application/fhir+xml"},
                      Negotiated{"application/fhir+xml;q=0.2, application/fhir+json;charset=utf-8", "", 200,
                                 "application/fhir+json"},
                      Negotiated{"application/fhir+json;fhirVersion=4.0", "", 200, "application/fhir+json"},
                      Negotiated{"application/fhir+json;fhirVersion=3.0", "", 406, "application/fhir+json"},
                      Negotiated{"text/turtle", "", 406, "application/fhir+json"},
                      Negotiated{"text/turtle", "json", 200, "application/fhir+json"},
                      Negotiated{"application/fhir+json", "xml", 200, "application/fhir+xml"},
                      Negotiated{"", "application/fhir%2Bxml", 200, "application/fhir+xml"},
                      Negotiated{"", "application/fhir xml", 200, "application/fhir+xml"},
                      Negotiated{"", "html", 406, "application/fhir+json"}));

TEST_F(InteractionsTest, GivesTheShapeOfR5OnRequest) {
  add_image_study("1.2.3");
  const Answer study = get("/ImagingStudy/1.2.3", {{"Accept", "application/fhir+json; fhirVersion=5.0"}});
  EXPECT_EQ(study.status, 200);
  EXPECT_NE(study.header("Content-Type").find("fhirVersion=5.0"), std::string::npos);
  const Value& series = study.json.find("series")->as_list()->front();
  EXPECT_NE(series.find("modality")->find("coding"), nullptr) << study.body;
  EXPECT_EQ(get("/ImagingStudy/1.2.3", {{"Accept", "application/fhir+xml; fhirVersion=5.0"}}).status, 406);
}

TEST_F(InteractionsTest, AWriteWhoseAnswerCannotBeWrittenIsNotDone) {
  const Fields wish = {{"Accept", "application/fhir+xml; fhirVersion=5.0"}};
  EXPECT_EQ(post("/Patient", patient("A"), wish).status, 406);
  EXPECT_EQ(get("/Patient").total(), 0);
}

TEST_F(InteractionsTest, GivesPartsOfAResource) {
  const std::string id = post("/Patient", patient("One", "", "7")).id();
  const Answer part = get("/Patient/" + id + "?_elements=identifier");
  EXPECT_EQ(part.json.find("name"), nullptr) << part.body;
  EXPECT_NE(part.body.find("SUBSETTED"), std::string::npos);
  EXPECT_EQ(get("/Patient/" + id + "?_summary=count").status, 400);
}

TEST_F(InteractionsTest, SearchesACompartment) {
  const std::string id = post("/Patient", patient("One")).id();
  post("/Observation", R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
    "subject":{"reference":"Patient/)" +
                           id + "\"}}");
  post("/Observation", R"({"resourceType":"Observation","status":"final","code":{"text":"y"}})");
  EXPECT_EQ(get("/Patient/" + id + "/Observation").total(), 1);
  EXPECT_EQ(get("/Observation/" + id + "/Observation").status, 404);
}

TEST_F(InteractionsTest, SearchesTheCompartmentsOfOthersThanPatients) {
  const auto post_observation = [&](const std::string& text, const std::string& member) {
    post("/Observation",
         R"({"resourceType":"Observation","status":"final","code":{"text":")" + text + "\"}," + member + "}");
  };
  post_observation("a", R"("encounter":{"reference":"Encounter/e"})");
  post_observation("b", R"("performer":[{"reference":"Practitioner/p"},{"reference":"RelatedPerson/r"}])");
  post_observation("c", R"("device":{"reference":"Device/d"},"subject":{"reference":"Device/d"})");
  for (const char* owner : {"Encounter/e", "Practitioner/p", "RelatedPerson/r", "Device/d"}) {
    EXPECT_EQ(get("/" + std::string(owner) + "/Observation").total(), 1) << owner;
    EXPECT_EQ(get("/" + std::string(owner) + "/*").total(), 1) << owner;
    EXPECT_EQ(get("/" + std::string(owner) + "/ImagingStudy").total(), 0) << owner;  // is in none of them
  }
  EXPECT_EQ(get("/Device/other/Observation").total(), 0);
}

}  // namespace
}  // namespace gateway::fhir
