#include "gateway/codec/toml.h"

#include <gtest/gtest.h>

#include "gateway/base/json_text.h"

namespace gateway::codec {
namespace {

constexpr std::string_view kText = R"(# a comment
title = "ü"

[server]
listen = "127.0.0.1:8080"
ratio = 1.5
started = 2026-01-02
[[peer]]
name = "a"
[[peer]]
name = "b"
ports = [1, 2]
)";

TEST(Toml, BecomesATree) {
  const auto document = parse_toml(kText, "gateway.toml");
  ASSERT_TRUE(document.ok()) << document.error().text();
  EXPECT_EQ(document->root.text("title"), "ü");
  const Value* server = document->root.find("server");
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->text("listen"), "127.0.0.1:8080");
  EXPECT_EQ(server->text("started"), "2026-01-02");
  EXPECT_EQ(server->find("ratio")->as_decimal()->text, "1.5");
  EXPECT_EQ(to_json(*document->root.find("peer")), R"([{"name":"a"},{"name":"b","ports":[1,2]}])");
}

TEST(Toml, KnowsTheLineOfEveryKey) {
  const auto document = parse_toml(kText, "gateway.toml");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->line_of("title"), 2);
  EXPECT_EQ(document->line_of("server"), 4);
  EXPECT_EQ(document->line_of("server.ratio"), 6);
  EXPECT_EQ(document->line_of("peer[1].name"), 11);
  EXPECT_EQ(document->line_of("nothing"), 0);
  EXPECT_EQ(document->where("server.listen"), "gateway.toml:5");
  EXPECT_EQ(document->where("nothing"), "gateway.toml");
}

TEST(Toml, NamesFileAndLineOfAFault) {
  const auto document = parse_toml("a = 1\nb = \n", "gateway.toml");
  ASSERT_FALSE(document.ok());
  EXPECT_EQ(document.error().code, ErrorCode::ConfigInvalid);
  EXPECT_EQ(document.error().where, "gateway.toml:2");
}

TEST(Toml, RefusesDuplicateKeysAndDeepNesting) {
  EXPECT_FALSE(parse_toml("a = 1\na = 2\n", "x").ok());
  EXPECT_FALSE(parse_toml("a = " + std::string(100'000, '['), "x").ok());
}

}  // namespace
}  // namespace gateway::codec
