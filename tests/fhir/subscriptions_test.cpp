// Topic subscriptions by rest-hook, against a receiver on loopback.
#include <mutex>

#include "tests/fhir/server_fixture.h"
#include "tests/support/fake_http_server.h"

namespace gateway::fhir {
namespace {

class SubscriptionsTest : public ServerTest {
 protected:
  SubscriptionsTest() { serve(); }

  static constexpr const char* kAvailable = "urn:ehds-gateway:topic:study-available";
  static constexpr const char* kFinal = "urn:ehds-gateway:topic:report-final";

  std::string subscription(const std::string& topic, const std::string& content, const std::string& more = {},
                           const std::string& endpoint = {}) {
    return R"({"resourceType":"Subscription","id":"s","status":"requested","reason":"test","criteria":")" +
           topic + "\"" + more + R"(,"channel":{"type":"rest-hook","endpoint":")" +
           (endpoint.empty() ? receiver_.base() + "/hook" : endpoint) +
           R"(","header":["X-Key: 7"],"payload":"application/fhir+json","_payload":{"extension":[{"url":)"
           R"("http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content",)"
           R"("valueCode":")" +
           content +
           R"("}]},"extension":[{"url":)"
           R"("http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-heartbeat-period",)"
           R"("valueUnsignedInt":60}]}})";
  }
  void step() {
    const auto done = face_->subscriptions()->step();
    ASSERT_TRUE(done.ok()) << done.error().text();
  }
  // A study that the receiver should hear of: left alone for long enough.
  void new_study(const std::string& uid) {
    clock_.advance_us(1'000'000);
    add_image_study(uid);
    clock_.advance_us(Subscriptions::kSettleUs + 1'000'000);
  }
  std::vector<Value> received() {
    const std::lock_guard lock(mutex_);
    return received_;
  }
  // A parameter of the status in a notification.
  static std::string status_of(const Value& bundle, std::string_view name) {
    const Value& status = *bundle.find("entry")->as_list()->front().find("resource");
    for (const Value& each : *status.find("parameter")->as_list())
      if (each.text("name") == name)
        for (const auto& [member, value] : *each.as_map())
          if (member.starts_with("value") && value.as_string()) return *value.as_string();
    return {};
  }

  std::mutex mutex_;
  std::vector<Value> received_;
  std::string heads_;
  int answer_ = 200;
  tests::FakeHttpServer receiver_{
      [this](const std::string& request) {
        const std::lock_guard lock(mutex_);
        const auto body = request.find("\r\n\r\n") + 4;
        heads_ += request.substr(0, body);
        if (auto json = codec::parse_json(request.substr(body)); json && answer_ == 200)
          received_.push_back(*json);
        return tests::FakeAnswer{"HTTP/1.1 " + std::to_string(answer_) + " X\r\nContent-Length: 0\r\n\r\n",
                                 false};
      },
      true};
};

TEST_F(SubscriptionsTest, HandshakesThenTellsOfNewStudies) {
  ASSERT_EQ(put("/Subscription/s", subscription(kAvailable, "id-only")).status, 201);
  step();
  ASSERT_EQ(received().size(), 1u);
  EXPECT_EQ(status_of(received()[0], "type"), "handshake");
  EXPECT_NE(heads_.find("X-Key: 7"), std::string::npos);
  EXPECT_EQ(get("/Subscription/s").json.text("status"), "active");
  new_study("1.2.3");
  step();
  ASSERT_EQ(received().size(), 2u);
  const Value notice = received()[1];
  EXPECT_EQ(status_of(notice, "type"), "event-notification");
  EXPECT_EQ(status_of(notice, "events-since-subscription-start"), "1");
  EXPECT_EQ(status_of(notice, "topic"), kAvailable);
  const Value::List& entries = *notice.find("entry")->as_list();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].text("fullUrl"), std::string(kBase) + "/fhir/ImagingStudy/1.2.3");
  EXPECT_EQ(entries[1].find("resource"), nullptr);
  EXPECT_EQ(errors(notice), "");
  step();
  EXPECT_EQ(received().size(), 2u);
}

TEST_F(SubscriptionsTest, SendsAsMuchAsIsAskedFor) {
  put("/Subscription/s", subscription(kAvailable, "full-resource"));
  step();
  new_study("1.2.3");
  step();
  ASSERT_EQ(received().size(), 2u);
  EXPECT_EQ(received()[1].find("entry")->as_list()->at(1).find("resource")->text("id"), "1.2.3");
  put("/Subscription/s", subscription(kAvailable, "empty"));
  step();
  new_study("1.2.4");
  step();
  ASSERT_EQ(received().size(), 4u);
  EXPECT_EQ(received()[3].find("entry")->as_list()->size(), 1u);
}

TEST_F(SubscriptionsTest, FiltersAreSearches) {
  const std::string filter =
      R"(,"_criteria":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/)"
      R"(StructureDefinition/backport-filter-criteria","valueString":"ImagingStudy?modality=MR"}]})";
  put("/Subscription/s", subscription(kAvailable, "id-only", filter));
  step();
  new_study("1.2.3");  // CT
  step();
  EXPECT_EQ(received().size(), 1u);
}

TEST_F(SubscriptionsTest, TellsOfReportsThatBecomeFinal) {
  put("/Subscription/s", subscription(kFinal, "id-only"));
  step();
  const std::string report = R"({"resourceType":"DiagnosticReport","id":"r","code":{"text":"x"},"status":")";
  put("/DiagnosticReport/r", report + "preliminary\"}");
  step();
  EXPECT_EQ(received().size(), 1u);
  put("/DiagnosticReport/r", report + "final\"}");
  step();
  ASSERT_EQ(received().size(), 2u);
  EXPECT_EQ(status_of(received()[1], "topic"), kFinal);
}

TEST_F(SubscriptionsTest, TriesAgainWithPausesAndKeepsTheNumbersOverARestart) {
  put("/Subscription/s", subscription(kAvailable, "id-only"));
  step();
  answer_ = 503;
  new_study("1.2.3");
  step();
  step();  // in the pause
  EXPECT_EQ(received().size(), 1u);
  serve();
  answer_ = 200;
  step();
  ASSERT_EQ(received().size(), 2u);
  new_study("1.2.4");
  step();
  ASSERT_EQ(received().size(), 3u);
  EXPECT_EQ(status_of(received()[2], "events-since-subscription-start"), "2");
}

TEST_F(SubscriptionsTest, GivesUpAtLastAndSaysSo) {
  put("/Subscription/s", subscription(kAvailable, "id-only"));
  step();
  answer_ = 500;
  new_study("1.2.3");
  for (int i = 0; i <= Subscriptions::kMaxFailures; ++i) {
    step();
    clock_.advance_us(400'000'000);
  }
  const Answer failed = get("/Subscription/s");
  EXPECT_EQ(failed.json.text("status"), "error");
  EXPECT_FALSE(failed.json.text("error").empty());
}

TEST_F(SubscriptionsTest, HeartbeatsAfterSilence) {
  put("/Subscription/s", subscription(kAvailable, "empty"));
  step();
  clock_.advance_us(30'000'000);
  step();
  EXPECT_EQ(received().size(), 1u);
  clock_.advance_us(31'000'000);
  step();
  ASSERT_EQ(received().size(), 2u);
  EXPECT_EQ(status_of(received()[1], "type"), "heartbeat");
}

TEST_F(SubscriptionsTest, StatusAndPastEventsCanBeAskedFor) {
  put("/Subscription/s", subscription(kAvailable, "id-only"));
  step();
  for (const char* uid : {"1.2.3", "1.2.4", "1.2.5"}) {
    new_study(uid);
    step();
  }
  const Answer status = get("/Subscription/s/$status");
  ASSERT_EQ(status.status, 200) << status.body;
  EXPECT_EQ(status_of(status.json, "events-since-subscription-start"), "3");
  EXPECT_EQ(get("/Subscription/$status?id=s").entries().size(), 1u);
  const Answer events = get("/Subscription/s/$events?eventsSinceNumber=2&content=full-resource");
  ASSERT_EQ(events.entries().size(), 3u) << events.body;
  EXPECT_EQ(events.entries()[1].find("resource")->text("id"), "1.2.4");
  EXPECT_EQ(status_of(events.json, "type"), "query-event");
  EXPECT_EQ(get("/Subscription/none/$status").status, 404);
}

TEST_F(SubscriptionsTest, RefusesWhatItWouldNotServe) {
  EXPECT_EQ(put("/Subscription/s", subscription("urn:unknown", "empty")).status, 422);
  EXPECT_EQ(put("/Subscription/s", subscription(kAvailable, "everything")).status, 422);
  for (const char* endpoint :
       {"ftp://127.0.0.1/x", "http://intranet.example/x", "http://user@127.0.0.1/x",
        "http://127.0.0.1.evil.example/", "file:///etc/passwd", "http://169.254.169.254/"})
    EXPECT_EQ(put("/Subscription/s", subscription(kAvailable, "empty", "", endpoint)).status, 422)
        << endpoint;
  EXPECT_EQ(get("/Subscription/s").status, 404);
}

}  // namespace
}  // namespace gateway::fhir
