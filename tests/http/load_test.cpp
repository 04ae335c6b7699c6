// What the server does when there is more work than workers, memory, disk or places: others go on, and what
// cannot be taken is told so.
#include <array>
#include <condition_variable>
#include <mutex>

#include "gateway/http/heavy_gate.h"
#include "gateway/http/peer_limit.h"
#include "http_fixture.h"

namespace {

using namespace tests;

const std::string kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kHeavy = "GET /heavy HTTP/1.1\r\nHost: a\r\n\r\n";

// Handlers that stay until they are let go.
class Latch {
 public:
  ~Latch() { open(); }
  void pass() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    --inside_;
  }
  void wait_for(int inside) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return inside_ >= inside; }));
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  int inside() {
    const std::lock_guard lock(mutex_);
    return inside_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  bool open_ = false;
};

class Load : public ServerTest {
 protected:
  Load() {
    config.threads = 3;
    const auto stay = [this](const Request& request) -> Result<Response> {
      latch.pass();
      return Response::text(200, "text/plain",
                            std::string(request.path) + std::to_string(request.body->size()));
    };
    router.add(Method::Get, "/heavy", {.heavy = true}, stay);
    router.add(Method::Post, "/heavy", {.consumes = {"*/*"}, .body_limit = 64 << 20, .heavy = true}, stay);
    router.add(Method::Get, "/stays", {}, stay);
    // Its answer is made while it is sent; the first part is more than a socket takes.
    router.add(Method::Get, "/lazy", {.heavy = true}, [this](const Request& request) -> Result<Response> {
      Response response;
      if (request.query_value("large")) response.body.emplace_back(std::string(kFirst, 'x'));
      response.body.emplace_back(LazyPiece{4, [this]() -> Result<std::vector<Piece>> {
                                             latch.pass();
                                             return std::vector<Piece>{"lazy"};
                                           }});
      return response;
    });
  }
  ~Load() override { latch.open(); }
  // As many exchanges as bring every thread of the server to look at what was sent before.
  void settle() {
    RawClient other = client();
    for (int i = 0; i < 50; ++i) EXPECT_EQ(other.exchange(kGet).status, 200);
  }
  static constexpr std::size_t kFirst = 32 << 20;
  Latch latch;
};

TEST_F(Load, HeavyRequestsWaitWhileLightOnesAreAnswered) {
  start();
  std::vector<RawClient> heavy;
  for (int i = 0; i < 10; ++i) {
    heavy.emplace_back(port);
    heavy.back().send(kHeavy);
  }
  latch.wait_for(1);
  settle();
  EXPECT_EQ(latch.inside(), 1);
  latch.open();
  for (auto& each : heavy) EXPECT_EQ(each.read_answer().body, "/heavy0");
}

TEST_F(Load, AnswersOfHeavyRequestsAreMadeByFewWorkersOnly) {
  start();
  std::vector<RawClient> heavy;
  for (int i = 0; i < 10; ++i) {
    heavy.emplace_back(port);
    heavy.back().send("GET /lazy HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  latch.wait_for(1);
  settle();
  EXPECT_EQ(latch.inside(), 1);
  latch.open();
  for (auto& each : heavy) EXPECT_EQ(each.read_answer().body, "lazy");
}

TEST_F(Load, AnswersThatHaveBegunWaitForTheirTurnWithoutALimitOrADeadline) {
  config.limits.heavy_queue = 1;
  start(clock);
  const std::string large = "GET /lazy?large=1 HTTP/1.1\r\nHost: a\r\n\r\n";
  std::vector<RawClient> begun;
  for (int i = 0; i < 5; ++i) {
    begun.emplace_back(port);
    begun.back().send(large);
    ASSERT_TRUE(begun.back().readable_within(20'000));
  }
  settle();
  RawClient busy = client();
  busy.send(kHeavy);
  latch.wait_for(1);
  for (auto& each : begun)
    while (each.readable_within(50)) ASSERT_TRUE(each.receive());
  for (int i = 0; i < 10; ++i) {
    settle();
    clock.advance_ms(60'000);
    server->sweep();
  }
  EXPECT_EQ(latch.inside(), 1);
  latch.open();
  for (auto& each : begun) EXPECT_EQ(each.read_answer().body.size(), kFirst + 4);
  EXPECT_EQ(busy.read_answer().status, 200);
}

TEST_F(Load, AnAnswerThatWaitsForItsTurnAndLosesItsClientLosesNoPlace) {
  start();
  RawClient busy = client();
  {
    RawClient gone = client();
    gone.send("GET /lazy?large=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(gone.readable_within(20'000));
    settle();
    busy.send(kHeavy);
    latch.wait_for(1);
  }
  settle();
  latch.open();
  EXPECT_EQ(busy.read_answer().status, 200);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client().exchange(kHeavy).status, 200);
}

TEST_F(Load, HeavyRequestsAboveTheQueueGet503AndTheConnectionGoesOn) {
  config.limits.heavy_queue = 2;
  start();
  std::vector<RawClient> heavy;
  for (int i = 0; i < 3; ++i) {
    heavy.emplace_back(port);
    heavy.back().send(kHeavy);
    if (i == 0) latch.wait_for(1);
  }
  settle();
  RawClient late = client();
  const Answer refused = late.exchange(kHeavy);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.field("Retry-After"), "1");
  EXPECT_EQ(late.exchange(kGet).status, 200);
  latch.open();
  for (auto& each : heavy) EXPECT_EQ(each.read_answer().status, 200);
  EXPECT_EQ(late.exchange(kHeavy).status, 200);
}

TEST_F(Load, AWaitingRequestHasNoDeadlineAndOneThatGoesAwayLosesNoPlace) {
  config.limits.heavy_queue = 2;
  start(clock);
  RawClient first = client();
  first.send(kHeavy);
  latch.wait_for(1);
  RawClient waits = client();
  waits.send("POST /heavy HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\nabc" + kGet);
  {
    RawClient gone = client();
    gone.send(kHeavy);
    settle();
  }
  for (int i = 0; i < 10; ++i) {
    clock.advance_ms(60'000);
    server->sweep();
  }
  settle();
  latch.open();
  EXPECT_EQ(first.read_answer().status, 200);
  EXPECT_EQ(waits.read_answer().body, "/heavy3");
  EXPECT_EQ(waits.read_answer().body, "hello");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client().exchange(kHeavy).status, 200);
}

TEST_F(Load, StopDoesNotWaitForTheQueue) {
  start();
  RawClient first = client(), second = client();
  first.send(kHeavy);
  latch.wait_for(1);
  second.send(kHeavy);
  settle();
  std::thread stopper([&] { server->stop(0); });
  latch.open();
  stopper.join();
}

TEST_F(Load, ABodyThatWaitsForAWorkerIsNotTooSlow) {
  start(clock);
  RawClient slow = client();
  slow.send("POST /size HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 6\r\n\r\nabc");
  settle();
  std::vector<RawClient> busy;
  for (int i = 0; i < 3; ++i) {
    busy.emplace_back(port);
    busy.back().send("GET /stays HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  latch.wait_for(3);
  RawClient fresh = client();
  slow.send("de");
  for (int i = 0; i < 100; ++i) {
    clock.advance_ms(1000);
    server->sweep();
  }
  latch.open();
  for (auto& each : busy) each.read_answer();
  EXPECT_FALSE(slow.readable_within(20));
  EXPECT_EQ(slow.exchange("f").body, "6");
  EXPECT_EQ(fresh.exchange(kGet).status, 200);
}

TEST_F(Load, OnePeerCannotHoldAllConnections) {
  config.limits.connections = 6;  // 3 for each peer
  start();
  std::vector<RawClient> open;
  for (int i = 0; i < 3; ++i) {
    open.emplace_back(port);
    ASSERT_EQ(open.back().exchange(kGet).status, 200);
  }
  const Answer refused = client().read_answer();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.field("Retry-After"), "1");
  open.pop_back();
  int status = 503;
  for (int i = 0; i < 1000 && status != 200; ++i) status = client().exchange(kGet).status;
  EXPECT_EQ(status, 200);
}

TEST_F(Load, Every503And429SaysWhenToComeAgain) {
  router.add(Method::Get, "/busy", {},
             [](const Request&) -> Result<Response> { return fail(ErrorCode::StoreBusy, "later"); });
  router.add(Method::Get, "/many", {},
             [](const Request&) -> Result<Response> { return fail(ErrorCode::TooManyRequests, "later"); });
  router.add(Method::Get, "/own", {}, [](const Request&) -> Result<Response> {
    Response response = Response::text(503, "text/plain", "not ready");
    response.headers.set("Retry-After", "9");
    return response;
  });
  start();
  RawClient raw = client();
  EXPECT_EQ(raw.exchange("GET /busy HTTP/1.1\r\nHost: a\r\n\r\n").field("Retry-After"), "1");
  EXPECT_EQ(raw.exchange("GET /many HTTP/1.1\r\nHost: a\r\n\r\n").field("Retry-After"), "1");
  EXPECT_EQ(raw.exchange("GET /own HTTP/1.1\r\nHost: a\r\n\r\n").field("Retry-After"), "9");
  EXPECT_EQ(raw.exchange(kGet).field("Retry-After"), "");
}

TEST(HeavyGate, WhatHasBegunGoesFirstAndIsNeverRefused) {
  HeavyGate gate(1, 1);
  EXPECT_EQ(gate.enter(1), HeavyGate::Entry::Run);
  EXPECT_EQ(gate.enter(2), HeavyGate::Entry::Wait);
  EXPECT_FALSE(gate.go_on(3));
  EXPECT_FALSE(gate.go_on(4));
  EXPECT_EQ(gate.next(), 0u);
  gate.leave();
  EXPECT_EQ(gate.next(), 3u);
  EXPECT_TRUE(gate.claim(3));
  EXPECT_FALSE(gate.claim(4));
  gate.forget(4);
  gate.leave();
  EXPECT_EQ(gate.next(), 2u);
  EXPECT_TRUE(gate.claim(2));
  gate.leave();
  EXPECT_TRUE(gate.go_on(5));
}

TEST(HeavyGate, KeepsOrderAndNeverLosesAPlace) {
  HeavyGate gate(1, 2);
  EXPECT_EQ(gate.enter(1), HeavyGate::Entry::Run);
  EXPECT_EQ(gate.enter(2), HeavyGate::Entry::Wait);
  EXPECT_EQ(gate.enter(3), HeavyGate::Entry::Wait);
  EXPECT_EQ(gate.enter(4), HeavyGate::Entry::Full);
  EXPECT_EQ(gate.next(), 0u);
  EXPECT_FALSE(gate.claim(2));
  gate.leave();
  EXPECT_EQ(gate.next(), 2u);
  EXPECT_EQ(gate.enter(4), HeavyGate::Entry::Full);  // nobody overtakes
  gate.forget(2);
  EXPECT_EQ(gate.next(), 3u);
  EXPECT_FALSE(gate.claim(2));
  EXPECT_TRUE(gate.claim(3));
  gate.leave();
  EXPECT_EQ(gate.next(), 0u);
  EXPECT_EQ(gate.enter(5), HeavyGate::Entry::Run);
}

TEST(PeerLimit, CountsEachPeerByItself) {
  PeerLimit limit(2);
  auto one = limit.take("192.0.2.1"), two = limit.take("192.0.2.1");
  EXPECT_TRUE(one && two);
  EXPECT_FALSE(limit.take("192.0.2.1"));
  EXPECT_TRUE(limit.take("192.0.2.2"));
  one.reset();
  EXPECT_TRUE(limit.take("192.0.2.1"));
}

}  // namespace
