#include "gateway/codec/json.h"

#include <gtest/gtest.h>

#include "gateway/base/json_text.h"

namespace gateway::codec {
namespace {

std::string round_trip(std::string_view text) {
  const auto value = parse_json(text);
  return value.ok() ? to_json(*value) : "refused: " + value.error().text();
}

TEST(Json, KeepsOrderTextAndNumbers) {
  EXPECT_EQ(round_trip(R"( {"b":1,"a":[true,false,null,"x\ny"],"c":{}} )"),
            R"({"b":1,"a":[true,false,null,"x\ny"],"c":{}})");
  EXPECT_EQ(round_trip("[1.50,-0.0,1e3,9223372036854775807,9223372036854775808]"),
            "[1.50,-0.0,1e3,9223372036854775807,9223372036854775808]");
}

TEST(Json, ReadsScalarsAtTheTop) {
  EXPECT_EQ(round_trip("null"), "null");
  EXPECT_EQ(round_trip("\"\\u00fc\""), "\"ü\"");
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const char* text :
       {"", "{", "[1,]", "{\"a\":1,}", "[1] x", "'a'", "{\"a\" 1}", "NaN", "01", "[\"\\ud800\"]"})
    EXPECT_FALSE(parse_json(text).ok()) << text;
}

TEST(Json, RefusesTextThatIsNotUtf8) {
  const auto value = parse_json("[\"\xC3\x28\"]");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().code, ErrorCode::InvalidBody);
}

TEST(Json, NamesTheByteOfAFault) {
  const auto value = parse_json("{\"a\": tru}");
  ASSERT_FALSE(value.ok());
  EXPECT_TRUE(value.error().where.starts_with("byte ")) << value.error().where;
}

TEST(Json, RefusesDuplicateKeysAtAnyDepth) {
  for (const char* text : {R"({"a":1,"a":2})", R"([{"x":{"b":1,"c":2,"b":3}}])"}) {
    const auto value = parse_json(text);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_NE(value.error().message.find("occurs twice"), std::string::npos) << value.error().message;
  }
  EXPECT_TRUE(parse_json(R"({"a":{"a":1},"b":{"a":1}})").ok());
}

TEST(Json, BoundsTheDepth) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(64)).ok());
  const auto deep = parse_json(nested(65));
  ASSERT_FALSE(deep.ok());
  EXPECT_NE(deep.error().message.find("64 levels"), std::string::npos);
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')).ok());
}

TEST(Json, BoundsTheSize) {
  const auto value = parse_json("[1,2,3]", {.max_bytes = 4});
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().code, ErrorCode::BodyTooLarge);
}

TEST(Json, ChecksManyKeysQuickly) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += "\"k" + std::to_string(i) + "\":1,";
  text += "\"k7\":1}";
  EXPECT_FALSE(parse_json(text).ok());
}

}  // namespace
}  // namespace gateway::codec
