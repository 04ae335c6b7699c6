// ImagingStudy resources that clients send as image records, over a real store and its index.
#include <algorithm>

#include "gateway/fhir/described_records.h"
#include "gateway/ingest/describer.h"
#include "gateway/store/database.h"
#include "mappers/fhir/systems.h"
#include "tests/fhir/server_fixture.h"
#include "tests/support/index_entries.h"

namespace gateway::fhir {
namespace {

using model::Level;

class DescribedRecordsTest : public ServerTest {
 protected:
  void SetUp() override { begin(); }

  // The store's own index in place of the fake one.
  void begin() {
    router_ = std::make_unique<http::Router>();
    face_.reset();
    describer_.reset();
    store_.reset();
    auto store = store::Store::open({folder_ / "data", false}, clock_);
    ASSERT_TRUE(store.ok()) << store.error().text();
    store_ = std::move(*store);
    ingest::DescriberOptions options;
    options.reference = [](const std::string& address, const model::RemoteId& id) -> Result<model::BlobRef> {
      model::BlobRef ref;
      ref.kind = model::BlobRef::Kind::Remote;
      ref.name = address + " " + id.instance_uid;
      return ref;
    };
    describer_ = std::make_unique<ingest::Describer>(store_->blobs(), options);
    FhirParts parts;
    parts.index = &store_->index();
    parts.resources = &store_->resources();
    parts.definitions = &tests::r4_definitions();
    parts.validator = &validator();
    if (with_describer_) parts.describer = describer_.get();
    auto face = FhirFace::open(parts, config_, clock_);
    ASSERT_TRUE(face.ok()) << face.error().text();
    face_ = std::move(*face);
    add_routes(*router_, *face_);
  }

  static std::string study(const std::string& uid, const std::string& more = {}, const std::string& id = {}) {
    return R"({"resourceType":"ImagingStudy")" + (id.empty() ? "" : ",\"id\":\"" + id + "\"") +
           R"(,"identifier":[{"system":"urn:dicom:uid","value":"urn:oid:)" + uid +
           R"("}],"status":"available","subject":{"identifier":{"system":"urn:oid:1.2.9","value":"P7"}},)" +
           R"("started":"2024-01-31T09:30:00+01:00","modality":[{"system":")" +
           std::string(mappers::fhir::kDcm) + R"(","code":"MR"}])" + more + "}";
  }
  static std::string series(const std::string& uid, int count = 1) {
    std::string json = R"(,"series":[{"uid":")" + uid + R"(.1","modality":{"system":")" +
                       std::string(mappers::fhir::kDcm) + R"(","code":"MR"},"numberOfInstances":)" +
                       std::to_string(count) + R"(,"instance":[{"uid":")" + uid +
                       R"(.1.1","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:)" +
                       R"(1.2.840.10008.5.1.4.1.1.4"},"number":1}]}])";
    return json;
  }
  std::uint64_t count(Level level) {
    model::Query query;
    query.level = level;
    return store_->index().count(query).value();
  }
  std::vector<model::StudyRow> studies() {
    return store_->index().studies({}, model::Depth::Instances).value();
  }
  static std::vector<std::string> warnings(const Value& outcome) {
    std::vector<std::string> texts;
    for (const Value& issue : *outcome.find("issue")->as_list())
      if (issue.text("severity") == "warning") texts.emplace_back(issue.find("details")->text("text"));
    return texts;
  }
  static bool any_has(const std::vector<std::string>& texts, std::string_view part) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return text.find(part) != std::string::npos; });
  }
  void add_dicom(const std::string& study_uid) {
    auto entry = gateway::testing::make_entry({1, 1, 1, 1});
    entry.object.study.uid = study_uid;
    entry.object.series.uid = study_uid + ".1";
    entry.object.instance.uid = study_uid + ".1.1";
    entry.object.subject = {};
    ASSERT_TRUE(store_->index().commit(std::span(&entry, 1)).ok());
  }
  inline static const Fields kOutcome = {{"Prefer", "return=OperationOutcome"}};

  bool with_describer_ = true;
  std::unique_ptr<ingest::Describer> describer_;
};

TEST_F(DescribedRecordsTest, CreatedStudyIsInTheIndexAndOnceInFhir) {
  const Answer created = post("/ImagingStudy", study("1.2.3", series("1.2.3", 24)));
  ASSERT_EQ(created.status, 201) << created.body;
  const auto rows = studies();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].study.uid, "1.2.3");
  EXPECT_EQ(rows[0].study.date, "20240131");
  EXPECT_EQ(rows[0].subject.subject.patient_id, "P7");
  EXPECT_EQ(rows[0].subject.subject.issuer, "1.2.9");
  EXPECT_EQ(rows[0].modalities, std::vector<std::string>{"MR"});
  EXPECT_EQ(rows[0].instance_count, 24u);
  ASSERT_EQ(rows[0].series.at(0).instances.size(), 1u);
  const Answer found = get("/ImagingStudy?identifier=urn:dicom:uid|urn:oid:1.2.3");
  EXPECT_EQ(found.total(), 1) << found.body;
  EXPECT_EQ(get("/ImagingStudy/1.2.3").status, 404);
  for (const char* type : {"Patient", "DocumentReference", "Provenance"})
    EXPECT_EQ(get("/" + std::string(type)).total(), 0) << type;
  EXPECT_EQ(get("/ImagingStudy/" + created.id()).json.text("id"), created.id());
}

TEST_F(DescribedRecordsTest, StudyWithoutSeriesIsThereToo) {
  ASSERT_EQ(post("/ImagingStudy", study("1.2.3", R"(,"numberOfSeries":4,"numberOfInstances":400)")).status,
            201);
  const auto rows = studies();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].series_count, 4u);
  EXPECT_EQ(rows[0].instance_count, 400u);
  EXPECT_EQ(rows[0].modalities, std::vector<std::string>{"MR"});
}

TEST_F(DescribedRecordsTest, UpdatePatchAndDeleteFollow) {
  ASSERT_EQ(put("/ImagingStudy/a", study("1.2.3", series("1.2.3"), "a")).status, 201);
  ASSERT_EQ(patch("/ImagingStudy/a", R"([{"op":"add","path":"/description","value":"Knee"}])").status, 200);
  EXPECT_EQ(studies().at(0).study.description, "Knee");
  ASSERT_EQ(put("/ImagingStudy/a", study("1.2.4", series("1.2.4"), "a")).status, 200);
  ASSERT_EQ(studies().size(), 1u);
  EXPECT_EQ(studies().at(0).study.uid, "1.2.4");
  ASSERT_EQ(remove("/ImagingStudy/a").status, 204);
  EXPECT_EQ(count(Level::Study), 0u);
  EXPECT_EQ(count(Level::Subject), 0u);
}

TEST_F(DescribedRecordsTest, WhatReferencesSayComesFromTheSameTransaction) {
  const std::string bundle =
      R"({"resourceType":"Bundle","type":"transaction","entry":[)"
      R"({"fullUrl":"urn:uuid:11111111-1111-4111-8111-111111111111","resource":)" +
      study("1.2.3", R"(,"endpoint":[{"reference":"urn:uuid:33333333-3333-4333-8333-333333333333"}])" +
                         series("1.2.3")) +
      R"(,"request":{"method":"POST","url":"ImagingStudy"}},)"
      R"({"fullUrl":"urn:uuid:22222222-2222-4222-8222-222222222222","resource":{"resourceType":"Patient",)"
      R"("identifier":[{"system":"urn:oid:1.2.9","value":"P8"}],"name":[{"family":"Doe","given":["Jane"]}],)"
      R"("birthDate":"1960-01-02","gender":"female"},"request":{"method":"POST","url":"Patient"}},)"
      R"({"fullUrl":"urn:uuid:33333333-3333-4333-8333-333333333333","resource":{"resourceType":"Endpoint",)"
      R"("status":"active","connectionType":{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"dicom-wado-rs"},)"
      R"("payloadType":[{"text":"DICOM"}],"address":"https://pacs.example/dicomweb/"},)"
      R"("request":{"method":"POST","url":"Endpoint"}}]})";
  std::string whole = bundle;
  const std::string by_identifier = R"({"identifier":{"system":"urn:oid:1.2.9","value":"P7"}})";
  whole.replace(whole.find(by_identifier), by_identifier.size(),
                R"({"reference":"urn:uuid:22222222-2222-4222-8222-222222222222"})");
  const Answer answer = post("", whole, kOutcome);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto rows = studies();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].subject.subject.name.alphabetic, "Doe^Jane");
  EXPECT_EQ(rows[0].subject.subject.patient_id, "P8");
  std::string content;
  ASSERT_TRUE(store_->index()
                  .locate("1.2.3", "", "",
                          [&](const auto& at) {
                            content = at.content.name;
                            return true;
                          })
                  .ok());
  EXPECT_EQ(content, "https://pacs.example/dicomweb 1.2.3.1.1");
  const Value* outcome = answer.entries().at(0).find("response")->find("outcome");
  ASSERT_NE(outcome, nullptr) << answer.body;
  EXPECT_TRUE(warnings(*outcome).empty()) << answer.body;
}

TEST_F(DescribedRecordsTest, TransactionThatFailsLeavesNoRecords) {
  const std::string bundle =
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":)" +
      study("1.2.3", series("1.2.3")) +
      R"(,"request":{"method":"POST","url":"ImagingStudy"}},)"
      R"({"resource":{"resourceType":"Patient","nonsense":1},"request":{"method":"POST","url":"Patient"}}]})";
  EXPECT_GE(post("", bundle).status, 400);
  EXPECT_EQ(count(Level::Study), 0u);
}

TEST_F(DescribedRecordsTest, ChangedPatientChangesTheRecords) {
  ASSERT_EQ(put("/Patient/p", patient("Old", "p", "P9")).status, 201);
  std::string json = study("1.2.3", series("1.2.3"), "a");
  const std::string by_identifier = R"({"identifier":{"system":"urn:oid:1.2.9","value":"P7"}})";
  json.replace(json.find(by_identifier), by_identifier.size(), R"({"reference":"Patient/p"})");
  ASSERT_EQ(put("/ImagingStudy/a", json).status, 201);
  EXPECT_EQ(studies().at(0).subject.subject.name.alphabetic, "Old");
  ASSERT_EQ(put("/Patient/p", patient("New", "p", "P9")).status, 200);
  EXPECT_EQ(studies().at(0).subject.subject.name.alphabetic, "New");
}

TEST_F(DescribedRecordsTest, WhatNoRecordHoldsIsAWarning) {
  const Answer answer =
      post("/ImagingStudy", study("1.2.3", R"(,"note":[{"text":"look here"}])" + series("1.2.3")), kOutcome);
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_TRUE(any_has(warnings(answer.json), "note")) << answer.body;
  EXPECT_TRUE(any_has(warnings(answer.json), "no Endpoint")) << answer.body;
  EXPECT_EQ(errors(answer.json), "");
  EXPECT_EQ(count(Level::Study), 1u);
}

TEST_F(DescribedRecordsTest, ResourceWithoutAStudyUidIsKeptWithoutRecords) {
  const Answer answer =
      post("/ImagingStudy",
           R"({"resourceType":"ImagingStudy","status":"available","subject":{"display":"x"}})", kOutcome);
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_TRUE(any_has(warnings(answer.json), "without a Study Instance UID")) << answer.body;
  EXPECT_EQ(count(Level::Study), 0u);
}

TEST_F(DescribedRecordsTest, StudyEnteredInErrorHasNoRecords) {
  ASSERT_EQ(put("/ImagingStudy/a", study("1.2.3", series("1.2.3"), "a")).status, 201);
  std::string wrong = study("1.2.3", series("1.2.3"), "a");
  wrong.replace(wrong.find("available"), 9, "entered-in-error");
  ASSERT_EQ(put("/ImagingStudy/a", wrong).status, 200);
  EXPECT_EQ(count(Level::Study), 0u);
}

TEST_F(DescribedRecordsTest, DicomObjectsWinOverADescription) {
  add_dicom("1.2.3");
  const Answer answer = post("/ImagingStudy", study("1.2.3", series("1.2.3")), kOutcome);
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_TRUE(any_has(warnings(answer.json), "DICOM objects")) << answer.body;
  EXPECT_EQ(studies().at(0).study.description, "Thorax");
  EXPECT_EQ(get("/ImagingStudy?identifier=1.2.3").total(), 2);  // the one of the images, and what was sent

  ASSERT_EQ(put("/ImagingStudy/b", study("1.2.4", series("1.2.4"), "b")).status, 201);
  add_dicom("1.2.4");
  EXPECT_EQ(get("/ImagingStudy/1.2.4").status, 200);
  ASSERT_EQ(remove("/ImagingStudy/b").status, 204);
  EXPECT_EQ(get("/ImagingStudy/1.2.4").status, 200);
}

TEST_F(DescribedRecordsTest, SecondDescriptionWaitsUntilTheFirstGoes) {
  ASSERT_EQ(put("/ImagingStudy/a", study("1.2.3", R"(,"description":"first")", "a")).status, 201);
  const Answer second = put("/ImagingStudy/b", study("1.2.3", R"(,"description":"second")", "b"), kOutcome);
  EXPECT_TRUE(any_has(warnings(second.json), "ImagingStudy/a")) << second.body;
  EXPECT_EQ(studies().at(0).study.description, "first");
  ASSERT_EQ(remove("/ImagingStudy/a").status, 204);
  ASSERT_EQ(studies().size(), 1u);
  EXPECT_EQ(studies().at(0).study.description, "second");
}

TEST_F(DescribedRecordsTest, ResourcesFromBeforeGetTheirRecordsAtTheStart) {
  with_describer_ = false;
  begin();
  ASSERT_EQ(put("/ImagingStudy/a", study("1.2.3", series("1.2.3"), "a")).status, 201);
  EXPECT_EQ(count(Level::Study), 0u);
  {
    auto database = store::Database::open(folder_ / "data/index.sqlite", store::Database::Access::Write, 64);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE((*database)->execute("INSERT INTO undescribed VALUES ('ImagingStudy/a')").ok());
  }
  with_describer_ = true;
  begin();
  ASSERT_TRUE(describe_what_is_stored(*face_).ok());
  EXPECT_EQ(count(Level::Study), 1u);
  EXPECT_TRUE(store_->resources().undescribed(1).value().empty());
}

TEST_F(DescribedRecordsTest, OneTransactionMayDescribeAStudyTwice) {
  ASSERT_EQ(put("/ImagingStudy/a", study("1.2.3", series("1.2.3"), "a")).status, 201);
  const auto entry = [](const std::string& id, const std::string& json) {
    return R"({"resource":)" + json + R"(,"request":{"method":"PUT","url":"ImagingStudy/)" + id + R"("}})";
  };
  const Answer answer = post("", R"({"resourceType":"Bundle","type":"transaction","entry":[)" +
                                     entry("a", study("1.2.4", {}, "a")) + "," +
                                     entry("b", study("1.2.3", series("1.2.3"), "b")) + "," +
                                     entry("c", study("1.2.3", series("1.2.3"), "c")) + "]}");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(count(Level::Study), 2u);
}

TEST_F(DescribedRecordsTest, WhatIsNoUidGivesNoRecords) {
  const std::string sent[] = {study("1.2.3", series("1.2.x")), study("1.2/3", series("1.2.3")),
                              study("1." + std::string(63, '2'), series("1.2.3"))};
  for (const std::string& json : sent) {
    const Answer answer = post("/ImagingStudy", json, kOutcome);
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_TRUE(any_has(warnings(answer.json), "no image records")) << answer.body;
  }
  EXPECT_EQ(count(Level::Study), 0u);
}

}  // namespace
}  // namespace gateway::fhir
