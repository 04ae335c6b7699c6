#include "gateway/base/json_text.h"

#include <gtest/gtest.h>

#include "gateway/base/text.h"

namespace gateway {
namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonText, EscapesWhatRfc8259Demands) {
  EXPECT_EQ(json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json_string("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(json_string(std::string_view("\x00\x01\x1f", 3)), R"("\u0000\u0001\u001f")");
}

TEST(JsonText, KeepsUtf8AndReplacesBadBytes) {
  EXPECT_EQ(json_string("Müller 山田"), "\"Müller 山田\"");
  EXPECT_EQ(json_string("a\xFF"
                        "b"),
            "\"a\xEF\xBF\xBD"
            "b\"");
  EXPECT_EQ(json_string("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonText, OutputIsUtf8WhateverTheInput) {
  std::string bytes;
  for (int high = 0; high < 256; ++high)
    for (int low = 0; low < 256; low += 5) bytes += {static_cast<char>(high), static_cast<char>(low)};
  EXPECT_TRUE(is_utf8(json_string(bytes)));
}

TEST(JsonText, WritesTreesInOrderOfInsertion) {
  const Value value =
      Value(Value::Map{{"z", 1}, {"a", Value(Value::List{Value(), true, Decimal{"1.50"}, "x"})}});
  EXPECT_EQ(to_json(value), R"({"z":1,"a":[null,true,1.50,"x"]})");
}

TEST(JsonText, EmptyContainersHaveNoLineBreaks) {
  EXPECT_EQ(to_json(Value::list(), true), "[]");
  EXPECT_EQ(to_json(Value::map(), true), "{}");
}

TEST(JsonText, PrettyTextIndentsByTwo) {
  const Value value(Value::Map{{"a", Value(Value::List{1, 2})}});
  EXPECT_EQ(to_json(value, true), "{\n  \"a\": [\n    1,\n    2\n  ]\n}");
}

TEST(JsonText, DepthDoesNotUseTheStack) {
  constexpr std::size_t kDepth = 20'000;
  Value value = Value::list();
  for (std::size_t i = 1; i < kDepth; ++i) {
    Value outer = Value::list();
    outer.as_list()->push_back(std::move(value));
    value = std::move(outer);
  }
  const std::string text = to_json(value);
  EXPECT_EQ(text, std::string(kDepth, '[') + std::string(kDepth, ']'));
}

}  // namespace
}  // namespace gateway
