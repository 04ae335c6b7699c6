// Behaviour of the server over raw sockets: connections, methods, bodies, answers.
#include <fcntl.h>
#include <sys/resource.h>

#include <condition_variable>
#include <fstream>
#include <mutex>

#include "http_fixture.h"

namespace {

using namespace tests;

const std::string kGet = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
std::string post(const std::string& path, const std::string& type, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

using ServerBehaviour = ServerTest;

TEST_F(ServerBehaviour, AnswersCarryTheFieldsOfTheHouse) {
  start(clock);
  const Answer answer = client().exchange(kGet);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.field("Date"), http_date(clock.utc_us()));
  EXPECT_EQ(answer.field("Server"), "ehds-gateway");
  EXPECT_EQ(answer.field("Content-Length"), "5");
  EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.field("X-Request-Id").size(), 36u);
  EXPECT_EQ(answer.field("Connection"), "");
}

TEST_F(ServerBehaviour, KeepsASoundRequestIdAndReplacesAnother) {
  start();
  RawClient raw = client();
  EXPECT_EQ(
      raw.exchange("GET /hello HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc-1\r\n\r\n").field("X-Request-Id"),
      "abc-1");
  EXPECT_EQ(raw.exchange("GET /hello HTTP/1.1\r\nHost: a\r\nX-Request-Id: a b\"\r\n\r\n")
                .field("X-Request-Id")
                .size(),
            36u);
}

TEST_F(ServerBehaviour, PipelinedRequestsAreAnsweredInOrder) {
  start();
  RawClient raw = client();
  std::string all;
  for (int i = 0; i < 500; ++i)
    all += i % 3 ? "GET /echo/" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n"
                 : post("/size", "a/b", std::string(i, 'x'));
  raw.send(all);
  for (int i = 0; i < 500; ++i)
    ASSERT_EQ(raw.read_answer().body, i % 3 ? std::to_string(i) + "|http://a|" : std::to_string(i));
  EXPECT_EQ(handled, 500);
}

TEST_F(ServerBehaviour, HeadHasTheLengthOfGetAndNoBody) {
  start();
  RawClient raw = client();
  raw.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + kGet);
  const Answer head = raw.read_answer(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), "5");
  EXPECT_EQ(raw.read_answer().body, "hello");
}

TEST_F(ServerBehaviour, OptionsAnd405NameTheMethods) {
  start();
  RawClient raw = client();
  const Answer options = raw.exchange("OPTIONS /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.field("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(options.field("Content-Length"), "");
  EXPECT_EQ(raw.exchange("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").status, 204);
  const Answer wrong = raw.exchange("DELETE /json HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.field("Allow"), "POST, OPTIONS");
  EXPECT_EQ(raw.exchange("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n").status, 404);
  EXPECT_EQ(raw.exchange(kGet).status, 200);  // over the same connection
}

TEST_F(ServerBehaviour, SmallUnreadBodiesAreDrainedAndLargeOnesEndTheConnection) {
  start();
  RawClient raw = client();
  EXPECT_EQ(raw.exchange(post("/nothing", "a/b", std::string(60'000, 'x'))).status, 404);
  EXPECT_EQ(raw.exchange(post("/json", "text/plain", "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")).status, 415);
  EXPECT_EQ(raw.exchange(kGet).status, 200);
  raw.send(post("/nothing", "a/b", std::string(100'000, 'x')));
  const Answer answer = raw.read_answer();
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(raw.read_all(), "");
  EXPECT_EQ(handled, 1);
}

TEST_F(ServerBehaviour, BodiesOfGetAreRefused) {
  start();
  RawClient raw = client();
  EXPECT_EQ(raw.exchange("GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").status, 413);
  EXPECT_EQ(raw.exchange(kGet).status, 200);
}

TEST_F(ServerBehaviour, ContinueComesOnlyWhenNothingSpeaksAgainstTheRequest) {
  start();
  RawClient raw = client();
  const std::string expect = "Expect: 100-continue\r\n\r\n";
  raw.send("POST /size HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 3\r\n" + expect);
  EXPECT_EQ(raw.read_answer().status, 100);
  EXPECT_EQ(raw.exchange("abc").body, "3");
  for (const auto& [head, status] : std::vector<std::pair<std::string, int>>{
           {"POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n", 404},
           {"PUT /size HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n", 405},
           {"POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 3000\r\n",
            413},
           {"POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: 3\r\n", 415}}) {
    RawClient other = client();
    other.send(head + expect);
    EXPECT_EQ(other.read_answer().status, status) << head;
  }
}

TEST_F(ServerBehaviour, Http10ClosesUnlessAskedToStay) {
  start();
  RawClient raw = client();
  const Answer stays = raw.exchange("GET /echo/x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(stays.field("Connection"), "keep-alive");
  EXPECT_EQ(stays.body, "x|http://127.0.0.1:" + std::to_string(port) + "|");
  EXPECT_EQ(raw.exchange("GET /hello HTTP/1.0\r\n\r\n").field("Connection"), "close");
  EXPECT_EQ(raw.read_all(), "");
}

TEST_F(ServerBehaviour, AHalfClosedClientGetsItsAnswer) {
  start();
  RawClient raw = client();
  raw.send(kGet);
  raw.finish_sending();
  EXPECT_EQ(raw.read_answer().body, "hello");
  EXPECT_EQ(raw.read_all(), "");
}

TEST_F(ServerBehaviour, ErrorsAndExceptionsOfHandlersAreAnswered) {
  router.add(Method::Get, "/fails", {}, [](const Request&) -> Result<Response> {
    return fail(ErrorCode::Conflict, "no", "here", "secret");
  });
  router.add(Method::Get, "/throws", {},
             [](const Request&) -> Result<Response> { throw std::runtime_error("secret"); });
  router.add(Method::Get, "/odd", {}, [](const Request&) -> Result<Response> { throw 42; });
  start();
  RawClient raw = client();
  const Answer conflict = raw.exchange("GET /fails HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(conflict.status, 409);
  EXPECT_EQ(conflict.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(conflict.body.find("secret"), std::string::npos);
  const Answer thrown = raw.exchange("GET /throws HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(thrown.status, 500);
  EXPECT_EQ(thrown.body.find("secret"), std::string::npos);
  EXPECT_EQ(raw.exchange("GET /odd HTTP/1.1\r\nHost: a\r\n\r\n").status, 500);
  EXPECT_EQ(raw.exchange(kGet).status, 200);
}

TEST_F(ServerBehaviour, HandlersCannotBreakTheHead) {
  router.add(Method::Get, "/odd", {}, [](const Request&) -> Result<Response> {
    Response response = Response::text(200, "text/plain\r\nX-Evil: 1", "ok");
    response.headers.add("X-Bad Name", "1");
    response.headers.add("Content-Length", "99");
    response.headers.add("Transfer-Encoding", "chunked");
    return response;
  });
  start();
  const Answer answer = client().exchange("GET /odd HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(answer.body, "ok");
  EXPECT_EQ(answer.field("X-Evil"), "");
  EXPECT_EQ(answer.field("Transfer-Encoding"), "");
  EXPECT_EQ(answer.head.find("X-Bad"), std::string::npos);
}

TEST_F(ServerBehaviour, LargeBodiesGoToAnUnnamedFileAndComeBackWhole) {
  router.add(Method::Post, "/mirror", {.consumes = {"*/*"}, .body_limit = 64 << 20},
             [](const Request& request) -> Result<Response> {
               const auto* file = dynamic_cast<const FileSource*>(request.body.get());
               if (!file)
                 return Response::text(200, "text/plain", std::string(as_text(request.body->contiguous())));
               Response response;
               response.body.emplace_back("file:");
               response.body.emplace_back(FileRange{file->file(), 0, file->size()});
               return response;
             });
  config.limits.body_in_memory = 1000;
  start();
  RawClient raw = client();
  EXPECT_EQ(raw.exchange(post("/mirror", "a/b", std::string(1000, 'x'))).body, std::string(1000, 'x'));
  std::string large;
  while (large.size() < 3 << 20) large += "line " + std::to_string(large.size()) + "\n";
  std::thread sender([&] { raw.send(post("/mirror", "a/b", large)); });
  const Answer answer = raw.read_answer();
  sender.join();
  EXPECT_TRUE(answer.body == "file:" + large);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(ServerBehaviour, TheSpoolBudgetIsKeptAndGivenBack) {
  config.limits.body_in_memory = 1000;
  config.limits.spool_total = 100'000;
  start();
  RawClient raw = client();
  EXPECT_EQ(raw.exchange(post("/size", "a/b", std::string(90'000, 'x'))).body, "90000");
  EXPECT_EQ(raw.exchange(post("/size", "a/b", std::string(90'000, 'x'))).body, "90000");
  EXPECT_EQ(raw.exchange(post("/size", "a/b", std::string(110'000, 'x'))).status, 503);
}

std::uint64_t resident_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6));
  return 0;
}

TEST_F(ServerBehaviour, MemoryDoesNotGrowWithTheBody) {
  start();
  RawClient raw = client();
  const std::string block(1 << 20, 'x');
  raw.exchange(post("/size", "a/b", block));
  const std::uint64_t before = resident_kb();
  raw.send("POST /size HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: " +
           std::to_string(60 << 20) + "\r\n\r\n");
  for (int i = 0; i < 60; ++i) raw.send(block);
  EXPECT_EQ(raw.read_answer().body, std::to_string(60 << 20));
  EXPECT_LT(resident_kb(), before + 8 * 1024);
}

TEST_F(ServerBehaviour, ManyIdleConnectionsHoldNoThread) {
  start();
  std::vector<RawClient> idle;
  const std::string half = "GET /hello HTTP/1.1\r\nHos";
  for (int i = 0; i < 2000; ++i) {
    idle.emplace_back(port);
    ASSERT_TRUE(idle.back().connected()) << i;
    if (i % 2) idle.back().send(half);
  }
  RawClient active = client();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(active.exchange(kGet).status, 200);
  for (std::size_t i = 1; i < idle.size(); i += 200) EXPECT_EQ(idle[i].exchange("t: a\r\n\r\n").status, 200);
  for (std::size_t i = 0; i < idle.size(); i += 200) EXPECT_EQ(idle[i].exchange(kGet).status, 200);
}

TEST_F(ServerBehaviour, ASlowReaderHoldsNoThread) {
  const std::string path = folder.path() + "/large";
  {
    std::ofstream file(path);
    for (int i = 0; i < 2'000'000; ++i) file << "0123456789";
  }
  const auto handle = FileHandle::open(path).value();
  router.add(Method::Get, "/large", {}, [handle](const Request&) -> Result<Response> {
    Response response;
    response.body.emplace_back(FileRange{handle, 5, 19'999'995});
    response.body.emplace_back("the end");
    return response;
  });
  config.threads = 1;
  start();
  RawClient slow(port, 4096);
  slow.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(slow.receive());  // the answer has begun, and cannot go on
  RawClient other = client();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(other.exchange(kGet).status, 200);
  const Answer answer = slow.read_answer();
  ASSERT_EQ(answer.body.size(), 19'999'995u + 7);
  EXPECT_EQ(answer.body.substr(0, 10), "5678901234");
  EXPECT_TRUE(answer.body.ends_with("56789the end"));
}

TEST_F(ServerBehaviour, AFileThatShrankEndsTheConnection) {
  const std::string path = folder.path() + "/short";
  std::ofstream(path) << "0123456789";
  const auto handle = FileHandle::open(path).value();
  router.add(Method::Get, "/short", {}, [handle](const Request&) -> Result<Response> {
    Response response;
    response.body.emplace_back(FileRange{handle, 0, 1000});
    return response;
  });
  start();
  EXPECT_EQ(client().exchange("GET /short HTTP/1.1\r\nHost: a\r\n\r\n").status, 0);
  EXPECT_EQ(client().exchange(kGet).status, 200);
}

TEST_F(ServerBehaviour, AboveTheLimitOfConnectionsNewOnesGet503) {
  config.limits.connections = config.limits.connections_per_peer = 3;
  start();
  std::vector<RawClient> open;
  for (int i = 0; i < 3; ++i) {
    open.emplace_back(port);
    ASSERT_EQ(open.back().exchange(kGet).status, 200);
  }
  EXPECT_EQ(client().read_answer().status, 503);
  open.pop_back();
  int status = 503;
  for (int i = 0; i < 1000 && status != 200; ++i) status = client().exchange(kGet).status;
  EXPECT_EQ(status, 200);
}

TEST_F(ServerBehaviour, StopLetsARunningRequestFinish) {
  std::mutex mutex;
  std::condition_variable changed;
  bool running = false, go = false;
  router.add(Method::Get, "/waits", {}, [&](const Request&) -> Result<Response> {
    std::unique_lock lock(mutex);
    running = true;
    changed.notify_all();
    changed.wait(lock, [&] { return go; });
    return Response::text(200, "text/plain", "done");
  });
  start();
  RawClient idle = client();
  EXPECT_EQ(idle.exchange(kGet).status, 200);
  RawClient busy = client();
  busy.send("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return running; });
  }
  std::thread stopper([&] { server->stop(10'000); });
  EXPECT_EQ(idle.read_all(), "");  // idle connections end at once
  EXPECT_FALSE(client().connected() && client().exchange(kGet).status == 200);
  {
    const std::lock_guard lock(mutex);
    go = true;
  }
  changed.notify_all();
  const Answer answer = busy.read_answer();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.field("Connection"), "close");
  stopper.join();
  server->stop(0);  // again, without effect
}

TEST_F(ServerBehaviour, AnEmptyLineInTwoPiecesBeforeARequestIsIgnored) {
  start(clock);
  RawClient raw = client();
  EXPECT_EQ(raw.exchange(kGet).status, 200);
  raw.send("\r");
  RawClient other = client();
  for (int i = 0; i < 20; ++i) other.exchange(kGet);  // meanwhile the server has taken in the first piece
  EXPECT_EQ(raw.exchange("\n" + kGet).status, 200);
  EXPECT_EQ(raw.exchange("\rGET /hello HTTP/1.1\r\nHost: a\r\n\r\n").status, 400);
}

TEST_F(ServerBehaviour, SlowBodiesGoToDiskWhenTheMemoryOfAllIsUsedUp) {
  config.limits.memory_total = 100'000;
  start();
  std::vector<RawClient> slow;
  const std::string half(50'000, 'x');
  for (int i = 0; i < 20; ++i) {
    slow.emplace_back(port);
    slow.back().send("POST /size HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 100000\r\n\r\n" +
                     half);
  }
  for (auto& each : slow) EXPECT_EQ(each.exchange(half).body, "100000");
}

TEST_F(ServerBehaviour, PublicUrlAndTrustedForwardingDecideTheBaseUrl) {
  config.trust_forwarded = TrustForwarded::Loopback;
  start();
  RawClient raw = client();
  const std::string head = "GET /echo/x HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(raw.exchange(head + "Forwarded: for=1.2.3.4;proto=https;host=\"pub.example:444\"\r\n\r\n").body,
            "x|https://pub.example:444|");
  EXPECT_EQ(raw.exchange(head + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: p.example, q\r\n\r\n").body,
            "x|https://p.example|");
  EXPECT_EQ(raw.exchange(head + "X-Forwarded-Host: a/evil\r\n\r\n").body, "x|http://a|");
}

TEST_F(ServerBehaviour, ForwardedFieldsOfStrangersAreIgnored) {
  start();
  EXPECT_EQ(client().exchange("GET /echo/x HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: evil\r\n\r\n").body,
            "x|http://a|");
}

TEST_F(ServerBehaviour, RequestsAreCountedByFaceAndClass) {
  start();
  RawClient raw = client();
  raw.exchange(kGet);
  raw.exchange("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
  raw.exchange(kGet);
  const std::string text = metrics.text();
  EXPECT_NE(text.find("gateway_http_requests_total{face=\"none\",status=\"4xx\"} 1"), std::string::npos)
      << text;
  EXPECT_NE(text.find("gateway_http_request_seconds_count{face=\"test\"}"), std::string::npos);
}

}  // namespace
