// Topic subscriptions by rest-hook, against a receiver on loopback.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "gateway/base/json_text.h"
#include "tests/fhir/server_fixture.h"
#include "tests/support/fake_http_server.h"

namespace gateway::fhir {
namespace {

class SubscriptionsTest : public ServerTest {
 protected:
  SubscriptionsTest() {
    config_.notify_hosts = {receiver_.base().substr(7), "hook.example"};
    serve();
  }

  static constexpr const char* kAvailable = "urn:ehds-gateway:topic:study-available";
  static constexpr const char* kFinal = "urn:ehds-gateway:topic:report-final";

  std::string subscription(const std::string& topic, const std::string& content, const std::string& more = {},
                           const std::string& endpoint = {}) {
    return R"({"resourceType":"Subscription","id":"s","status":"requested","reason":"test","criteria":")" +
           topic + "\"" + more + R"(,"channel":{"type":"rest-hook","endpoint":")" +
           (endpoint.empty() ? receiver_.base() + "/hook" : endpoint) + R"(","header":[")" + header_ +
           R"("],"payload":"application/fhir+json","_payload":{"extension":[{"url":)"
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
  std::int64_t slow_us_ = 0;  // that the receiver takes
  std::string header_ = "X-Key: 7";
  tests::FakeHttpServer receiver_{
      [this](const std::string& request) {
        const std::lock_guard lock(mutex_);
        clock_.advance_us(slow_us_);
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
  EXPECT_EQ(failed.json.text("error"), "not delivered: 5xx");
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

TEST_F(SubscriptionsTest, OneMessageARoundAndTheRestInTheNext) {
  put("/Subscription/s", subscription(kAvailable, "id-only"));
  step();
  clock_.advance_us(1'000'000);
  for (int i = 0; i < 150; ++i) add_image_study("1.2.3." + std::to_string(i));
  clock_.advance_us(Subscriptions::kSettleUs + 1'000'000);
  step();
  ASSERT_EQ(received().size(), 2u);
  EXPECT_EQ(received()[1].find("entry")->as_list()->size(), 101u);
  serve();
  step();
  ASSERT_EQ(received().size(), 3u);
  EXPECT_EQ(received()[2].find("entry")->as_list()->size(), 51u);
}

TEST_F(SubscriptionsTest, LittleIsWrittenWhenNothingHappens) {
  put("/Subscription/s", subscription(kAvailable, "id-only"));
  step();
  new_study("1.2.3");
  step();
  model::HistoryQuery kept;
  kept.type = "Parameters";
  const auto before = store_->resources().history(kept)->state;
  for (int i = 0; i < 20; ++i) {
    clock_.advance_us(1'000'000);
    step();
  }
  EXPECT_EQ(store_->resources().history(kept)->state, before);
}

TEST_F(SubscriptionsTest, ARoundEndsInTimeAndTheNextGoesOnWithTheOthers) {
  for (const char* id : {"a", "b", "c", "d"}) {
    std::string json = subscription(kAvailable, "id-only");
    json.replace(json.find(R"("id":"s")"), 8, R"("id":")" + std::string(id) + "\"");
    ASSERT_EQ(put("/Subscription/" + std::string(id), json).status, 201) << id;
  }
  step();
  new_study("1.2.3");
  slow_us_ = Subscriptions::kRoundUs / 2;
  const std::size_t handshakes = received().size();
  step();
  EXPECT_EQ(received().size(), handshakes + 2);
  step();
  const auto all = received();
  ASSERT_EQ(all.size(), handshakes + 4);
  std::string told;
  for (std::size_t i = handshakes; i < all.size(); ++i) told += to_json(all[i]);
  for (const char* id : {"a", "b", "c", "d"})
    EXPECT_NE(told.find("/Subscription/" + std::string(id) + "\""), std::string::npos) << id;
}

TEST_F(SubscriptionsTest, TheStateKeepsItsCurrentVersionOnly) {
  put("/Subscription/s", subscription(kAvailable, "id-only"));
  for (int i = 0; i < 5; ++i) {
    new_study("1.2.3." + std::to_string(i));
    step();
  }
  model::HistoryQuery kept;
  kept.type = "Parameters";
  const auto page = store_->resources().history(kept);
  EXPECT_EQ(page->total, 2u);  // the cursor and the feed
  for (const auto& version : page->versions) EXPECT_GT(version.version, 1) << version.id;
}

TEST_F(SubscriptionsTest, IdsOfSubscriptionsDoNotMeetThoseOfTheState) {
  for (const std::string& id : {std::string("cursor"), std::string("subscription-cursor"),
                                std::string("feed-s"), std::string(64, 'x')}) {
    std::string json = subscription(kAvailable, "id-only");
    json.replace(json.find(R"("id":"s")"), 8, R"("id":")" + id + "\"");
    ASSERT_EQ(put("/Subscription/" + id, json).status, 201) << id;
  }
  step();
  new_study("1.2.3");
  step();
  EXPECT_EQ(received().size(), 8u);
  EXPECT_FALSE(store_->resources().read("Parameters", "feed-cursor")->value().deleted);
  serve();
  step();
  for (std::size_t i = 8; i < received().size(); ++i)
    EXPECT_EQ(status_of(received()[i], "type"), "heartbeat");
  EXPECT_EQ(status_of(get("/Subscription/cursor/$status").json, "events-since-subscription-start"), "1");
}

TEST_F(SubscriptionsTest, RefusesWhatItWouldNotServe) {
  EXPECT_EQ(put("/Subscription/s", subscription("urn:unknown", "empty")).status, 422);
  EXPECT_EQ(put("/Subscription/s", subscription(kAvailable, "everything")).status, 422);
  for (const char* endpoint :
       {"ftp://127.0.0.1/x", "http://intranet.example/x", "http://user@127.0.0.1/x", "http://127.0.0.1:1/x",
        "http://127.0.0.1.evil.example/", "file:///etc/passwd", "http://169.254.169.254/",
        "http://hook.example:8080/", "http://hook.example:/", "http://hook.example\\\\@intranet.example/"})
    EXPECT_EQ(put("/Subscription/s", subscription(kAvailable, "empty", "", endpoint)).status, 422)
        << endpoint;
  for (const char* header : {"Host: x", "content-length: 1", "Transfer-Encoding: chunked",
                             "Connection: close", "No colon", "Two words: x", ": x"}) {
    header_ = header;
    EXPECT_EQ(put("/Subscription/s", subscription(kAvailable, "empty")).status, 422) << header;
  }
  EXPECT_EQ(get("/Subscription/s").status, 404);
  header_ = "X-Key: 7";
  for (const char* endpoint : {"http://hook.example/x", "https://hook.example", "https://HOOK.example:80/?x"})
    EXPECT_LT(put("/Subscription/s", subscription(kAvailable, "empty", "", endpoint)).status, 300)
        << endpoint;
}

TEST_F(SubscriptionsTest, WithoutNamedHostsNothingIsDelivered) {
  EXPECT_TRUE(FhirConfig().notify_hosts.empty());
  config_.notify_hosts.clear();
  serve();
  const Answer refused = put("/Subscription/s", subscription(kAvailable, "empty"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("fhir.notify_hosts"), std::string::npos) << refused.body;
}

TEST_F(SubscriptionsTest, FiltersAreTriedWhenTheyAreWritten) {
  for (const char* filter : {"ImagingStudy?", "ImagingStudy?x=%zz", "ImagingStudy?nonsense=1",
                             "ImagingStudy?modality=", "ImagingStudy?started=soon"}) {
    const std::string extra =
        R"(,"_criteria":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/)"
        R"(StructureDefinition/backport-filter-criteria","valueString":")" +
        std::string(filter) + R"("}]})";
    EXPECT_EQ(put("/Subscription/s", subscription(kAvailable, "id-only", extra)).status, 422) << filter;
  }
}

TEST_F(SubscriptionsTest, OnlyAHandshakeMakesItActive) {
  std::string json = subscription(kAvailable, "id-only");
  json.replace(json.find("requested"), 9, "active");
  EXPECT_EQ(put("/Subscription/s", json).json.text("status"), "requested");
  step();
  EXPECT_EQ(received().size(), 1u);
  EXPECT_EQ(put("/Subscription/s", json).json.text("status"), "active");
  json.replace(json.find("/hook"), 5, "/other");
  EXPECT_EQ(put("/Subscription/s", json).json.text("status"), "requested");
}

TEST_F(SubscriptionsTest, ValuesOfHeadersAreNotTold) {
  header_ = "Authorization: Bearer 4711";
  EXPECT_EQ(put("/Subscription/s", subscription(kAvailable, "id-only")).body.find("4711"), std::string::npos);
  for (const char* target : {"/Subscription/s", "/Subscription/s/_history/1", "/Subscription",
                             "/Subscription/s/_history", "/_history", "/Subscription/s?_format=xml"}) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_EQ(answer.body.find("4711"), std::string::npos) << target;
    EXPECT_NE(answer.body.find("Authorization: ***"), std::string::npos) << target;
  }
  EXPECT_EQ(put("/Subscription/s", get("/Subscription/s").body).status, 200);
  step();
  EXPECT_NE(heads_.find("Authorization: Bearer 4711"), std::string::npos);
  header_ = "Authorization: ***";
  EXPECT_EQ(put("/Subscription/s", subscription(kAvailable, "id-only", "", "http://hook.example/")).status,
            422);
}

TEST_F(SubscriptionsTest, APatchSeesMaskedHeadersOnlyAndKeepsTheirValues) {
  header_ = "Authorization: Bearer 4711";
  put("/Subscription/s", subscription(kAvailable, "id-only"));
  const std::string place = R"("path":"/channel/header/0")";
  EXPECT_GE(
      patch("/Subscription/s", R"([{"op":"test",)" + place + R"(,"value":"Authorization: Bearer 4711"}])")
          .status,
      400);
  EXPECT_EQ(
      patch("/Subscription/s", R"([{"op":"test",)" + place + R"(,"value":"Authorization: ***"}])").status,
      200);
  patch("/Subscription/s", R"([{"op":"copy","from":"/channel/header/0","path":"/reason"}])");
  EXPECT_EQ(get("/Subscription/s").body.find("4711"), std::string::npos);
  EXPECT_EQ(patch("/Subscription/s",
                  R"([{"op":"replace","path":"/channel/endpoint","value":"http://hook.example/"}])")
                .status,
            422);
  step();
  EXPECT_NE(heads_.find("Authorization: Bearer 4711"), std::string::npos);
}

TEST_F(SubscriptionsTest, OneTooManyIsRefused) {
  std::vector<model::ResourceWrite> writes;
  for (std::size_t i = 0; i < Subscriptions::kMaxSubscriptions; ++i) {
    model::ResourceWrite write;
    write.type = "Subscription";
    write.id = "n" + std::to_string(i);
    write.updated_us = clock_.utc_us();
    write.method = "PUT";
    write.json = R"({"resourceType":"Subscription","id":")" + write.id + "\"}";
    writes.push_back(std::move(write));
  }
  ASSERT_TRUE(store_->resources().commit(writes).ok());
  EXPECT_EQ(put("/Subscription/s", subscription(kAvailable, "id-only")).status, 429);
  remove("/Subscription/n7");
  EXPECT_EQ(put("/Subscription/s", subscription(kAvailable, "id-only")).status, 201);
}

TEST_F(SubscriptionsTest, StopsWhileAReceiverIsSilent) {
  std::atomic<bool> asked = false, done = false;
  tests::FakeHttpServer silent([&](const std::string&) {
    asked = true;
    while (!done) std::this_thread::yield();
    return tests::FakeAnswer{"", true};
  });
  config_.notify_hosts = {silent.base().substr(7)};
  serve();
  put("/Subscription/s", subscription(kAvailable, "empty", "", silent.base() + "/hook"));
  face_->subscriptions()->start();
  face_->subscriptions()->wake({std::string(kBase) + "/fhir", ""});
  while (!asked) std::this_thread::yield();
  const auto began = std::chrono::steady_clock::now();
  face_->subscriptions()->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  done = true;
  EXPECT_EQ(get("/Subscription/s").json.text("status"), "requested");
}

}  // namespace
}  // namespace gateway::fhir
