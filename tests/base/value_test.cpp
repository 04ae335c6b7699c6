#include "gateway/base/value.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

TEST(Value, KnowsItsKind) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_TRUE(Value(true).as_bool());
  EXPECT_EQ(*Value(7).as_int(), 7);
  EXPECT_EQ(Value(Decimal{"1.50"}).as_decimal()->text, "1.50");
  EXPECT_EQ(*Value("x").as_string(), "x");
  EXPECT_FALSE(Value("x").as_int());
}

TEST(Value, SetReplacesAndKeepsTheOrder) {
  Value map;
  map.set("b", 1).set("a", 2).set("b", 3);
  ASSERT_EQ(map.as_map()->size(), 2u);
  EXPECT_EQ(map.as_map()->front().first, "b");
  EXPECT_EQ(*map.find("b"), Value(3));
}

TEST(Value, FindOnSomethingElseThanAMapIsNothing) {
  EXPECT_EQ(Value("text").find("a"), nullptr);
  EXPECT_EQ(Value(1).text("a", "otherwise"), "otherwise");
  Value map;
  map.set("n", 1);
  EXPECT_EQ(map.text("n", "otherwise"), "otherwise");
}

TEST(Value, PushMakesAListOfNothing) {
  Value list;
  list.push(1).push("two");
  EXPECT_EQ(list, Value(Value::List{1, "two"}));
}

}  // namespace
}  // namespace gateway
