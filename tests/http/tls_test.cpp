// TLS: a real client (the openssl command) against a listener with a certificate made for the test.
#include <array>
#include <cstdio>
#include <fstream>

#include "http_fixture.h"

namespace {

using namespace tests;

std::string run(const std::string& command) {
  std::string output;
  std::array<char, 65536> buffer{};
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return output;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), got);
  ::pclose(pipe);
  return output;
}

class TlsServer : public ServerTest {
 protected:
  void SetUp() override {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2 "
        "-keyout " +
        key() + " -out " + certificate() + " 2>/dev/null && echo made";
    if (run(command) != "made\n") GTEST_SKIP() << "the openssl command is not there";
  }
  std::string key() const { return folder.path() + "/key.pem"; }
  std::string certificate() const { return folder.path() + "/certificate.pem"; }
  void start_tls(const Clock& clock = Clock::system()) {
    config.listeners.push_back({"127.0.0.1", 0, std::make_unique<Tls>(Tls{certificate(), key()})});
    start(clock);
    const std::string address = server->addresses().front();
    EXPECT_TRUE(address.starts_with("https://")) << address;
    tls_port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  // What the server says to `request`, up to the end of the connection.
  std::string ask(const std::string& request, const std::string& options = {}) {
    const std::string file = folder.path() + "/request";
    std::ofstream(file, std::ios::binary) << request;
    return run("openssl s_client -quiet -no_ign_eof -verify_quiet -CAfile " + certificate() +
               " -connect 127.0.0.1:" + std::to_string(tls_port) + " " + options + " < " + file +
               " 2>/dev/null");
  }
  std::uint16_t tls_port = 0;
};

// s_client ends when its input does; so "-ign_eof" and a request that closes.
std::string closing(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
}

TEST_F(TlsServer, ServesTls12And13ButNothingOlder) {
  start_tls();
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    const std::string answer = ask(closing("/echo/x"), std::string(version) + " -ign_eof");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << version << "\n" << answer;
    EXPECT_TRUE(answer.ends_with("x|https://localhost|")) << answer;
  }
  EXPECT_EQ(ask(closing("/hello"), "-tls1_1 -ign_eof"), "");
}

TEST_F(TlsServer, LargeFilesAndTextComeWhole) {
  const std::string path = folder.path() + "/large";
  std::string content;
  while (content.size() < 5'000'000) content += "line " + std::to_string(content.size()) + "\n";
  std::ofstream(path, std::ios::binary) << content;
  const auto handle = FileHandle::open(path).value();
  router.add(Method::Get, "/large", {}, [&](const Request&) -> Result<Response> {
    Response response;
    response.body.emplace_back("start");
    response.body.emplace_back(FileRange{handle, 0, content.size()});
    response.body.emplace_back(content);
    return response;
  });
  start_tls();
  const std::string answer = ask(closing("/large"), "-ign_eof");
  EXPECT_TRUE(answer.ends_with("\r\n\r\nstart" + content + content));
}

TEST_F(TlsServer, TakesLargeBodies) {
  start_tls();
  const std::string body(3'000'000, 'x');
  const std::string answer = ask(
      "POST /size HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: a/b\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body,
      "-ign_eof");
  EXPECT_TRUE(answer.ends_with("3000000")) << answer.substr(0, 200);
}

TEST_F(TlsServer, AConnectionThatNeverShakesHandsIsClosed) {
  config.threads = 1;
  start_tls(clock);
  RawClient silent(tls_port);
  ASSERT_TRUE(silent.connected());
  EXPECT_TRUE(ask(closing("/hello"), "-ign_eof").ends_with("hello"));  // and it holds no thread meanwhile
  while (!silent.readable_within(2)) {
    clock.advance_ms(1000);
    server->sweep();
  }
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_LE(clock.steady_us() - 1'000'000'000, 20'000'000);
}

TEST_F(TlsServer, PlainHttpOnTheTlsPortIsClosed) {
  start_tls();
  RawClient raw(tls_port);
  raw.send(closing("/hello"));
  EXPECT_EQ(raw.read_all().find("200 OK"), std::string::npos);
  EXPECT_EQ(handled, 0);
}

TEST_F(TlsServer, ABadCertificateIsNamedAtTheStart) {
  config.listeners.push_back(
      {"127.0.0.1", 0, std::make_unique<Tls>(Tls{folder.path() + "/none.pem", key()})});
  const auto made = Server::create(std::move(config), router, metrics);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::ConfigInvalid);
  EXPECT_NE(made.error().text().find("none.pem"), std::string::npos);
}

}  // namespace
