// The strictness suite: raw bytes against the server, one row a case (RFC 9112; every row of the attack list
// that concerns framing, heads and paths). A refused request is answered and then the connection ends: what
// follows it is never run as a second request.
#include "http_fixture.h"

namespace {

using namespace tests;

struct Case {
  const char* name;
  std::string bytes;
  int status;
};

std::string get(const std::string& target, const std::string& fields = "Host: a\r\n") {
  return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields, const std::string& body) {
  return "POST /size HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\n" + fields + "\r\n" + body;
}
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

// Every one of these ends its connection.
std::vector<Case> refused() {
  using namespace std::string_literals;
  return {
      // Framing: Content-Length and Transfer-Encoding
      {"length and coding", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"coding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400},
      {"two differing lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400},
      {"the same length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"a list of lengths", post("Content-Length: 3, 3\r\n", "abc"), 400},
      {"a compact list of lengths", post("Content-Length: 3,3\r\n", "abc"), 400},
      {"negative length", post("Content-Length: -1\r\n", "abc"), 400},
      {"length with plus", post("Content-Length: +1\r\n", "abc"), 400},
      {"hexadecimal length", post("Content-Length: 0x3\r\n", "abc"), 400},
      {"length with letters", post("Content-Length: 3abc\r\n", "abc"), 400},
      {"empty length", post("Content-Length:\r\n", "abc"), 400},
      {"overflowing length", post("Content-Length: 99999999999999999999\r\n", "abc"), 400},
      {"repeated coding", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
       400},
      {"coding that resembles chunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400},
      {"chunked and identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400},
      {"gzip and chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400},
      {"identity", post("Transfer-Encoding: identity\r\n", ""), 400},
      {"empty coding", post("Transfer-Encoding:\r\n", ""), 400},
      {"coding with a control character", post("Transfer-Encoding: \x0b chunked\r\n", "0\r\n\r\n"), 400},
      {"coding in HTTP/1.0", "POST /size HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"body without a length", post("", ""), 411},
      // Chunks
      {"chunk size of letters", chunked("zz\r\nabc\r\n0\r\n\r\n"), 400},
      {"empty chunk size", chunked("\r\nabc\r\n0\r\n\r\n"), 400},
      {"negative chunk size", chunked("-3\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400},
      {"overflowing chunk size", chunked("FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk size just too large", chunked("1000000000000000\r\nabc"), 400},
      {"space after the chunk size", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400},
      {"bare line feed after a chunk size", chunked("3\nabc\r\n0\r\n\r\n"), 400},
      {"bare line feed after chunk data", chunked("3\r\nabc\n0\r\n\r\n"), 400},
      {"no line end after chunk data", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400},
      {"bare line feed at the end", chunked("3\r\nabc\r\n0\n\n"), 400},
      {"bare carriage return in a chunk line", chunked("3\rabc\r\n0\r\n\r\n"), 400},
      {"long chunk extension", chunked("3;" + std::string(400, 'x') + "\r\nabc\r\n0\r\n\r\n"), 400},
      {"control character in an extension", chunked("3;a=\x01\r\nabc\r\n0\r\n\r\n"), 400},
      {"long trailers", chunked("0\r\nA: " + std::string(9000, 'x') + "\r\n\r\n"), 400},
      {"trailer without colon", chunked("0\r\nnonsense\r\n\r\n"), 400},
      {"chunked body over the limit of the route",
       "POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: "
       "chunked\r\n\r\n"
       "400\r\n" +
           std::string(1024, 'x') + "\r\n0\r\n\r\n",
       413},
      {"announced body over the limit of the route",
       "POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
       "4294967296\r\n\r\n",
       413},
      // Fields
      {"space before the colon", get("/hello", "Host: a\r\nX-A : b\r\n"), 400},
      {"coding with a space before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400},
      {"folded field", get("/hello", "Host: a\r\nX-A: b\r\n c\r\n"), 400},
      {"first field folded", get("/hello", " Host: a\r\n"), 400},
      {"tab-folded field", get("/hello", "Host: a\r\nX-A: b\r\n\tc\r\n"), 400},
      {"no colon", get("/hello", "Host: a\r\nnonsense\r\n"), 400},
      {"empty name", get("/hello", "Host: a\r\n: b\r\n"), 400},
      {"name with a space", get("/hello", "Host: a\r\nX A: b\r\n"), 400},
      {"name with a high byte", get("/hello", "Host: a\r\nX\xc3\xa4: b\r\n"), 400},
      {"NUL in a value", get("/hello", "Host: a\r\nX-A: b\0c\r\n"s), 400},
      {"control character in a value", get("/hello", "Host: a\r\nX-A: b\x02\r\n"), 400},
      {"bare carriage return in a value", get("/hello", "Host: a\r\nX-A: b\rc\r\n"), 400},
      {"bare line feed after a field", "GET /hello HTTP/1.1\r\nHost: a\n\r\n", 400},
      {"bare line feed after the request line", "GET /hello HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"bare line feed as the end of the head", "GET /hello HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"only line feeds", "GET /hello HTTP/1.1\nHost: a\n\n", 400},
      {"no Host", get("/hello", ""), 400},
      {"two Host fields", get("/hello", "Host: a\r\nHost: b\r\n"), 400},
      {"the same Host twice", get("/hello", "Host: a\r\nHost: a\r\n"), 400},
      {"empty Host", get("/hello", "Host:\r\n"), 400},
      {"Host with user", get("/hello", "Host: u@a\r\n"), 400},
      {"Host with path", get("/hello", "Host: a/b\r\n"), 400},
      {"Host with a bad port", get("/hello", "Host: a:99999\r\n"), 400},
      {"Host with a word for port", get("/hello", "Host: a:http\r\n"), 400},
      {"Host with a comma", get("/hello", "Host: a,b\r\n"), 400},
      {"unknown expectation", get("/hello", "Host: a\r\nConnection: close\r\nExpect: miracle\r\n"), 417},
      // Sizes
      {"long request line", get("/hello?" + std::string(9000, 'x')), 414},
      {"request line without an end", "GET /" + std::string(9000, 'x'), 414},
      {"long head", get("/hello", "Host: a\r\nX-A: " + std::string(66000, 'x') + "\r\n"), 431},
      {"many fields",
       get(
           "/hello", "Host: a\r\n" +
                         [] {
                           std::string all;
                           for (int i = 0; i < 200; ++i) all += "X-A: b\r\n";
                           return all;
                         }()),
       431},
      {"many lines without colon",
       "GET /hello HTTP/1.1\r\nHost: a\r\n" +
           [] {
             std::string all;
             for (int i = 0; i < 20'000; ++i) all += "x\r\n";
             return all;
           }(),
       431},
      // Request line
      {"HTTP/1.2", "GET /hello HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2.0", "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/0.9", "GET /hello\r\n\r\n", 400},
      {"version in lower case", "GET /hello http/1.1\r\nHost: a\r\n\r\n", 400},
      {"version with two digits", "GET /hello HTTP/1.10\r\nHost: a\r\n\r\n", 400},
      {"space after the version", "GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"two spaces", "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"space in the target", "GET /hel lo HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"tab in the request line", "GET\t/hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"leading space", " GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two empty lines first", "\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"unknown method", "BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"method in lower case", "get /hello HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"TRACE", "TRACE /hello HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"bad character in the method", "G@T /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a TLS client", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
      // Targets
      {"star for GET", get("*"), 400},
      {"authority form", get("a:80"), 400},
      {"no slash", get("hello"), 400},
      {"other scheme", get("ftp://a/hello"), 400},
      {"absolute form with user", get("http://u@a/hello"), 400},
      {"absolute form without host", get("http:///hello"), 400},
      {"fragment", get("/hello#x"), 400},
      {"raw high byte", get("/h\xc3\xa4llo"), 400},
      {"NUL in the path", get("/echo/a%00b"), 400},
      {"NUL in the query", get("/echo/a?x=%00"), 400},
      {"bad escape", get("/echo/%zz"), 400},
      {"short escape", get("/echo/%4"), 400},
      {"bad escape in the query", get("/echo/a?x=%"), 400},
      {"not UTF-8", get("/echo/%ff"), 400},
      {"overlong UTF-8 slash", get("/echo/%c0%af"), 400},
      {"not UTF-8 in the query", get("/echo/a?x=%c3%28"), 400},
      {"dot segments", get("/echo/../hello"), 400},
      {"dot segment", get("/./hello"), 400},
      {"encoded dot segments", get("/echo/%2e%2e/hello"), 400},
      {"half encoded dot segments", get("/echo/.%2E/hello"), 400},
      {"dot segments at the end", get("/echo/.."), 400},
      {"encoded slash", get("/echo/a%2fb"), 400},
      {"backslash", get("/echo/a\\b"), 400},
      {"encoded backslash", get("/echo/..%5c..%5cetc"), 400},
      {"encoded control character", get("/echo/a%0d%0ab"), 400},
  };
}

class Strictness : public ServerTest {};

TEST_F(Strictness, RefusesAndEndsTheConnection) {
  start();
  for (const Case& each : refused()) {
    RawClient raw = client();
    // The second request must never run, whatever the first was taken for.
    raw.send(each.bytes + "GET /hello HTTP/1.1\r\nHost: a\r\nX-Request-Id: smuggled\r\n\r\n");
    const Answer answer = raw.read_answer();
    EXPECT_EQ(answer.status, each.status) << each.name << "\n" << answer.head << answer.body;
    EXPECT_EQ(answer.field("Connection"), "close") << each.name;
    EXPECT_EQ(raw.read_all(), "") << each.name;
    EXPECT_FALSE(raw.timed_out()) << each.name;
  }
  EXPECT_EQ(handled, 0);
}

TEST_F(Strictness, RefusesTheSameWhenBytesComeOneByOne) {
  start();
  for (const Case& each : refused()) {
    if (each.bytes.size() > 300) continue;
    RawClient raw = client();
    for (const char c : each.bytes)
      if (!raw.send({&c, 1})) break;
    raw.finish_sending();
    EXPECT_EQ(raw.read_answer().status, each.status) << each.name;
    EXPECT_EQ(raw.read_all(), "") << each.name;
  }
  EXPECT_EQ(handled, 0);
}

TEST_F(Strictness, TakesWhatIsSound) {
  start();
  const std::vector<Case> sound = {
      {"plain", get("/hello"), 200},
      {"one empty line first", "\r\n" + get("/hello"), 200},
      {"empty value", get("/hello", "Host: a\r\nX-A:\r\n"), 200},
      {"Latin-1 in a value", get("/hello", "Host: a\r\nX-A: \xe4\r\n"), 200},
      {"Host with port", get("/hello", "Host: a.b-c:8080\r\n"), 200},
      {"Host IPv6", get("/hello", "Host: [::1]:80\r\n"), 200},
      {"absolute form", get("http://other:81/hello"), 200},
      {"length 0", get("/hello", "Host: a\r\nContent-Length: 0\r\n"), 200},
      {"unescaped bar in the query", get("/echo/a?identifier=urn:x|y"), 200},
      {"double encoding decodes once", get("/echo/%252e%252e"), 200},
      {"post", post("Content-Length: 3\r\n", "abc"), 200},
      {"post without content", post("Content-Length: 0\r\n", ""), 200},
      {"chunked", chunked("3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n"), 200},
      {"chunked in capitals", post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), 200},
      {"trailers", chunked("3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"), 200},
      {"leading zeros of a chunk size", chunked("00003\r\nabc\r\n0\r\n\r\n"), 200},
  };
  RawClient raw = client();  // all over one connection: framing is never lost
  for (const Case& each : sound) EXPECT_EQ(raw.exchange(each.bytes).status, each.status) << each.name;
  EXPECT_EQ(handled, static_cast<int>(sound.size()));
}

TEST_F(Strictness, TruncatedBodiesNeverReachTheHandler) {
  start();
  const std::vector<std::string> cut = {
      post("Content-Length: 100\r\n", "abc"),
      chunked("A\r\nabc"),
      chunked("3\r\nabc"),
      chunked("3\r\nabc\r\n"),
      chunked("3\r\nabc\r\n0\r\n"),
      chunked("3\r\nabc\r\n0\r\nX: y\r\n"),
      post("Content-Length: 1\r\n", ""),
  };
  for (const std::string& bytes : cut) {
    RawClient raw = client();
    raw.send(bytes);
    raw.finish_sending();
    const Answer answer = raw.read_answer();
    EXPECT_EQ(answer.status, 400) << bytes;
    EXPECT_NE(answer.body.find("TruncatedBody"), std::string::npos) << bytes;
    EXPECT_EQ(raw.read_all(), "");
  }
  EXPECT_EQ(handled, 0);
}

TEST_F(Strictness, AHugeAnnouncedLengthAllocatesNothing) {
  config.limits.body_in_memory = 1ull << 40;
  router.add(Method::Post, "/huge", {.tag = "test", .consumes = {"*/*"}, .body_limit = 1ull << 40},
             [](const Request&) -> Result<Response> { return Response{}; });
  start();
  RawClient raw = client();
  raw.send("POST /huge HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 549755813888\r\n\r\nabc");
  raw.finish_sending();
  EXPECT_EQ(raw.read_answer().status, 400);
}

TEST_F(Strictness, PathsReachHandlersDecodedOnce) {
  start();
  RawClient raw = client();
  EXPECT_EQ(raw.exchange(get("/echo/%252e%252e?a=b+c&d=%20e&f")).body, "%2e%2e|http://a|a=b+c;d= e;f=;");
  EXPECT_EQ(raw.exchange(get("/echo/%E4%BD%A0")).body, "\xE4\xBD\xA0|http://a|");
  EXPECT_EQ(raw.exchange(get("http://other:81/echo/x")).body, "x|http://other:81|");
  EXPECT_EQ(raw.exchange(get("/echo/a%EF%BC%8Fb")).body,
            "a\xEF\xBC\x8F"
            "b|http://a|");  // fullwidth solidus is no slash
}

}  // namespace
