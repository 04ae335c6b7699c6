// Deadlines of connections, with a clock that only the test moves.
#include "http_fixture.h"

namespace {

using namespace tests;

class Deadlines : public ServerTest {
 protected:
  // Moves the clock in steps until the server says something; the time that it took.
  int ms_until_readable(RawClient& raw, int step_ms, int most_ms) {
    int passed = 0;
    while (!raw.readable_within(2) && passed < most_ms) {
      clock.advance_ms(step_ms);
      passed += step_ms;
      server->sweep();
    }
    return passed;
  }
  int open_connections() const {
    const std::string text = metrics.text();
    const auto at = text.find("\ngateway_http_connections ");
    return at == std::string::npos ? 0 : std::atoi(text.c_str() + at + 26);
  }
  // Until the server has certainly taken in all that was sent before: another connection was served
  // meanwhile.
  void settle() {
    RawClient other = client();
    for (int i = 0; i < 20; ++i) other.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  }
};

TEST_F(Deadlines, ASlowHeadGets408) {
  start(clock);
  RawClient raw = client();
  raw.send("GET /hello HTTP/1.1\r\nHost: a\r\nX-A: ");
  settle();
  const int passed = ms_until_readable(raw, 500, 60'000);
  EXPECT_GE(passed, 10'000);
  EXPECT_LE(passed, 11'000);
  EXPECT_EQ(raw.read_answer().status, 408);
  EXPECT_EQ(raw.read_all(), "");
}

TEST_F(Deadlines, BytesNowAndThenDoNotProlongAHead) {
  start(clock);
  RawClient raw = client();
  raw.send("GET /hello HTTP/1.1\r\n");
  for (int i = 0; i < 11; ++i) {
    raw.send("X-A: b\r\n");
    settle();
    clock.advance_ms(1000);
    server->sweep();
  }
  EXPECT_EQ(raw.read_answer().status, 408);
}

TEST_F(Deadlines, AnIdleConnectionIsClosedWithoutAWord) {
  start(clock);
  RawClient raw = client();
  raw.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  settle();
  EXPECT_GE(ms_until_readable(raw, 1000, 120'000), 60'000);
  EXPECT_EQ(raw.read_all(), "");
}

TEST_F(Deadlines, ABodyThatStallsGets408) {
  start(clock);
  RawClient raw = client();
  raw.send("POST /size HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 1000000\r\n\r\n" +
           std::string(500'000, 'x'));
  settle();
  const int passed = ms_until_readable(raw, 1000, 120'000);
  EXPECT_GE(passed, 30'000);
  EXPECT_LE(passed, 45'000);  // from when the server took in the last byte
  EXPECT_EQ(raw.read_answer().status, 408);
  EXPECT_EQ(handled.load() > 0, true);  // by settle() only
}

TEST_F(Deadlines, ABodyBelowTheMinimumRateGets408) {
  start(clock);
  RawClient raw = client();
  raw.send("POST /size HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 1000000\r\n\r\n");
  int seconds = 0;
  for (; seconds < 60 && !raw.readable_within(0); ++seconds) {
    raw.send("slow");
    settle();
    clock.advance_ms(1000);
    server->sweep();
  }
  EXPECT_GE(seconds, 10);
  EXPECT_LE(seconds, 20);
  EXPECT_EQ(raw.read_answer().status, 408);
}

TEST_F(Deadlines, AClientThatReadsNothingIsCutOff) {
  const std::string large(8 << 20, 'x');
  router.add(Method::Get, "/large", {},
             [&](const Request&) -> Result<Response> { return Response::text(200, "text/plain", large); });
  start(clock);
  RawClient raw(port, 4096);
  raw.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(raw.receive());
  settle();
  const std::int64_t before = clock.steady_us();
  do {
    clock.advance_ms(1000);
    server->sweep();
  } while (open_connections() > 0 && clock.steady_us() - before < 3000'000'000);
  EXPECT_GE(clock.steady_us() - before, 29'000'000);
  EXPECT_LT(raw.read_all().size(), large.size());
  EXPECT_FALSE(raw.timed_out());
}

}  // namespace
