// UPS-RS over a running server and a store on disk: every transaction of PS3.18 chapter 11, events over
// WebSocket, races for an item.
#include "gateway/workitems/face.h"

#include <thread>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/store/store.h"
#include "gateway/workitems/attributes.h"
#include "tests/http/http_fixture.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"
#include "tests/support/websocket_client.h"
#include "tests/support/workitem_data.h"

namespace gateway::workitems {
namespace {

using tests::Answer;
using tests::new_workitem;
using tests::performed;
using tests::state_change;

constexpr const char* kItem = "/dicomweb/workitems/1.2.3";
const std::string kGlobal = "/dicomweb/workitems/1.2.840.10008.5.1.4.34.5/subscribers/";
const std::string kFiltered = "/dicomweb/workitems/1.2.840.10008.5.1.4.34.5.1/subscribers/";

class Worklist : public tests::ServerTest {
 protected:
  void SetUp() override { open({}); }
  void TearDown() override {
    if (server) server->stop(0);
  }
  void open(WorkitemConfig config) {
    auto opened = store::Store::open({root.path() + "/store", false}, wall);
    ASSERT_TRUE(opened.ok()) << opened.error().text();
    store = std::move(*opened);
    face = std::make_unique<WorkitemFace>(store->workitems(), std::move(config), wall);
    workitems::add_routes(router, *face);
    start();
  }

  Answer send(const std::string& method, const std::string& target, const std::string& body = {},
              const std::string& fields = "Content-Type: application/dicom+json\r\n") {
    const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
    const std::string more = body.empty() ? std::string() : fields;
    return client().exchange(method + " " + target + " HTTP/1.1\r\nHost: a\r\n" +
                             (method == "GET" ? fields : length + more) + "\r\n" + body);
  }
  Answer get(const std::string& target, const std::string& fields = {}) {
    return send("GET", target, {}, fields);
  }
  void create(const std::string& uid, const std::string& more = {}) {
    const Answer answer = send("POST", "/dicomweb/workitems?" + uid, new_workitem(more));
    ASSERT_EQ(answer.status, 201) << answer.body;
  }
  Answer change_state(const std::string& uid, const std::string& state, const std::string& transaction) {
    return send("PUT", "/dicomweb/workitems/" + uid + "/state", state_change(state, transaction));
  }
  tests::WebSocketClient listen(const std::string& aetitle) {
    tests::WebSocketClient peer(port);
    EXPECT_EQ(peer.open("/dicomweb/subscribers/" + aetitle), 101) << peer.head();
    peer.send_raw(tests::WebSocketClient::frame(9, "in"));  // the pong says that the connection is known
    EXPECT_EQ(peer.read_frame().opcode, 10);
    return peer;
  }
  // "1 SCHEDULED", "2", ...: type of the next event, and the state it reports.
  static std::string next_event(tests::WebSocketClient& peer, Value* whole = nullptr) {
    const auto frame = peer.read_frame();
    const auto event = codec::parse_json(frame.payload);
    if (!event.ok()) return "no event";
    if (whole) *whole = *event;
    const auto* type = values(*event, 0x00001002).front().as_int();
    const std::string state = text(*event, tag::kState);
    return std::to_string(*type) + (state.empty() ? "" : " " + state);
  }
  Value only(const Answer& answer) {
    const auto parsed = codec::parse_json(answer.body);
    if (!parsed.ok() || !parsed->as_list() || parsed->as_list()->size() != 1) return {};
    return parsed->as_list()->front();
  }
  std::size_t count(const std::string& query) {
    const Answer answer = get("/dicomweb/workitems" + query);
    EXPECT_EQ(answer.status, 200) << query << answer.body;
    const auto parsed = codec::parse_json(answer.body);
    return parsed.ok() && parsed->as_list() ? parsed->as_list()->size() : 999;
  }

  gateway::testing::TempFolder root;
  gateway::testing::FakeClock wall;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<WorkitemFace> face;
};

TEST_F(Worklist, AnItemLivesFromItsCreationToItsCompletion) {
  const Answer created = send("POST", "/dicomweb/workitems?1.2.3", new_workitem());
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.field("Location"), std::string("http://a") + kItem);
  EXPECT_EQ(created.field("Warning"), "");
  EXPECT_EQ(change_state("1.2.3", "IN PROGRESS", "1.9").status, 200);
  EXPECT_EQ(send("POST", std::string(kItem) + "?transaction-uid=1.9", performed()).status, 200);
  EXPECT_EQ(change_state("1.2.3", "COMPLETED", "1.9").status, 200);
  const Value item = only(get(kItem));
  EXPECT_EQ(text(item, tag::kState), "COMPLETED");
  EXPECT_EQ(text(item, tag::kSopInstanceUid), "1.2.3");
  EXPECT_EQ(text(item, tag::kSopClassUid), kWorkitemClass);
  EXPECT_EQ(text(item, tag::kModified), "20261122180856.000000+0000");
  EXPECT_EQ(element(item, tag::kTransactionUid), nullptr);
  EXPECT_NE(element(*first_item(item, tag::kPerformed), tag::kOutputInformation), nullptr);
}

TEST_F(Worklist, TheTransactionUidNeverLeaves) {
  create("1.2.3");
  ASSERT_EQ(change_state("1.2.3", "IN PROGRESS", "1.9.8.7").status, 200);
  ASSERT_EQ(
      send("POST", kItem, R"({"00081195":{"vr":"UI","Value":["1.9.8.7"]},)" + performed().substr(1)).status,
      200);
  for (const std::string target : {"", "?includefield=all", "?includefield=00081195"}) {
    EXPECT_EQ(get("/dicomweb/workitems" + target).body.find("1.9.8.7"), std::string::npos) << target;
  }
  EXPECT_EQ(get(kItem).body.find("1.9.8.7"), std::string::npos);
  EXPECT_EQ(get("/dicomweb/workitems?00081195=1.9.8.7").status, 400);
}

TEST_F(Worklist, CreationIsRefusedWithReasons) {
  create("1.2.3");
  EXPECT_EQ(send("POST", "/dicomweb/workitems?workitem=1.2.3", new_workitem()).status, 409);
  const Answer empty = send("POST", "/dicomweb/workitems", "{}");
  EXPECT_EQ(empty.status, 400);
  EXPECT_NE(empty.body.find("ProcedureStepState (0074,1000)"), std::string::npos);
  EXPECT_NE(empty.body.find("InputReadinessState (0040,4041)"), std::string::npos);
  EXPECT_EQ(send("POST", "/dicomweb/workitems", "not json").status, 400);
  EXPECT_EQ(send("POST", "/dicomweb/workitems", "[]").status, 400);
  EXPECT_EQ(send("POST", "/dicomweb/workitems", R"([{"00741000":{"vr":"US","Value":["x"]}}])").status, 400);
  EXPECT_EQ(send("POST", "/dicomweb/workitems?workitem=no-uid", new_workitem()).status, 400);
  EXPECT_EQ(send("POST", "/dicomweb/workitems", "x", "Content-Type: text/plain\r\n").status, 415);
  EXPECT_EQ(send("POST", "/dicomweb/workitems?1.2.840.10008.5.1.4.34.5", new_workitem()).status, 409);
}

TEST_F(Worklist, ItemsWithoutUidGetOneAndArraysOfOneAreTaken) {
  const Answer created = send("POST", "/dicomweb/workitems", "[" + new_workitem() + "]");
  EXPECT_EQ(created.status, 201);
  const std::string location = created.field("Location");
  EXPECT_NE(location.find("/dicomweb/workitems/2.25."), std::string::npos);
  EXPECT_EQ(get(location.substr(8)).status, 200);
}

TEST_F(Worklist, XmlGoesInAndComesOut) {
  create("1.2.3", R"("00100020":{"vr":"LO","Value":["Pä"]},)");
  const Answer single = get(kItem, "Accept: application/dicom+xml\r\n");
  EXPECT_EQ(single.status, 200);
  EXPECT_EQ(single.field("Content-Type"), "application/dicom+xml");
  EXPECT_NE(single.body.find("<NativeDicomModel"), std::string::npos);
  const Answer parts =
      get("/dicomweb/workitems", "Accept: multipart/related; type=\"application/dicom+xml\"\r\n");
  EXPECT_EQ(parts.field("Content-Type").find("multipart/related; type=\"application/dicom+xml\""), 0u);
  EXPECT_EQ(get("/dicomweb/workitems?PatientID=none", "Accept: application/dicom+xml\r\n").status, 204);
  EXPECT_EQ(get(kItem, "Accept: image/png\r\n").status, 406);
  EXPECT_EQ(get(std::string(kItem) + "?accept=application/dicom%2Bxml").field("Content-Type"),
            "application/dicom+xml");
  const std::string change =
      "<?xml version=\"1.0\"?><NativeDicomModel xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\">"
      "<DicomAttribute tag=\"00741204\" vr=\"LO\" keyword=\"ProcedureStepLabel\"><Value number=\"1\">Grün"
      "</Value></DicomAttribute></NativeDicomModel>";
  EXPECT_EQ(send("POST", kItem, change, "Content-Type: application/dicom+xml\r\n").status, 200);
  const Value item = only(get(kItem));
  EXPECT_EQ(text(item, 0x00741204), "Grün");
  EXPECT_EQ(text(item, tag::kCharacterSet), "ISO_IR 192");
}

TEST_F(Worklist, UnknownItemsAre404AndRemovedOnes410) {
  EXPECT_EQ(get(kItem).status, 404);
  EXPECT_EQ(send("POST", kItem, "{}").status, 404);
  EXPECT_EQ(change_state("1.2.3", "IN PROGRESS", "1.9").status, 404);
  EXPECT_EQ(send("POST", std::string(kItem) + "/cancelrequest").status, 404);
  EXPECT_EQ(send("POST", std::string(kItem) + "/subscribers/ME").status, 404);
  EXPECT_EQ(send("DELETE", std::string(kItem) + "/subscribers/ME").status, 404);
  EXPECT_EQ(get("/dicomweb/workitems/no-uid").status, 400);
  create("1.2.3");
  EXPECT_EQ(send("POST", std::string(kItem) + "/cancelrequest").status, 202);
  wall.advance_us(8ll * 86'400 * 1'000'000);
  ASSERT_EQ(*face->service().remove_finished(), 1u);
  EXPECT_EQ(get(kItem).status, 410);
  EXPECT_EQ(send("POST", kItem, "{}").status, 410);
  EXPECT_EQ(change_state("1.2.3", "IN PROGRESS", "1.9").status, 410);
  EXPECT_EQ(count(""), 0u);
  EXPECT_EQ(send("POST", "/dicomweb/workitems?1.2.3", new_workitem()).status, 409);
}

TEST_F(Worklist, DeletionLocksKeepFinalItems) {
  create("1.2.3");
  create("1.2.4");
  EXPECT_EQ(send("POST", std::string(kItem) + "/subscribers/KEEPER?deletionlock=true").status, 201);
  for (const std::string uid : {"1.2.3", "1.2.4"})
    EXPECT_EQ(send("POST", "/dicomweb/workitems/" + uid + "/cancelrequest").status, 202);
  wall.advance_us(8ll * 86'400 * 1'000'000);
  EXPECT_EQ(*face->service().remove_finished(), 1u);
  EXPECT_EQ(get(kItem).status, 200);
  EXPECT_EQ(send("POST", std::string(kItem) + "/subscribers/KEEPER?deletionlock=false").status, 201);
  EXPECT_EQ(*face->service().remove_finished(), 1u);
}

TEST_F(Worklist, AllSpellingsOfTheTransactionParameterWork) {
  create("1.2.3");
  ASSERT_EQ(change_state("1.2.3", "IN PROGRESS", "1.9").status, 200);
  for (const std::string name : {"transaction", "transaction-uid", "Transaction-uid", "TRANSACTION-UID"})
    EXPECT_EQ(send("PUT", std::string(kItem) + "?" + name + "=1.9", performed()).status, 200) << name;
  const Answer missing = send("POST", kItem, performed());
  EXPECT_EQ(missing.status, 400);
  EXPECT_EQ(missing.field("Warning"), "299 http://a/dicomweb: The Transaction UID is missing.");
  EXPECT_EQ(send("POST", std::string(kItem) + "?transaction-uid=1.8", performed()).field("Warning"),
            "299 http://a/dicomweb: The Transaction UID is incorrect.");
  EXPECT_EQ(send("POST", std::string(kItem) + "?transaction-uid=1.9",
                 R"({"00741000":{"vr":"CS","Value":["COMPLETED"]}})")
                .status,
            400);
}

TEST_F(Worklist, CompletionNamesWhatIsMissing) {
  create("1.2.3");
  ASSERT_EQ(change_state("1.2.3", "IN PROGRESS", "1.9").status, 200);
  const Answer refused = change_state("1.2.3", "COMPLETED", "1.9");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.field("Warning"),
            "299 http://a/dicomweb: The submitted request is inconsistent with the current state of the UPS "
            "Instance.");
  EXPECT_NE(refused.body.find("UnifiedProcedureStepPerformedProcedureSequence"), std::string::npos);
  EXPECT_EQ(change_state("1.2.3", "CANCELED", "1.9").status, 200);
  const Value* progress = first_item(only(get(kItem)), tag::kProgress);
  ASSERT_NE(progress, nullptr);
}

TEST_F(Worklist, OfTwoWhoClaimOneGetsIt) {
  constexpr int kItems = 20;
  constexpr int kClients = 4;
  for (int i = 0; i < kItems; ++i) create("1.2." + std::to_string(i));
  std::array<std::atomic<int>, kItems> claimed{};
  std::atomic<int> conflicts{0};
  {
    std::vector<std::jthread> clients;
    for (int who = 0; who < kClients; ++who)
      clients.emplace_back([&, who] {
        for (int i = 0; i < kItems; ++i) {
          const int status =
              change_state("1.2." + std::to_string(i), "IN PROGRESS", "1.9." + std::to_string(who)).status;
          if (status == 200) ++claimed[i];
          if (status == 409) ++conflicts;
        }
      });
  }
  for (const auto& each : claimed) EXPECT_EQ(each, 1);
  EXPECT_EQ(conflicts, kItems * (kClients - 1));
}

TEST_F(Worklist, SearchFindsByAnyAttribute) {
  create("1.2.3", R"("00100020":{"vr":"LO","Value":["P1"]},)");
  create("1.2.4", R"("00100020":{"vr":"LO","Value":["P2"]},)");
  create("1.2.5", R"("00100020":{"vr":"LO","Value":["P3"]},)");
  ASSERT_EQ(change_state("1.2.5", "IN PROGRESS", "1.9").status, 200);
  EXPECT_EQ(count(""), 3u);
  EXPECT_EQ(count("?PatientID=P1"), 1u);
  EXPECT_EQ(count("?00100020=P*"), 3u);
  EXPECT_EQ(count("?PatientName=doe%5EJANE"), 3u);
  EXPECT_EQ(count("?ProcedureStepState=SCHEDULED"), 2u);
  EXPECT_EQ(count("?ProcedureStepState=SCHEDULED&PatientID=P2"), 1u);
  EXPECT_EQ(count("?00741000=IN%20PROGRESS"), 1u);
  EXPECT_EQ(count("?SOPInstanceUID=1.2.3,1.2.5"), 2u);
  EXPECT_EQ(count("?00404005=20261122000000-20261123000000"), 3u);
  EXPECT_EQ(count("?00404005=20270101000000-"), 0u);
  EXPECT_EQ(count("?ScheduledWorkitemCodeSequence.CodeValue=X"), 0u);
  EXPECT_EQ(count("?limit=1"), 1u);
  EXPECT_EQ(count("?limit=2&offset=2"), 1u);
  EXPECT_EQ(count("?offset=7"), 0u);
  EXPECT_EQ(count("?unknown=1"), 3u);
  EXPECT_EQ(get("/dicomweb/workitems?limit=-1").status, 400);
  EXPECT_EQ(get("/dicomweb/workitems?includefield=NoSuchThing").status, 400);
  EXPECT_EQ(get("/dicomweb/workitems?00404005=yesterday").status, 400);
  EXPECT_EQ(get("/dicomweb/workitems?fuzzymatching=perhaps").status, 400);
  EXPECT_EQ(get("/dicomweb/workitems", "Accept: image/png\r\n").status, 406);
}

TEST_F(Worklist, SubscribersHearOfEverythingInOrder) {
  auto watcher = listen("WATCHER");
  const Answer subscribed = send("POST", kGlobal + "WATCHER");
  EXPECT_EQ(subscribed.status, 201);
  EXPECT_EQ(subscribed.field("Content-Location"), "ws://a/dicomweb/subscribers/WATCHER");
  create("1.2.3");
  Value event;
  EXPECT_EQ(next_event(watcher, &event), "1 SCHEDULED");
  EXPECT_EQ(text(event, 0x00000002), "1.2.840.10008.5.1.4.34.6.4");
  EXPECT_EQ(text(event, 0x00001000), "1.2.3");
  EXPECT_EQ(text(event, tag::kInputReadiness), "READY");
  change_state("1.2.3", "IN PROGRESS", "1.9");
  EXPECT_EQ(next_event(watcher), "1 IN PROGRESS");
  const std::string item = std::string(kItem) + "?transaction-uid=1.9";
  send("POST", item, R"({"00741002":{"vr":"SQ","Value":[{"00741004":{"vr":"DS","Value":["50"]}}]}})");
  EXPECT_EQ(next_event(watcher, &event), "3");
  EXPECT_TRUE(has_value(*first_item(event, tag::kProgress), 0x00741004));
  send("POST", item, R"({"00404025":)" + tests::code("ROOM1") + "}");
  EXPECT_EQ(next_event(watcher, &event), "5");
  EXPECT_TRUE(has_value(event, tag::kScheduledStationName));
  send("POST", std::string(kItem) + "/cancelrequest",
       R"({"00741238":{"vr":"LT","Value":["patient left"]},"0074100C":{"vr":"LO","Value":["Desk"]}})");
  EXPECT_EQ(next_event(watcher, &event), "2");
  EXPECT_EQ(text(event, tag::kCancellationReason), "patient left");
  EXPECT_EQ(text(event, tag::kContactName), "Desk");
  EXPECT_EQ(text(event, tag::kRequestingAe), "EHDS-GATEWAY");
  change_state("1.2.3", "CANCELED", "1.9");
  EXPECT_EQ(next_event(watcher, &event), "1 CANCELED");
  EXPECT_TRUE(has_value(event, tag::kDiscontinuationReason));
  EXPECT_EQ(send("DELETE", kGlobal + "WATCHER").status, 200);
  EXPECT_EQ(send("DELETE", kGlobal + "WATCHER").status, 404);
  create("1.2.4");
  EXPECT_FALSE(watcher.readable_within(50));
}

TEST_F(Worklist, ARequestToCancelAnItemThatNobodyTookCancelsIt) {
  auto watcher = listen("WATCHER");
  create("1.2.3");
  EXPECT_EQ(send("POST", std::string(kItem) + "/subscribers/WATCHER").status, 201);
  EXPECT_EQ(next_event(watcher), "1 SCHEDULED");  // the initial one
  EXPECT_EQ(
      send("POST", std::string(kItem) + "/cancelrequest",
           R"({"00741238":{"vr":"LT","Value":["twice ordered"]},"0074100A":{"vr":"UR","Value":["tel:1"]}})")
          .status,
      202);
  EXPECT_EQ(next_event(watcher), "1 IN PROGRESS");
  EXPECT_EQ(next_event(watcher), "1 CANCELED");
  const Value item = only(get(kItem));
  const Value* progress = first_item(item, tag::kProgress);
  ASSERT_NE(progress, nullptr);
  EXPECT_EQ(text(*progress, tag::kCancellationReason), "twice ordered");
  EXPECT_TRUE(has_value(*progress, tag::kCancellationTime));
  EXPECT_TRUE(has_value(*progress, tag::kDiscontinuationReason));
  EXPECT_TRUE(has_value(*progress, tag::kCommunications));
}

TEST_F(Worklist, SubscriptionsToTheWholeListFollowTheTable) {
  create("1.2.3");
  auto first = listen("FIRST");
  EXPECT_EQ(send("POST", kGlobal + "FIRST?deletionlock=true").status, 201);
  EXPECT_EQ(next_event(first), "1 SCHEDULED");  // with a lock, of all items
  EXPECT_EQ(send("POST", kGlobal + "FIRST/suspend").status, 200);
  EXPECT_EQ(send("POST", kGlobal + "FIRST/suspend").status, 404);
  create("1.2.4");
  change_state("1.2.3", "IN PROGRESS", "1.9");
  EXPECT_EQ(next_event(first), "1 IN PROGRESS");  // of the old item, none of the new one
  EXPECT_EQ(send("POST", std::string(kItem) + "/subscribers/FIRST/suspend").status, 400);
}

TEST_F(Worklist, FilteredSubscriptionsAreToldOfWhatMatches) {
  auto peer = listen("FILTER");
  EXPECT_EQ(send("POST", kFiltered + "FILTER").status, 400);
  EXPECT_EQ(send("POST", kFiltered + "FILTER?filter=NoSuchThing=1").status, 400);
  EXPECT_EQ(send("POST", kFiltered + "FILTER?filter=PatientID=P2,00741200=MEDIUM").status, 201);
  create("1.2.3", R"("00100020":{"vr":"LO","Value":["P1"]},)");
  create("1.2.4", R"("00100020":{"vr":"LO","Value":["P2"]},)");
  Value event;
  EXPECT_EQ(next_event(peer, &event), "1 SCHEDULED");
  EXPECT_EQ(text(event, 0x00001000), "1.2.4");
  EXPECT_EQ(send("DELETE", kFiltered + "FILTER").status, 200);
}

TEST_F(Worklist, BadSubscribersAreRefused) {
  create("1.2.3");
  const std::string base = std::string(kItem) + "/subscribers/";
  EXPECT_EQ(send("POST", base + "A_TITLE_OF_MORE_THAN_16").status, 400);
  EXPECT_EQ(send("POST", base + "%20").status, 400);
  EXPECT_EQ(send("POST", base + "ME?deletionlock=perhaps").status, 400);
  EXPECT_EQ(get("/dicomweb/subscribers/ME").status, 426);
  EXPECT_EQ(get("/dicomweb/subscribers/A_TITLE_OF_MORE_THAN_16").status, 400);
}

TEST_F(Worklist, EverythingSurvivesARestart) {
  create("1.2.3");
  ASSERT_EQ(send("POST", kGlobal + "WATCHER?deletionlock=true").status, 201);
  ASSERT_EQ(change_state("1.2.3", "IN PROGRESS", "1.9").status, 200);
  face.reset();
  store.reset();
  auto opened = store::Store::open({root.path() + "/store", false}, wall);
  ASSERT_TRUE(opened.ok());
  WorkitemFace again((*opened)->workitems(), {}, wall);
  const auto outcome =
      again.service().change_state("1.2.3", *codec::parse_json(state_change("CANCELED", "1.8")));
  EXPECT_EQ(outcome->status, 400);  // the Transaction UID is remembered
  EXPECT_EQ((*opened)->workitems().subscribers("1.2.3")->size(), 1u);
  EXPECT_EQ((*opened)->workitems().global_subscriptions()->size(), 1u);
  server->stop(0);
}

class LenientWorklist : public Worklist {
 protected:
  void SetUp() override {
    WorkitemConfig config;
    config.rules.supply_empty = true;
    config.max_results = 2;
    open(std::move(config));
  }
};

TEST_F(LenientWorklist, WhatIsMissingIsSuppliedAndSaid) {
  const Answer created =
      send("POST", "/dicomweb/workitems?1.2.3",
           R"({"00741000":{"vr":"CS","Value":["SCHEDULED"]},"00741200":{"vr":"CS","Value":["LOW"]},
                                  "00741204":{"vr":"LO","Value":["x"]},"00404041":{"vr":"CS","Value":["READY"]},
                                  "00404005":{"vr":"DT","Value":["2026"]}})");
  EXPECT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(created.field("Warning"), "299 http://a/dicomweb: The Workitem was created with modifications.");
  EXPECT_EQ(text(only(get(kItem)), tag::kWorklistLabel), "WORKLIST");
}

TEST_F(LenientWorklist, OwnLimitsAreAnnounced) {
  for (int i = 0; i < 5; ++i) create("1.2." + std::to_string(i));
  EXPECT_EQ(get("/dicomweb/workitems").field("Warning"),
            "299 http://a/dicomweb: There are 3 additional results that can be requested");
  EXPECT_EQ(get("/dicomweb/workitems?limit=1").field("Warning"), "");
  EXPECT_EQ(count("?offset=4"), 1u);
}

}  // namespace
}  // namespace gateway::workitems
