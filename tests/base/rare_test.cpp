#include "gateway/base/rare.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace gateway {
namespace {

TEST(Rare, IsEmptyUntilItIsGivenAValue) {
  Rare<std::string> rare;
  EXPECT_FALSE(rare);
  rare = std::string("value");
  ASSERT_TRUE(rare.has_value());
  EXPECT_EQ(*rare, "value");
  EXPECT_EQ(rare->size(), 5U);
  rare.reset();
  EXPECT_FALSE(rare);
  EXPECT_FALSE(rare == std::string());
}

TEST(Rare, CopiesDoNotShare) {
  Rare<std::string> first = std::string("a");
  Rare<std::string> second = first;
  *second += "b";
  EXPECT_EQ(first, std::string("a"));
  first = second;
  second.emplace() = "c";
  EXPECT_EQ(first, std::string("ab"));
  first = std::optional<std::string>();
  EXPECT_FALSE(first);
}

TEST(Rare, TakesAPointer) { EXPECT_EQ(sizeof(Rare<std::string>), sizeof(void*)); }

}  // namespace
}  // namespace gateway
