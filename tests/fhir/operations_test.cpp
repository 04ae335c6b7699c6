// $validate, $everything, $document, Provenance and the audit trail.
#include "tests/fhir/server_fixture.h"

namespace gateway::fhir {
namespace {

class OperationsTest : public ServerTest {
 protected:
  static constexpr const char* kBadStudy = R"({"resourceType":"ImagingStudy","status":"nonsense"})";
};

TEST_F(OperationsTest, ValidatesWhatIsSent) {
  serve();
  const Answer bad = post("/ImagingStudy/$validate", kBadStudy);
  EXPECT_EQ(bad.status, 200);
  EXPECT_EQ(bad.issue("severity"), "error") << bad.body;
  const Answer good = post("/Patient/$validate", patient("A"));
  EXPECT_NE(good.issue("severity"), "error") << good.body;
  EXPECT_EQ(
      post("/Patient/$validate", R"({"resourceType":"Observation","status":"final","code":{"text":"x"}})")
          .issue("severity"),
      "error");
  EXPECT_EQ(post("/Patient/$validate", "{").status, 400);
  const Answer xml =
      post("/Patient/$validate", R"(<Patient xmlns="http://hl7.org/fhir"><nonsense value="1"/></Patient>)",
           {{"Content-Type", "application/fhir+xml"}});
  EXPECT_EQ(xml.status, 200) << xml.body;
  EXPECT_EQ(xml.issue("severity"), "error");
}

TEST_F(OperationsTest, ValidatesAgainstProfilesAndByParameters) {
  serve();
  const std::string profile = "http://hl7.eu/fhir/base/StructureDefinition/patient-eu-core";
  const std::string known = tests::r4_definitions().structure(profile) ? profile : std::string();
  if (!known.empty()) {
    const Answer lacking = post("/Patient/$validate?profile=" + profile, patient("A"));
    EXPECT_NE(lacking.body.find("'birthDate' required"), std::string::npos) << lacking.body;
  }
  EXPECT_EQ(post("/Patient/$validate?profile=urn:unknown", patient("A")).status, 400);
  const Answer wrapped =
      post("/ImagingStudy/$validate",
           R"({"resourceType":"Parameters","parameter":[{"name":"mode","valueCode":"create"},
    {"name":"resource","resource":)" +
               std::string(kBadStudy) + "}]}");
  EXPECT_EQ(wrapped.issue("severity"), "error") << wrapped.body;
  EXPECT_EQ(post("/Patient/$validate?mode=guess", patient("A")).status, 400);
}

TEST_F(OperationsTest, ValidatesWhatIsStoredAndWhetherItCanBeDeleted) {
  serve();
  add_image_study("1.2.3");
  put("/Patient/a", patient("A", "a"));
  EXPECT_EQ(get("/Patient/a/$validate").status, 200);
  EXPECT_EQ(get("/Patient/never/$validate").status, 404);
  EXPECT_NE(get("/ImagingStudy/1.2.3/$validate").issue("severity"), "error")
      << get("/ImagingStudy/1.2.3/$validate").body;
  EXPECT_EQ(get("/ImagingStudy/1.2.3/$validate?mode=delete").issue("severity"), "error");
  EXPECT_NE(get("/Patient/a/$validate?mode=delete").issue("severity"), "error");
}

TEST_F(OperationsTest, EverythingOfAPatient) {
  serve();
  add_image_study("1.2.3");
  const std::string key(32, 'a');
  post("/Observation", R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
    "subject":{"reference":"Patient/)" +
                           key + "\"}}");
  post("/Observation", R"({"resourceType":"Observation","status":"final","code":{"text":"y"}})");
  const Answer all = get("/Patient/" + key + "/$everything");
  ASSERT_EQ(all.status, 200) << all.body;
  std::string types;
  for (const Value& entry : all.entries())
    types += std::string(entry.find("resource")->text("resourceType")) + " ";
  for (const char* type : {"Patient ", "ImagingStudy ", "Observation "})
    EXPECT_NE(types.find(type), std::string::npos) << types;
  EXPECT_EQ(all.body.find("\"y\""), std::string::npos);
  EXPECT_EQ(get("/Patient/never/$everything").status, 404);
  EXPECT_EQ(get("/Patient/" + key + "/$everything?start=2020").status, 400);
}

TEST_F(OperationsTest, TheMetaOfAResource) {
  serve();
  put("/Patient/p", R"({"resourceType":"Patient","id":"p","active":true,"meta":{"tag":[{"code":"x"}]}})");
  const Answer answer = get("/Patient/p/$meta");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_NE(answer.body.find(R"("name":"return","valueMeta":{)"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find(R"("tag":[{"code":"x"}])"), std::string::npos) << answer.body;
  EXPECT_EQ(get("/Patient/never/$meta").status, 404);
}

TEST_F(OperationsTest, EverythingOfAStudy) {
  serve();
  add_image_study("1.2.3");
  add_image_study("1.2.4");
  const std::string id =
      get("/ImagingStudy?identifier=urn:oid:1.2.3").entries().at(0).find("resource")->text("id").data();
  post("/Observation", R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
    "derivedFrom":[{"reference":"ImagingStudy/)" +
                           id + "\"}]}");
  const Answer all = get("/ImagingStudy/" + id + "/$everything");
  ASSERT_EQ(all.status, 200) << all.body;
  EXPECT_EQ(all.total(), 1);
  for (const char* type : {"\"Patient\"", "\"Endpoint\"", "\"Observation\"", "\"Provenance\""})
    EXPECT_NE(all.body.find(type), std::string::npos) << type;
  EXPECT_EQ(get("/ImagingStudy/never/$everything").status, 404);
}

TEST_F(OperationsTest, DocumentsHoldAllThatTheyReferTo) {
  serve();
  put("/Patient/p", patient("A", "p"));
  put("/Organization/o", R"({"resourceType":"Organization","id":"o","name":"Clinic"})");
  put("/Composition/c", R"({"resourceType":"Composition","id":"c","status":"final","type":{"text":"t"},
    "subject":{"reference":"Patient/p"},"date":"2026-01-01","author":[{"reference":"Organization/o"}],"title":"T"})");
  const Answer document = get("/Composition/c/$document");
  ASSERT_EQ(document.status, 200) << document.body;
  ASSERT_EQ(document.entries().size(), 3u);
  EXPECT_EQ(document.entries()[0].find("resource")->text("resourceType"), "Composition");
  EXPECT_EQ(errors(document.json), "");
  const Answer kept = get("/Composition/c/$document?persist=true");
  EXPECT_EQ(kept.status, 201) << kept.body;
  const std::string changed = kept.body;
  EXPECT_EQ(put("/Bundle/" + kept.id(), changed).status, 409);
  remove("/Organization/o");
  EXPECT_EQ(get("/Composition/c/$document").status, 422);
}

TEST_F(OperationsTest, DocumentsAreBoundedInBytes) {
  serve();
  std::string section;
  for (const char* id : {"a", "b", "c"}) {
    put("/Binary/" + std::string(id), R"({"resourceType":"Binary","id":")" + std::string(id) +
                                          R"(","contentType":"text/plain","data":")" +
                                          std::string(12 << 20, 'A') + "\"}");
    section += (section.empty() ? "" : ",") + std::string(R"({"reference":"Binary/)") + id + "\"}";
  }
  put("/Composition/c", R"({"resourceType":"Composition","id":"c","status":"final","type":{"text":"t"},
    "date":"2026-01-01","author":[{"display":"A"}],"title":"T","section":[{"entry":[)" +
                            section + "]}]}");
  const Answer document = get("/Composition/c/$document");
  EXPECT_EQ(document.status, 422);
  EXPECT_NE(document.body.find("32 MiB"), std::string::npos) << document.body.substr(0, 1000);
}

TEST_F(OperationsTest, ProvenanceSaysWhereResourcesCameFrom) {
  serve();
  add_image_study("1.2.3");
  const Answer provenance = get("/Provenance/1.2.3");
  ASSERT_EQ(provenance.status, 200) << provenance.body;
  EXPECT_EQ(errors(provenance.json), "");
  EXPECT_EQ(get("/Provenance?target=ImagingStudy/1.2.3").total(), 1);
  EXPECT_EQ(get("/Provenance?target=ImagingStudy/9").total(), 0);
  EXPECT_EQ(get("/Provenance?target=Patient/" + std::string(32, 'a')).total(), 1);
  const Answer with = get("/ImagingStudy?_revinclude=Provenance:target");
  ASSERT_EQ(with.entries().size(), 2u) << with.body;
  EXPECT_EQ(with.total(), 1);
  EXPECT_EQ(with.entries()[1].find("resource")->text("resourceType"), "Provenance");
}

class AuditTest : public OperationsTest {
 protected:
  AuditTest() {
    config_.audit = true;
    serve();
  }
  Answer events(const std::string& query) {
    EXPECT_TRUE(face_->audit()->flush().ok());
    return get("/AuditEvent" + query);
  }
};

TEST_F(AuditTest, EachRequestIsAnEventThatItsPatternAccepts) {
  add_image_study("1.2.3");
  const std::string key(32, 'a');
  put("/Patient/p", patient("A", "p"));
  post("/Patient", patient("B"));
  put("/Patient/p", patient("C", "p"));
  patch("/Patient/p", R"([{"op":"add","path":"/gender","value":"male"}])");
  get("/ImagingStudy/1.2.3");
  get("/Endpoint/dicom-wado-rs");
  get("/ImagingStudy?patient=Patient/" + key);
  get("/ImagingStudy?modality=CT");
  remove("/Patient/p");
  get("/Patient/p/_history");
  get("/Patient/never");
  const Answer all = events("?_count=100");
  EXPECT_GE(all.total(), 11);
  int profiled = 0;
  for (const Value& entry : all.entries()) {
    const Value& event = *entry.find("resource");
    EXPECT_EQ(errors(event), "") << to_json(event);
    if (event.find("meta")->find("profile")) ++profiled;
  }
  EXPECT_GE(profiled, 8);
}

TEST_F(AuditTest, EventsAreSearchedLikeResources) {
  put("/Patient/p", patient("A", "p"));
  get("/Patient/p");
  get("/Patient/never");
  EXPECT_EQ(events("?entity=Patient/p").total(), 2);
  EXPECT_EQ(events("?subtype=read&outcome=4").total(), 1);
  EXPECT_EQ(events("?action=C").total() + events("?action=U").total(), 1);
  EXPECT_EQ(post("/AuditEvent", R"({"resourceType":"AuditEvent"})").status, 405);
  const std::string id(events("").entries()[0].find("resource")->text("id"));
  EXPECT_EQ(remove("/AuditEvent/" + id).status, 405);
}

TEST_F(AuditTest, RefusesRequestsWhenItCannotKeepTheirEvents) {
  AuditOptions options;
  options.max_queue = 2;
  options.wait_ms = 1;
  AuditTrail trail(*face_->resources(), options, clock_);
  EXPECT_TRUE(trail.admit().ok());
  EXPECT_TRUE(trail.admit().ok());
  const auto refused = trail.admit();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().face().http_status, 503);
}

TEST_F(AuditTest, APostedSearchIsKeptWithItsForm) {
  put("/Patient/p", patient("A", "p"));
  const Answer found = post("/Observation/_search?status=final", "subject=Patient%2Fp",
                            {{"Content-Type", "application/x-www-form-urlencoded"}});
  ASSERT_EQ(found.status, 200) << found.body;
  const Answer kept = events("?action=E");
  ASSERT_EQ(kept.total(), 1) << kept.body;
  const Value& event = *kept.entries()[0].find("resource");
  EXPECT_EQ(errors(event), "") << to_json(event);
  const Value::List& entities = *event.find("entity")->as_list();
  EXPECT_EQ(entities[0].text("query"),
            base64_of("POST /fhir/Observation/_search?status=final&subject=Patient%2Fp"));
  EXPECT_EQ(entities[1].find("what")->text("reference"), "Patient/p");
}

TEST_F(AuditTest, TheQueueIsBoundedInBytes) {
  AuditOptions options;
  options.max_bytes = 1000;
  options.wait_ms = 1;
  AuditTrail trail(*face_->resources(), options, clock_);
  AuditFacts facts;
  facts.target = std::string(1000, 'a');
  trail.add(facts);
  EXPECT_FALSE(trail.admit().ok());
  ASSERT_TRUE(trail.flush().ok());
  EXPECT_TRUE(trail.admit().ok());
}

TEST_F(AuditTest, ABatchEndsAtTheFirstRequestThatIsNotTaken) {
  config_.max_audit_queue = 2;  // the place of the batch itself, and one more
  serve();
  std::string entries;
  for (int i = 0; i < 50; ++i)
    entries += (i ? "," : "") + std::string(R"({"request":{"method":"GET","url":"Patient/never"}})");
  const Answer done = post("", R"({"resourceType":"Bundle","type":"batch","entry":[)" + entries + "]}");
  ASSERT_EQ(done.status, 200) << done.body;
  const auto status = [&](std::size_t i) {
    return done.entries().at(i).find("response")->text("status").substr(0, 3);
  };
  EXPECT_EQ(status(0), "404");
  EXPECT_EQ(status(1), "503");
  EXPECT_EQ(status(49), "503");  // at once: each of them would have waited for two seconds
}

TEST_F(AuditTest, EachWriteOfATransactionIsAnEvent) {
  const std::string entry =
      R"({"resource":)" + patient("A") + R"(,"request":{"method":"POST","url":"Patient"}})";
  EXPECT_EQ(
      post("", R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entry + "," + entry + "]}")
          .status,
      200);
  EXPECT_EQ(events("?action=C").total(), 2);
}

}  // namespace
}  // namespace gateway::fhir
