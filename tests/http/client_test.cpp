#include "gateway/http/client.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/fake_http_server.h"
#include "tests/support/temp_folder.h"

namespace gateway::http {
namespace {

using tests::FakeAnswer;
using tests::FakeHttpServer;

std::string answer_of(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

class ClientTest : public ::testing::Test {
 protected:
  Result<ClientAnswer> get(const FakeHttpServer& server, ClientOptions options = {}) {
    options.name = "upstream";
    options.base_url = server.base() + "/base";
    options.spool_folder = folder_.path();
    client_ = HttpClient::make(options).value();
    ClientRequest request;
    request.target = "/thing?x=1";
    return client_->send(request);
  }
  static std::string text(const ClientAnswer& answer) {
    std::string bytes(answer.body->size(), '\0');
    EXPECT_TRUE(answer.body->read_at(0, std::as_writable_bytes(std::span(bytes))).ok());
    return bytes;
  }
  void expect_error(const Result<ClientAnswer>& answer, ErrorCode code) {
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, code) << answer.error().text();
    EXPECT_NE(answer.error().message.find("upstream"), std::string::npos) << answer.error().message;
  }

  testing::TempFolder folder_;
  std::unique_ptr<HttpClient> client_;
};

TEST_F(ClientTest, GetsAnAnswerWithItsHeaders) {
  std::string seen;
  const FakeHttpServer server([&](const std::string& request) {
    seen = request;
    return FakeAnswer{answer_of("hello", "X-Thing: 7\r\n")};
  });
  ClientOptions options;
  options.bearer = "secret";
  const auto answer = get(server, options);
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.get("x-thing"), "7");
  EXPECT_EQ(text(*answer), "hello");
  EXPECT_TRUE(seen.starts_with("GET /base/thing?x=1 HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("Authorization: Bearer secret\r\n"), std::string::npos);
}

TEST_F(ClientTest, LargeAnswersGoToAFile) {
  const std::string large(3 << 20, 'x');
  const FakeHttpServer server([&](const std::string&) { return FakeAnswer{answer_of(large)}; });
  ClientOptions options;
  options.in_memory_bytes = 1024;
  const auto answer = get(server, options);
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_TRUE(answer->body->contiguous().empty());
  EXPECT_EQ(text(*answer), large);
}

TEST_F(ClientTest, APostSendsAllPieces) {
  std::string seen;
  const FakeHttpServer server(
      [&](const std::string& request) {
        seen = request;
        return FakeAnswer{answer_of("ok")};
      },
      true);
  ASSERT_TRUE(get(server).ok());
  ClientRequest request;
  request.method = Method::Post;
  static const std::string one = "first,", two = "second";
  request.body = {std::make_shared<MemorySource>(one), std::make_shared<MemorySource>(two)};
  ASSERT_TRUE(client_->send(request).ok());
  EXPECT_TRUE(seen.ends_with("\r\n\r\nfirst,second")) << seen;
  EXPECT_NE(seen.find("Content-Length: 12\r\n"), std::string::npos);
}

TEST_F(ClientTest, BrokenAnswersAreBadGateways) {
  const std::string broken[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",            // lies about its length
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",  // cut
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",  // no size
      "this is no HTTP at all\r\n\r\n",                                                 //
      "",                                                                               // nothing
      "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",                                  //
  };
  for (const std::string& bytes : broken) {
    const FakeHttpServer server([&](const std::string&) { return FakeAnswer{bytes, true}; });
    expect_error(get(server), ErrorCode::BadGateway);
  }
}

TEST_F(ClientTest, AnnouncedLengthsAllocateNothing) {
  const FakeHttpServer server([&](const std::string&) {
    return FakeAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 4000000000000\r\n\r\nx", true};
  });
  expect_error(get(server), ErrorCode::BadGateway);
}

TEST_F(ClientTest, AnAnswerLargerThanAllowedIsRefused) {
  const FakeHttpServer server(
      [&](const std::string&) { return FakeAnswer{answer_of(std::string(5000, 'x'))}; });
  ClientOptions options;
  options.max_answer_bytes = 4999;
  expect_error(get(server, options), ErrorCode::BadGateway);
  options.max_answer_bytes = 5000;
  EXPECT_TRUE(get(server, options).ok());
}

TEST_F(ClientTest, TooManyHeadersAreRefused) {
  std::string headers;
  for (int i = 0; i < 300; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
  const FakeHttpServer server([&](const std::string&) { return FakeAnswer{answer_of("x", headers)}; });
  expect_error(get(server), ErrorCode::BadGateway);
}

TEST_F(ClientTest, ASilentServerIsATimeout) {
  const FakeHttpServer server(
      [&](const std::string&) { return FakeAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"}; });
  ClientOptions options;
  options.total_ms = 200;
  expect_error(get(server, options), ErrorCode::GatewayTimeout);
  options.total_ms = 10'000;
  options.idle_ms = 100;
  expect_error(get(server, options), ErrorCode::GatewayTimeout);
}

TEST_F(ClientTest, StoppingEndsWhatIsUnderWayAndAllThatComes) {
  std::atomic<bool> asked = false;
  const FakeHttpServer server([&](const std::string&) {
    asked = true;
    return FakeAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"};
  });
  ClientOptions options;
  options.name = "upstream";
  options.base_url = server.base();
  client_ = HttpClient::make(options).value();
  std::thread stopper([&] {
    while (!asked) std::this_thread::yield();
    client_->stop();
  });
  const auto begun = std::chrono::steady_clock::now();
  expect_error(client_->send({}), ErrorCode::BadGateway);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  stopper.join();
  expect_error(client_->send({}), ErrorCode::BadGateway);
}

TEST_F(ClientTest, AServerThatIsNotThereIsABadGateway) {
  auto server = std::make_unique<FakeHttpServer>([](const std::string&) { return FakeAnswer{}; });
  ClientOptions options;
  options.name = "upstream";
  options.base_url = server->base();
  server.reset();
  expect_error((*HttpClient::make(options))->send({}), ErrorCode::BadGateway);
}

TEST_F(ClientTest, RedirectsStayWithinTheServer) {
  const FakeHttpServer server([&](const std::string& request) {
    if (request.starts_with("GET /base/thing"))
      return FakeAnswer{"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"};
    return FakeAnswer{answer_of("there")};
  });
  const auto answer = get(server);
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(text(*answer), "there");
  for (const char* to :
       {"http://127.0.0.1:1/x", "file:///etc/passwd", "//evil.example/", "/base/thing?x=1"}) {
    const FakeHttpServer elsewhere([&](const std::string&) {
      return FakeAnswer{"HTTP/1.1 302 Found\r\nLocation: " + std::string(to) +
                        "\r\nContent-Length: 0\r\n\r\n"};
    });
    expect_error(get(elsewhere), ErrorCode::BadGateway);
  }
}

// Nobody gets to write into the request, or to choose another server.
TEST_F(ClientTest, WhatWouldChangeTheRequestIsNotSent) {
  int asked = 0;
  const FakeHttpServer server([&](const std::string&) { return ++asked, FakeAnswer{answer_of("x")}; });
  ClientOptions options;
  options.name = "upstream";
  options.base_url = server.base();
  client_ = HttpClient::make(options).value();
  for (const char* target : {"@127.0.0.1/x", ".evil.example/", "/a b", "/a\r\nX-Y: 1", "/a#b", ":1/"}) {
    ClientRequest request;
    request.target = target;
    EXPECT_FALSE(client_->send(request).ok()) << target;
  }
  ClientRequest request;
  request.target = "/";
  request.headers = {{"Accept", "text/plain\r\nX-Y: 1"}};
  EXPECT_FALSE(client_->send(request).ok());
  EXPECT_EQ(asked, 0);
}

TEST_F(ClientTest, AnyStatusIsAnAnswer) {
  const FakeHttpServer server(
      [&](const std::string&) { return FakeAnswer{"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"}; });
  const auto answer = get(server);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 503);
}

TEST_F(ClientTest, OnlyHttpUrlsAreTaken) {
  for (const char* url :
       {"ftp://host/", "file:///etc/passwd", "http://", "http://host/?x", "host", "http://user@host/"}) {
    ClientOptions options;
    options.base_url = url;
    EXPECT_FALSE(HttpClient::make(options).ok()) << url;
  }
}

TEST_F(ClientTest, AFixedAddressNeedsNoResolution) {
  const FakeHttpServer server([&](const std::string& request) {
    return FakeAnswer{answer_of(request.find("Host: pacs.invalid:") == std::string::npos ? "no" : "yes")};
  });
  ClientOptions options;
  options.name = "upstream";
  options.base_url = "http://pacs.invalid:" + std::to_string(server.port());
  options.address = "127.0.0.1";
  const auto answer = (*HttpClient::make(options))->send({});
  ASSERT_TRUE(answer.ok()) << answer.error().text() << answer.error().detail;
  EXPECT_EQ(text(*answer), "yes");
}

}  // namespace
}  // namespace gateway::http
