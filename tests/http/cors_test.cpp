#include "gateway/http/cors.h"

#include "tests/http/http_fixture.h"

namespace {

using namespace tests;

class Cors : public ServerTest {};

constexpr const char* kViewer = "Origin: https://viewer.example\r\n";

TEST_F(Cors, IsOffUnlessConfigured) {
  start();
  auto peer = client();
  const Answer answer = peer.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n" + std::string(kViewer) + "\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "");
}

TEST_F(Cors, NamesTheOriginThatIsOnTheListAndNoOther) {
  config.cors.origins = {"https://viewer.example"};
  start();
  auto peer = client();
  const Answer mine = peer.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n" + std::string(kViewer) + "\r\n");
  EXPECT_EQ(mine.field("Access-Control-Allow-Origin"), "https://viewer.example");
  EXPECT_NE(mine.field("Access-Control-Expose-Headers").find("Content-Location"), std::string::npos);
  EXPECT_EQ(mine.field("Vary"), "Origin");
  const Answer other =
      peer.exchange("GET /hello HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\n\r\n");
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(other.field("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(other.field("Vary"), "Origin");
}

TEST_F(Cors, ErrorsCanBeReadByThePageToo) {
  config.cors.origins = {"*"};
  start();
  auto peer = client();
  const Answer answer = peer.exchange("GET /nothing HTTP/1.1\r\nHost: a\r\n" + std::string(kViewer) + "\r\n");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
}

TEST_F(Cors, PreflightIsAnsweredWithoutReachingTheHandler) {
  config.cors.origins = {"https://viewer.example"};
  start();
  auto peer = client();
  const Answer answer =
      peer.exchange("OPTIONS /json HTTP/1.1\r\nHost: a\r\n" + std::string(kViewer) +
                    "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type, "
                    "b@d, x-a\r\n\r\n");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.field("Access-Control-Allow-Methods"), "POST, OPTIONS");
  EXPECT_EQ(answer.field("Access-Control-Allow-Headers"), "content-type, x-a");
  EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "https://viewer.example");
  EXPECT_EQ(handled, 0);
}

TEST_F(Cors, AnswersAreCodedForClientsThatAcceptIt) {
  router.add(Method::Get, "/long", {.tag = "test"}, [](const Request&) -> Result<Response> {
    return Response::text(200, "application/json", "\"" + std::string(100'000, 'a') + "\"");
  });
  start();
  auto peer = client();
  const Answer coded = peer.exchange("GET /long HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(coded.field("Content-Encoding"), "gzip");
  EXPECT_LT(coded.body.size(), 2000u);
  EXPECT_EQ(coded.body.substr(0, 2), "\x1f\x8b");
  const Answer plain = peer.exchange("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(plain.field("Content-Encoding"), "");
  EXPECT_EQ(plain.body.size(), 100'002u);
}

}  // namespace
