#include "gateway/app/config.h"

#include <gtest/gtest.h>

namespace gateway::app {
namespace {

TEST(Config, DefaultsServeLoopbackOnly) {
  const Config config = default_config();
  EXPECT_TRUE(parse_address(config.listen)->loopback());
  EXPECT_TRUE(config.https_listen.empty());
  EXPECT_FALSE(config.allow_open);
  EXPECT_TRUE(check_listeners(config).ok());
}

// What --explain prints is itself a configuration with exactly the defaults.
TEST(Config, ExplanationIsAValidConfiguration) {
  const auto parsed = parse_config(explain_config(), "explained.toml");
  ASSERT_TRUE(parsed.ok()) << parsed.error().text();
  EXPECT_EQ(parsed->listen, default_config().listen);
  EXPECT_EQ(parsed->max_results, default_config().max_results);
}

TEST(Config, ValuesAreTaken) {
  const auto parsed = parse_config(
      "[server]\nlisten = \"127.0.0.1:0\"\nthreads = 3\n[dicomweb]\nmax_results = 50\n", "c.toml");
  ASSERT_TRUE(parsed.ok()) << parsed.error().text();
  EXPECT_EQ(parsed->listen, "127.0.0.1:0");
  EXPECT_EQ(parsed->threads, 3);
  EXPECT_EQ(parsed->max_results, 50);
}

TEST(Config, EveryFaultIsNamedWithLineAndKey) {
  const auto parsed = parse_config(
      "[server]\nthreads = 0\nlisten = 8080\nnonsense = 1\n\n[log]\nlevel = \"loud\"\n", "c.toml");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, ErrorCode::ConfigInvalid);
  EXPECT_EQ(parsed.error().message,
            "c.toml:2: server.threads must be a whole number from 1 to 256\n"
            "c.toml:3: server.listen must be a text in quotes\n"
            "c.toml:4: server.nonsense no such key\n"
            "c.toml:7: log.level must be one of debug|info|warning|error|off");
}

TEST(Config, SyntaxErrorsNameTheLine) {
  const auto parsed = parse_config("[server]\nlisten =\n", "c.toml");
  ASSERT_FALSE(parsed.ok());
  EXPECT_NE(parsed.error().text().find("c.toml:2"), std::string::npos) << parsed.error().text();
}

// Open by accident must be impossible.
TEST(Config, OtherThanLoopbackNeedsAnExplicitWord) {
  for (const char* address : {"0.0.0.0:8080", "[::]:8080", "192.0.2.1:80"}) {
    const std::string text = std::string("[server]\nlisten = \"") + address + "\"\n";
    const auto parsed = parse_config(text, "c.toml");
    ASSERT_FALSE(parsed.ok()) << address;
    EXPECT_NE(parsed.error().message.find("server.allow_open"), std::string::npos);
    EXPECT_TRUE(parse_config(text + "allow_open = true\n", "c.toml").ok());
  }
}

TEST(Config, HttpsNeedsCertificateAndKey) {
  EXPECT_FALSE(parse_config("[server]\nhttps_listen = \"127.0.0.1:8443\"\n", "c.toml").ok());
}

TEST(Config, OnlyNumbersAndLocalhostAreLoopback) {
  for (const char* address : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"})
    EXPECT_TRUE(parse_address(address)->loopback()) << address;
  for (const char* address : {"127.example.org:1", "128.0.0.1:1", "[::2]:1", "example.org:1"})
    EXPECT_FALSE(parse_address(address)->loopback()) << address;
}

TEST(Config, PublicUrlMustBeSafeInLinks) {
  const auto with = [](const std::string& url) {
    return parse_config("[server]\npublic_url = '" + url + "'\n", "c.toml").ok();
  };
  EXPECT_TRUE(with("https://images.example"));
  EXPECT_TRUE(with("http://10.0.0.1:8080/gateway"));
  for (const char* url : {"images.example", "https://x/", "https://x\"y", "ftp://x"})
    EXPECT_FALSE(with(url)) << url;
}

TEST(Config, AddressesAreHostAndPort) {
  EXPECT_EQ(parse_address("[::1]:80")->host, "::1");
  EXPECT_EQ(parse_address("127.0.0.1:65535")->port, 65535);
  for (const char* bad : {"", "127.0.0.1", ":80", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x"})
    EXPECT_FALSE(parse_address(bad).ok()) << bad;
}

TEST(Config, PeersAndSourcesAreListsOfTables) {
  const auto parsed = parse_config(
      "[[peer]]\nae_title = \"PACS\"\nhost = \"127.0.0.1\"\nport = 11113\n"
      "[[source]]\nname = \"pacs\"\nkind = \"dimse\"\npeer = \"PACS\"\nmode = \"live\"\n"
      "[[source]]\nname = \"web\"\nurl = \"http://127.0.0.1:8042/dicom-web\"\n",
      "c.toml");
  ASSERT_TRUE(parsed.ok()) << parsed.error().text();
  ASSERT_EQ(parsed->peers.size(), 1u);
  EXPECT_EQ(parsed->peers[0].port, 11113);
  ASSERT_EQ(parsed->sources.size(), 2u);
  EXPECT_EQ(parsed->sources[0].mode, "live");
  EXPECT_EQ(parsed->sources[1].kind, "dicomweb");
  EXPECT_EQ(parsed->sources[1].interval_s, 3600);
}

TEST(Config, FaultsInListsAreNamedWithLineAndPlace) {
  const auto parsed = parse_config(
      "[[source]]\nname = \"a\"\nkind = \"ftp\"\n\n[[source]]\nurl = \"http://127.0.0.1\"\nnonsense = 1\n",
      "c.toml");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().message,
            "c.toml:3: source[0].kind must be one of dicomweb|dimse\n"
            "c.toml:5: source[1] needs name\n"
            "c.toml:7: source[1].nonsense no such key");
}

TEST(Config, SourcesHaveToFitTogetherWithTheRest) {
  const auto why = [](const std::string& text) {
    const auto parsed = parse_config(text, "c.toml");
    return parsed.ok() ? std::string() : parsed.error().message;
  };
  const std::string web = "[[source]]\nname = \"a\"\nurl = \"http://127.0.0.1\"\n";
  EXPECT_EQ(why(web), "");
  EXPECT_NE(why(web + web).find("source[1].name is there twice"), std::string::npos);
  EXPECT_NE(why("[[source]]\nname = \"a\"\nkind = \"dimse\"\npeer = \"X\"\n").find("source[0].peer"),
            std::string::npos);
  EXPECT_NE(why("[[peer]]\nae_title = \"SEVENTEEN LETTERS\"\nhost = \"h\"\n").find("peer[0].ae_title"),
            std::string::npos);
  EXPECT_NE(why("[dimse]\nlisten = \"127.0.0.1:104\"\n").find("lets nobody in"), std::string::npos);
  EXPECT_NE(why("[dimse]\nlisten = \"0.0.0.0:104\"\nany_caller = true\n").find("server.allow_open"),
            std::string::npos);
}

}  // namespace
}  // namespace gateway::app
