// WebSocket (RFC 6455) over raw sockets: handshake, frames, closing, slow and silent peers, many of them.
#include "gateway/http/websocket.h"

#include <sys/resource.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "gateway/http/websocket_frame.h"
#include "gateway/http/websocket_session.h"
#include "http_fixture.h"
#include "tests/support/websocket_client.h"

namespace {

using namespace tests;

std::string frame(int opcode, std::string_view payload, bool final = true, bool masked = true) {
  return WebSocketClient::frame(opcode, payload, final, masked);
}

// Echoes, and remembers what happened.
struct Recorder final : WebSocketHandler {
  void opened(const std::shared_ptr<WebSocket>& socket) override {
    const std::lock_guard lock(mutex);
    sockets.push_back(socket);
    changed.notify_all();
  }
  void message(const std::shared_ptr<WebSocket>& socket, std::string_view text) override {
    if (text == "throw") throw std::runtime_error("as asked");
    if (text == "bye") return socket->close(close_code::kNormal, "as asked");
    socket->send("echo " + std::string(text));
  }
  void closed(const std::shared_ptr<WebSocket>&, std::uint16_t code) override {
    const std::lock_guard lock(mutex);
    codes.push_back(code);
    changed.notify_all();
  }
  std::shared_ptr<WebSocket> socket(std::size_t index = 0) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::seconds(20), [&] { return sockets.size() > index; });
    return sockets.size() > index ? sockets[index] : nullptr;
  }
  std::vector<std::uint16_t> closed_codes(std::size_t count) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::seconds(20), [&] { return codes.size() >= count; });
    return codes;
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::shared_ptr<WebSocket>> sockets;
  std::vector<std::uint16_t> codes;
};

class WebSockets : public ServerTest {
 protected:
  WebSockets() {
    options.subprotocols = {"second", "first"};
    router.add(Method::Get, "/socket", {.tag = "test"},
               [this](const Request& request) { return accept_websocket(request, recorder, options); });
  }
  WebSocketClient opened(int receive_buffer = 0) {
    WebSocketClient peer(port, receive_buffer);
    EXPECT_EQ(peer.open("/socket"), 101) << peer.head();
    return peer;
  }
  std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
  WebSocketOptions options;
};

TEST_F(WebSockets, TheHandshakeOfTheStandardIsAnsweredAsThere) {
  start();
  WebSocketClient peer = opened();
  EXPECT_NE(peer.head().find("HTTP/1.1 101 Switching Protocols\r\n"), std::string::npos);
  EXPECT_NE(peer.head().find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), std::string::npos);
  EXPECT_NE(peer.head().find("Upgrade: websocket\r\n"), std::string::npos);
  EXPECT_NE(peer.head().find("Connection: Upgrade\r\n"), std::string::npos);
  EXPECT_EQ(peer.head().find("Content-Length"), std::string::npos);
  peer.send_text("hello");
  EXPECT_EQ(peer.read_text(), "echo hello");
}

TEST_F(WebSockets, WhatIsNoHandshakeIsRefused) {
  start();
  const std::string start_line = "GET /socket HTTP/1.1\r\nHost: a\r\n";
  const std::string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  RawClient raw = client();
  const Answer plain = raw.exchange(start_line + "\r\n");
  EXPECT_EQ(plain.status, 426);
  EXPECT_EQ(plain.field("Upgrade"), "websocket");
  EXPECT_EQ(plain.field("Sec-WebSocket-Version"), "13");
  EXPECT_EQ(raw.exchange(start_line + upgrade + key + "Sec-WebSocket-Version: 8\r\n\r\n").status, 426);
  EXPECT_EQ(raw.exchange(start_line + upgrade + version + "\r\n").status, 400);
  EXPECT_EQ(raw.exchange(start_line + upgrade + version + "Sec-WebSocket-Key: short==\r\n\r\n").status, 400);
  EXPECT_EQ(raw.exchange(start_line + upgrade + version + key + key + "\r\n").status, 400);
  EXPECT_EQ(raw.exchange(start_line + "Upgrade: websocket\r\n" + version + key + "\r\n").status, 400);
  EXPECT_EQ(raw.exchange("POST /socket HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").status, 405);
  EXPECT_EQ(raw.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);  // the connection goes on
}

TEST_F(WebSockets, PagesOfOtherOriginsMayNotConnectUnlessAllowed) {
  options.allows_origin = [](std::string_view origin) { return origin == "https://viewer.example"; };
  start();
  EXPECT_EQ(WebSocketClient(port).open("/socket", "Origin: https://evil.example\r\n"), 403);
  EXPECT_EQ(WebSocketClient(port).open("/socket", "Origin: https://viewer.example\r\n"), 101);
}

TEST_F(WebSockets, WithoutAListOnlyTheOwnOriginConnects) {
  start();
  EXPECT_EQ(WebSocketClient(port).open("/socket", "Origin: http://b\r\n"), 403);
  EXPECT_EQ(WebSocketClient(port).open("/socket", "Origin: http://a\r\n"), 101);
}

TEST_F(WebSockets, TheSubprotocolIsOurFirstThatTheClientOffers) {
  start();
  WebSocketClient peer(port);
  ASSERT_EQ(peer.open("/socket", "Sec-WebSocket-Protocol: third, first\r\n"), 101);
  EXPECT_NE(peer.head().find("Sec-WebSocket-Protocol: first\r\n"), std::string::npos);
  WebSocketClient none(port);
  ASSERT_EQ(none.open("/socket", "Sec-WebSocket-Protocol: third\r\n"), 101);
  EXPECT_EQ(none.head().find("Sec-WebSocket-Protocol"), std::string::npos);
}

TEST_F(WebSockets, FramesSentWithTheHandshakeAreNotLost) {
  start();
  WebSocketClient peer(port);
  peer.send_raw(WebSocketClient::handshake("/socket") + frame(1, "early"));
  ASSERT_EQ(peer.read_head(), 101);
  EXPECT_EQ(peer.read_text(), "echo early");
}

TEST_F(WebSockets, FragmentsMakeOneMessageAndPingsMayComeBetween) {
  start();
  WebSocketClient peer = opened();
  const std::string all =
      frame(1, "a\xC3", false) + frame(9, "ping") + frame(0, "", false) + frame(0, "\xA4z");
  for (const char byte : all) peer.send_raw({&byte, 1});
  const WebSocketFrame pong = peer.read_frame();
  EXPECT_EQ(pong.opcode, 10);
  EXPECT_EQ(pong.payload, "ping");
  EXPECT_EQ(peer.read_text(), "echo a\xC3\xA4z");
}

TEST_F(WebSockets, BothSidesCanClose) {
  start();
  WebSocketClient first = opened();
  first.send_close(1000);
  WebSocketFrame answer = first.read_frame();
  EXPECT_EQ(answer.opcode, 8);
  EXPECT_EQ(answer.close_code(), 1000);
  EXPECT_TRUE(first.read_frame().ended);
  EXPECT_EQ(recorder->closed_codes(1), std::vector<std::uint16_t>{1000});
  WebSocketClient second = opened();
  second.send_text("bye");
  EXPECT_EQ(second.read_frame().close_code(), 1000);
  EXPECT_FALSE(recorder->socket(1)->send("too late"));
  second.send_close(1000);
  EXPECT_TRUE(second.read_frame().ended);
  EXPECT_EQ(recorder->closed_codes(2).size(), 2u);
}

TEST_F(WebSockets, APeerThatVanishesIsAbnormal) {
  start();
  { WebSocketClient peer = opened(); }
  EXPECT_EQ(recorder->closed_codes(1), std::vector<std::uint16_t>{1006});
}

TEST_F(WebSockets, AHandlerThatThrowsEndsNothing) {
  start();
  WebSocketClient peer = opened();
  peer.send_text("throw");
  peer.send_text("still there");
  EXPECT_EQ(peer.read_text(), "echo still there");
}

struct BadFrame {
  const char* name;
  std::string bytes;
  int code;
};

TEST_F(WebSockets, BreachesOfTheProtocolCloseWithTheirCode) {
  options.max_message = 1000;
  start();
  const std::string long_length{'\x81', '\xFF', 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 'x'};
  const std::string huge{'\x81', '\xFF', '\x7F', '\xFF', '\xFF', '\xFF', '\xFF',
                         '\xFF', '\xFF', '\xFF', 1,      2,      3,      4};
  const BadFrame cases[] = {
      {"unmasked", frame(1, "x", true, false), 1002},
      {"reserved bit", "\xC1" + frame(1, "x").substr(1), 1002},
      {"unknown opcode", frame(3, "x"), 1002},
      {"unknown control opcode", frame(11, "x"), 1002},
      {"long ping", frame(9, std::string(126, 'x')), 1002},
      {"fragmented ping", frame(9, "x", false), 1002},
      {"continuation of nothing", frame(0, "x"), 1002},
      {"text within a message", frame(1, "x", false) + frame(1, "y"), 1002},
      {"length in too many bytes", long_length, 1002},
      {"huge length", huge, 1009},
      {"message beyond the limit", frame(1, std::string(1001, 'x')), 1009},
      {"fragments beyond the limit", frame(1, std::string(600, 'x'), false) + frame(0, std::string(600, 'x')),
       1009},
      {"endless empty fragments", frame(1, "x", false), 1008},
      {"binary", frame(2, "x"), 1003},
      {"not UTF-8", frame(1, "\xC0\xAF"), 1007},
      {"close of one byte", frame(8, "x"), 1002},
      {"close with a code never sent", frame(8, std::string("\x03\xED", 2)), 1002},
      {"close with a broken reason", frame(8, std::string("\x03\xE8\xFF", 3)), 1007},
  };
  for (const BadFrame& bad : cases) {
    WebSocketClient peer = opened();
    peer.send_raw(bad.bytes);
    if (bad.code == 1008)
      for (int i = 0; i < 5000; ++i) peer.send_raw(frame(0, "", false));
    const WebSocketFrame answer = peer.read_frame();
    EXPECT_EQ(answer.opcode, 8) << bad.name;
    EXPECT_EQ(answer.close_code(), bad.code) << bad.name;
    EXPECT_TRUE(peer.read_frame().ended) << bad.name;
  }
}

TEST_F(WebSockets, APeerThatDoesNotReadIsClosedAndOthersGoOn) {
  options.max_queue = 100'000;
  start();
  WebSocketClient slow = opened(4096);
  const auto socket = recorder->socket();
  ASSERT_TRUE(socket);
  const std::string text(10'000, 'x');
  int sent = 0;
  while (sent < 5000 && socket->send(text)) ++sent;
  EXPECT_LT(sent, 5000);
  EXPECT_FALSE(socket->send("more"));
  WebSocketClient other = opened();
  other.send_text("hello");
  EXPECT_EQ(other.read_text(), "echo hello");
  WebSocketFrame last;
  int got = 0;
  while ((last = slow.read_frame()).opcode == 1) got += last.payload == text;
  EXPECT_EQ(last.close_code(), 1013);  // behind whole messages only
  EXPECT_LE(got, sent);
}

TEST_F(WebSockets, AllSocketsTogetherMayNotFillTheMemory) {
  config.limits.socket_total = 30'000;
  options.max_queue = 1 << 30;
  start();
  WebSocketClient first = opened(4096);
  const auto socket = recorder->socket();
  const std::string text(10'000, 'x');
  int sent = 0;
  while (sent < 5000 && socket->send(text)) ++sent;
  EXPECT_LT(sent, 5000);
}

TEST_F(WebSockets, ASilentPeerIsPingedAndThenGivenUp) {
  options.ping_after_ms = 30'000;
  start(clock);
  WebSocketClient peer = opened();
  ASSERT_TRUE(recorder->socket());
  clock.advance_ms(29'000);
  server->sweep();
  EXPECT_FALSE(peer.readable_within(20));
  clock.advance_ms(1'001);
  server->sweep();
  EXPECT_EQ(peer.read_frame().opcode, 9);
  peer.send_raw(frame(10, ""));
  peer.send_text("alive");
  EXPECT_EQ(peer.read_text(), "echo alive");
  clock.advance_ms(30'001);
  server->sweep();
  EXPECT_EQ(peer.read_frame().opcode, 9);
  clock.advance_ms(30'001);
  server->sweep();
  EXPECT_TRUE(peer.read_frame().ended);
  EXPECT_EQ(recorder->closed_codes(1), std::vector<std::uint16_t>{1006});
}

TEST_F(WebSockets, APeerThatDoesNotAnswerACloseIsLeft) {
  start(clock);
  WebSocketClient peer = opened();
  recorder->socket()->close(close_code::kNormal);
  EXPECT_EQ(peer.read_frame().close_code(), 1000);
  clock.advance_ms(2'001);
  server->sweep();
  EXPECT_TRUE(peer.read_frame().ended);
}

TEST_F(WebSockets, AStoppingServerSaysGoodbye) {
  start();
  WebSocketClient peer = opened();
  ASSERT_TRUE(recorder->socket());
  std::jthread stopper([this] { server->stop(5000); });
  EXPECT_EQ(peer.read_frame().close_code(), 1001);
  peer.send_close(1001);
  EXPECT_TRUE(peer.read_frame().ended);
  stopper.join();
  EXPECT_FALSE(recorder->socket()->send("nobody there"));
}

TEST_F(WebSockets, MessagesOfManyThreadsArriveWhole) {
  start();
  WebSocketClient peer = opened();
  const auto socket = recorder->socket();
  ASSERT_TRUE(socket);
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) socket->send(std::to_string(thread) + ":" + std::to_string(i));
    });
  std::vector<int> next(kThreads);
  for (int i = 0; i < kThreads * kEach; ++i) {
    const std::string text = peer.read_text();
    const auto colon = text.find(':');
    ASSERT_NE(colon, std::string::npos);
    ASSERT_EQ(std::stoi(text.substr(colon + 1)), next[std::stoi(text.substr(0, colon))]++);
  }
}

TEST_F(WebSockets, ThousandsOfIdleSocketsHoldNoThread) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  const int count = files.rlim_cur > 5000 ? 2000 : 200;
  start();
  std::vector<WebSocketClient> peers;
  for (int i = 0; i < count; ++i) peers.push_back(opened());
  ASSERT_TRUE(recorder->socket(static_cast<std::size_t>(count) - 1));
  EXPECT_EQ(client().exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").body, "hello");
  for (int i = 0; i < count; ++i) recorder->socket(static_cast<std::size_t>(i))->send("all");
  for (auto& peer : peers) ASSERT_EQ(peer.read_text(), "all");
}

// A peer that reads nothing, or just a little now and then.
struct SlowTransport final : http::Transport {
  int fd() const override { return -1; }
  const std::string& peer() const override { return name; }
  bool secure() const override { return false; }
  http::IoResult read(std::span<char>) override { return {http::IoState::Blocked, 0}; }
  http::IoResult write(std::span<const iovec>, bool) override {
    if (room == 0) return {http::IoState::Blocked, 0};
    return {http::IoState::Ok, std::exchange(room, 0)};
  }
  http::IoResult write_file(int, std::uint64_t, std::uint64_t) override { return {http::IoState::Fault, 0}; }
  void shutdown_write() override {}
  bool short_read_means_drained() const override { return true; }
  std::string name = "peer";
  std::size_t room = 0;
};

struct WebSocketSessions : ::testing::Test {
  std::shared_ptr<http::WebSocketSession> session(std::uint64_t max_queue) {
    WebSocketOptions options;
    options.max_queue = max_queue;
    options.ping_after_ms = 30'000;
    return std::make_shared<http::WebSocketSession>(
        WebSocketUpgrade{std::make_shared<Recorder>(), std::move(options)}, [] {},
        std::make_shared<http::ByteBudget>(1 << 20), 0);
  }
  static constexpr std::int64_t kStall = 30'000'000;
  SlowTransport transport;
};

// Pongs of two bytes take far more than two bytes while they wait.
TEST_F(WebSocketSessions, PingsOfAPeerThatDoesNotReadAreBoundedByTheMemoryTheyTake) {
  const auto flooded = session(100'000);
  const std::string ping = frame(9, "");
  int taken = 0;
  while (!flooded->closing() && taken < 50'000) {
    flooded->take(ping, 0);
    ++taken;
  }
  EXPECT_LT(taken, 4'000);
}

TEST_F(WebSocketSessions, WhatWasSentJustBeforeTheDeadlineOfSilenceIsNoReasonToEnd) {
  const auto silent = session(100'000);
  EXPECT_TRUE(silent->send("news"));
  EXPECT_TRUE(silent->on_deadline(30'000'000, kStall));
}

TEST_F(WebSocketSessions, ASlowReaderIsPingedAndOnlyAStandstillEndsIt) {
  const auto slow = session(100'000);
  EXPECT_TRUE(slow->send(std::string(1'000, 'x')));
  transport.room = 100;
  EXPECT_EQ(slow->flush(transport, 20'000'000), http::WebSocketSession::Flush::Blocked);
  EXPECT_TRUE(slow->on_deadline(30'000'000, kStall)) << "it read ten seconds ago";
  slow->take(frame(10, ""), 31'000'000);
  EXPECT_FALSE(slow->on_deadline(50'000'000, kStall)) << "it read nothing for thirty seconds";
}

// The reader gives the same events however the bytes are cut.
TEST(WebSocketFrames, AnyCutGivesTheSameEvents) {
  const std::string bytes = frame(1, "one") + frame(9, "p") + frame(1, std::string(300, 'x'), false) +
                            frame(10, "") + frame(0, "end") + frame(8, std::string("\x03\xE8why", 5));
  for (std::size_t step = 1; step < 40; ++step) {
    http::FrameReader reader(1000);
    std::string seen;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      std::string_view piece = std::string_view(bytes).substr(at, step);
      while (auto event = reader.next(piece))
        seen +=
            std::to_string(static_cast<int>(event->kind)) + ":" + std::to_string(event->text.size()) + " ";
      EXPECT_TRUE(piece.empty());
    }
    EXPECT_EQ(seen, "0:3 1:1 2:0 0:303 3:3 ") << step;
  }
}

}  // namespace
