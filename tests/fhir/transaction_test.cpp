// Batch and transaction (FHIR R4 http 3.1.0.11).
#include "tests/fhir/server_fixture.h"

namespace gateway::fhir {
namespace {

class TransactionTest : public ServerTest {
 protected:
  TransactionTest() { serve(); }

  static std::string entry(const std::string& method, const std::string& url,
                           const std::string& resource = {}, const std::string& full_url = {},
                           const std::string& more = {}) {
    std::string json = "{";
    if (!full_url.empty()) json += "\"fullUrl\":\"" + full_url + "\",";
    if (!resource.empty()) json += "\"resource\":" + resource + ",";
    return json + "\"request\":{\"method\":\"" + method + "\",\"url\":\"" + url + "\"" + more + "}}";
  }
  static std::string bundle(const std::string& type, const std::vector<std::string>& entries) {
    std::string json = R"({"resourceType":"Bundle","type":")" + type + "\",\"entry\":[";
    for (const std::string& each : entries) json += (json.back() == '[' ? "" : ",") + each;
    return json + "]}";
  }
  Answer transact(const std::vector<std::string>& entries) {
    return post("", bundle("transaction", entries));
  }
  static std::string status(const Answer& answer, std::size_t i) {
    return std::string(answer.entries().at(i).find("response")->text("status")).substr(0, 3);
  }
  static std::string observation(const std::string& reference) {
    return R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":")" +
           reference + "\"}}";
  }
  static constexpr const char* kUrn = "urn:uuid:6b1c1e0e-0000-4000-8000-000000000001";
};

TEST_F(TransactionTest, ResolvesReferencesBetweenEntriesWhateverTheirOrder) {
  const std::string narrative =
      R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":")" +
      std::string(kUrn) +
      R"("},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\")" +
      kUrn + R"(\">p</a></div>"},"identifier":[{"system":"urn:ietf:rfc:3986","value":")" + kUrn + "\"}]}";
  const Answer done =
      transact({entry("POST", "Observation", narrative), entry("POST", "Patient", patient("A"), kUrn)});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json.text("type"), "transaction-response");
  EXPECT_EQ(status(done, 0), "201");
  const Value& stored = *done.entries()[0].find("resource");
  const std::string reference(stored.find("subject")->text("reference"));
  EXPECT_TRUE(reference.starts_with("Patient/")) << reference;
  EXPECT_EQ(get("/" + reference).status, 200);
  EXPECT_NE(stored.find("text")->text("div").find("href=\"" + reference + "\""), std::string::npos);
  EXPECT_EQ(stored.find("identifier")->as_list()->front().text("value"), kUrn);
}

TEST_F(TransactionTest, RelativeReferencesFollowFullUrls) {
  const Answer done = transact(
      {entry("POST", "Patient", patient("A"), "http://other.example/fhir/Patient/7"),
       entry("POST", "Observation", observation("Patient/7"), "http://other.example/fhir/Observation/1"),
       entry("POST", "Observation", observation("Patient/8"), "http://other.example/fhir/Observation/2")});
  ASSERT_EQ(done.status, 200) << done.body;
  const std::string id(done.entries()[0].find("resource")->text("id"));
  EXPECT_EQ(done.entries()[1].find("resource")->find("subject")->text("reference"), "Patient/" + id);
  EXPECT_EQ(done.entries()[2].find("resource")->find("subject")->text("reference"), "Patient/8");
}

TEST_F(TransactionTest, ReferencesByCriteriaFindOneOrFail) {
  const std::string id = post("/Patient", patient("A", "", "7")).id();
  const Answer done = transact({entry("POST", "Observation", observation("Patient?identifier=urn:t|7"))});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.entries()[0].find("resource")->find("subject")->text("reference"), "Patient/" + id);
  EXPECT_EQ(transact({entry("POST", "Observation", observation("Patient?identifier=urn:t|8"))}).status, 412);
  post("/Patient", patient("B", "", "7"));
  EXPECT_EQ(transact({entry("POST", "Observation", observation("Patient?identifier=urn:t|7"))}).status, 412);
}

TEST_F(TransactionTest, OneBadEntryUndoesAll) {
  put("/Patient/old", patient("Old", "old"));
  const std::vector<std::string> bad = {
      entry("PUT", "ImagingStudy/x", R"({"resourceType":"ImagingStudy","id":"x","status":"nonsense"})"),
      entry("PUT", "Patient/y", patient("A", "z")),
      entry("PATCH", "Patient/never", R"({"resourceType":"Parameters"})"),
      entry("PUT", "Patient/old", patient("New", "old"), "", R"(,"ifMatch":"W/\"9\"")"),
      entry("POST", "NoSuchType", patient("A")),
      R"({"resource":)" + patient("A") + "}",
      entry("BREW", "Patient", patient("A")),
      entry("POST", "Patient/$validate", patient("A")),
  };
  for (const std::string& each : bad) {
    const Answer refused = transact({entry("POST", "Patient", patient("Lost")), each});
    EXPECT_GE(refused.status, 400) << each;
    EXPECT_LT(refused.status, 500) << each << refused.body;
    EXPECT_EQ(refused.json.text("resourceType"), "OperationOutcome");
    EXPECT_TRUE(refused.issue("expression").starts_with("Bundle.entry[1]")) << refused.body;
  }
  EXPECT_EQ(get("/Patient").total(), 1);
}

TEST_F(TransactionTest, RunsInTheOrderOfTheStandard) {
  put("/Patient/a", patient("A", "a", "1"));
  const Answer done = transact({entry("GET", "Patient/b"), entry("PUT", "Patient/b", patient("B", "b", "1")),
                                entry("POST", "Patient", patient("C", "", "2")), entry("DELETE", "Patient/a"),
                                entry("GET", "Patient?identifier=urn:t|1")});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(status(done, 0), "200");
  EXPECT_EQ(status(done, 1), "201");
  EXPECT_EQ(status(done, 3), "204");
  const Value& found = *done.entries()[4].find("resource");
  EXPECT_EQ(*found.find("total")->as_int(), 1);
}

TEST_F(TransactionTest, RefusesTwoEntriesAboutOneResource) {
  EXPECT_EQ(
      transact({entry("PUT", "Patient/a", patient("A", "a")), entry("PUT", "Patient/a", patient("B", "a"))})
          .status,
      400);
  EXPECT_EQ(
      transact({entry("POST", "Patient", patient("A"), kUrn), entry("POST", "Patient", patient("B"), kUrn)})
          .status,
      400);
  const std::string once = R"(,"ifNoneExist":"identifier=urn:t|1")";
  EXPECT_EQ(transact({entry("POST", "Patient", patient("A", "", "1"), "", once),
                      entry("POST", "Patient", patient("A", "", "1"), "", once)})
                .status,
            400);
  EXPECT_EQ(get("/Patient").total(), 0);
}

TEST_F(TransactionTest, NothingMayRelyOnWhatAnotherEntryDeletes) {
  put("/Patient/a", patient("A", "a", "7"));
  const std::string condition = R"(,"ifNoneExist":"identifier=urn:t|7")";
  const Answer found = transact(
      {entry("DELETE", "Patient/a"), entry("POST", "Patient", patient("B", "", "7"), kUrn, condition)});
  EXPECT_EQ(found.status, 400) << found.body;
  EXPECT_NE(found.body.find("Bundle.entry[0]"), std::string::npos) << found.body;
  EXPECT_NE(found.body.find("Bundle.entry[1]"), std::string::npos) << found.body;
  const Answer referred = transact({entry("POST", "Observation", observation("Patient?identifier=urn:t|7")),
                                    entry("DELETE", "Patient?identifier=urn:t|7")});
  EXPECT_EQ(referred.status, 400) << referred.body;
  EXPECT_NE(referred.body.find("Bundle.entry[0]"), std::string::npos) << referred.body;
  EXPECT_NE(referred.body.find("Bundle.entry[1]"), std::string::npos) << referred.body;
  EXPECT_EQ(get("/Patient/a").status, 200);
  EXPECT_EQ(get("/Observation").total(), 0);
}

TEST_F(TransactionTest, ConditionalCreateInATransactionLeadsReferencesToWhatIsThere) {
  const std::string id = post("/Patient", patient("A", "", "7")).id();
  const Answer done = transact(
      {entry("POST", "Observation", observation(kUrn)),
       entry("POST", "Patient", patient("B", "", "7"), kUrn, R"(,"ifNoneExist":"identifier=urn:t|7")")});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(status(done, 1), "200");
  EXPECT_EQ(done.entries()[0].find("resource")->find("subject")->text("reference"), "Patient/" + id);
  EXPECT_EQ(get("/Patient").total(), 1);
}

TEST_F(TransactionTest, PatchesInATransaction) {
  put("/Patient/a", patient("A", "a"));
  // [{"op":"add","path":"/gender","value":"male"}]
  const std::string binary = R"({"resourceType":"Binary","contentType":"application/json-patch+json","data":)"
                             R"("W3sib3AiOiJhZGQiLCJwYXRoIjoiL2dlbmRlciIsInZhbHVlIjoibWFsZSJ9XQ=="})";
  const Answer done = transact({entry("PATCH", "Patient/a", binary)});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(get("/Patient/a").json.text("gender"), "male");
}

TEST_F(TransactionTest, BatchEntriesStandAlone) {
  const Answer done =
      post("/", bundle("batch", {entry("GET", "Patient/never"), entry("POST", "Patient", patient("A")),
                                 entry("PUT", "Patient/x", patient("A", "y")),
                                 entry("GET", "Patient?family=A"), R"({"fullUrl":"urn:x"})",
                                 entry("POST", "", R"({"resourceType":"Bundle","type":"batch"})"),
                                 entry("GET", "metadata")}));
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json.text("type"), "batch-response");
  ASSERT_EQ(done.entries().size(), 7u);
  const char* expected[] = {"404", "201", "400", "200", "400", "400", "200"};
  for (std::size_t i = 0; i < 7; ++i)
    EXPECT_EQ(status(done, i), expected[i]) << i << done.body.substr(0, 3000);
  EXPECT_NE(done.entries()[0].find("response")->find("outcome"), nullptr);
  EXPECT_TRUE(done.entries()[1].find("response")->text("location").find("/Patient/") != std::string::npos);
}

TEST_F(TransactionTest, PreferMinimalLeavesResourcesOut) {
  const Answer done = post("", bundle("transaction", {entry("POST", "Patient", patient("A"))}),
                           {{"Prefer", "return=minimal"}});
  EXPECT_EQ(done.entries()[0].find("resource"), nullptr) << done.body;
  EXPECT_FALSE(done.entries()[0].find("response")->text("location").empty());
}

TEST_F(TransactionTest, TakesXml) {
  const Answer done =
      post("",
           R"(<Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/><entry><resource><Patient>)"
           R"(<active value="true"/></Patient></resource><request><method value="POST"/>)"
           R"(<url value="Patient"/></request></entry></Bundle>)",
           {{"Content-Type", "application/fhir+xml"}, {"Accept", "application/fhir+xml"}});
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_TRUE(done.body.starts_with("<Bundle")) << done.body;
  EXPECT_EQ(get("/Patient?active=true").total(), 1);
}

TEST_F(TransactionTest, OnlyBatchesAndTransactionsGoToTheRoot) {
  EXPECT_EQ(post("", R"({"resourceType":"Bundle","type":"collection"})").status, 400);
  EXPECT_EQ(post("", patient("A")).status, 400);
  EXPECT_EQ(post("", R"({"resourceType":"Bundle","type":"transaction"})").status, 200);
}

TEST_F(TransactionTest, IsBoundedInEntries) {
  config_.max_bundle_entries = 2;
  serve();
  const std::string each = entry("POST", "Patient", patient("A"));
  EXPECT_EQ(transact({each, each, each}).status, 413);
  EXPECT_EQ(post("", bundle("batch", {each, each, each})).status, 413);
  EXPECT_EQ(get("/Patient").total(), 0);
}

TEST_F(TransactionTest, AnswersAreBoundedInBytes) {
  put("/Patient/a", patient(std::string(1500, 'a'), "a"));
  config_.max_bundle_bytes = 2000;
  serve();
  const std::string read = entry("GET", "Patient/a"), write = entry("PUT", "Patient/b", patient("B", "b"));
  const Answer batch = post("", bundle("batch", {read, read, read, write}));
  ASSERT_EQ(batch.status, 200) << batch.body;
  for (const std::size_t i : {0u, 1u}) EXPECT_EQ(status(batch, i), "200");
  for (const std::size_t i : {2u, 3u}) EXPECT_EQ(status(batch, i), "413");
  EXPECT_EQ(get("/Patient/b").status, 404);
  const Answer reads = transact({read, read, read});
  EXPECT_EQ(status(reads, 1), "200");
  EXPECT_EQ(status(reads, 2), "413");
}

TEST_F(TransactionTest, PatchesThatGrowBeyondABundleUndoAll) {
  put("/Patient/a", patient(std::string(1500, 'a'), "a"));
  put("/Patient/b", patient(std::string(1500, 'b'), "b"));
  config_.max_bundle_bytes = 2000;
  serve();
  const std::string binary = R"({"resourceType":"Binary","contentType":"application/json-patch+json","data":)"
                             R"("W3sib3AiOiJhZGQiLCJwYXRoIjoiL2dlbmRlciIsInZhbHVlIjoibWFsZSJ9XQ=="})";
  const Answer done = transact({entry("PATCH", "Patient/a", binary), entry("PATCH", "Patient/b", binary)});
  EXPECT_EQ(done.status, 413) << done.body;
  EXPECT_EQ(get("/Patient/a").version(), "1");
}

}  // namespace
}  // namespace gateway::fhir
