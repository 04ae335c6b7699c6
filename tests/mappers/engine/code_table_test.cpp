#include "mappers/engine/code_table.h"

#include <gtest/gtest.h>

namespace mappers::engine {
namespace {

TEST(CodeTable, TranslatesAndDeclaresItsMisses) {
  const auto table = CodeTable::parse("from,to,spec\nb,B,x\na,A,x\n*,drop,x\n", "t.codes.csv");
  ASSERT_TRUE(table.ok()) << table.error().text();
  ASSERT_NE(table->find("a"), nullptr);
  EXPECT_EQ(*table->find("a"), "A");
  EXPECT_EQ(*table->find("b"), "B");
  EXPECT_EQ(table->find("A"), nullptr);
  EXPECT_EQ(table->find("*"), nullptr);
  EXPECT_EQ(table->miss(), CodeTable::Miss::Drop);
}

TEST(CodeTable, RefusesFaultsWithTheirLine) {
  const auto where = [](std::string_view text) {
    const auto table = CodeTable::parse(text, "t.codes.csv");
    return table.ok() ? std::string("accepted") : table.error().where;
  };
  EXPECT_EQ(where("from,to,spec\na,A,x\na,B,x\n*,keep,x\n"), "t.codes.csv:3");
  EXPECT_EQ(where("from,to,spec\n*,ignore,x\n"), "t.codes.csv:2");
  EXPECT_EQ(where("from,to,spec\na,A,x\n"), "t.codes.csv");
  EXPECT_EQ(where("from,to\na,A\n"), "t.codes.csv");
}

}  // namespace
}  // namespace mappers::engine
