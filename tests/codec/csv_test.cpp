#include "gateway/codec/csv.h"

#include <gtest/gtest.h>

namespace gateway::codec {
namespace {

TEST(Csv, ReadsRowsWithTheirLines) {
  const auto table =
      parse_csv("# comment\n\nto, from ,as\n\n study.uid ,0020000D, uid\n  # more\nx,,\n", "t.csv");
  ASSERT_TRUE(table.ok()) << table.error().text();
  EXPECT_EQ(table->header, (std::vector<std::string>{"to", "from", "as"}));
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].cells, (std::vector<std::string>{"study.uid", "0020000D", "uid"}));
  EXPECT_EQ(table->rows[0].line, 5);
  EXPECT_EQ(table->rows[1].cells, (std::vector<std::string>{"x", "", ""}));
  EXPECT_EQ(table->where(table->rows[1]), "t.csv:7");
  EXPECT_EQ(table->column("as"), 2u);
  EXPECT_FALSE(table->column("nothing"));
}

TEST(Csv, ReadsQuotedCells) {
  const auto table = parse_csv("a,b\n\"x, \"\"y\"\"\",\" two\nlines \"\n1,2\n", "t.csv");
  ASSERT_TRUE(table.ok()) << table.error().text();
  EXPECT_EQ(table->rows[0].cells, (std::vector<std::string>{"x, \"y\"", " two\nlines "}));
  EXPECT_EQ(table->rows[1].line, 4);
}

TEST(Csv, AcceptsWindowsLineEndsAByteOrderMarkAndNoFinalLineEnd) {
  const auto table = parse_csv(
      "\xEF\xBB\xBF"
      "a,b\r\n\r\n1,\r\n,2",
      "t.csv");
  ASSERT_TRUE(table.ok()) << table.error().text();
  EXPECT_EQ(table->header[0], "a");
  EXPECT_EQ(table->rows[0].cells, (std::vector<std::string>{"1", ""}));
  EXPECT_EQ(table->rows[1].cells, (std::vector<std::string>{"", "2"}));
}

struct Fault {
  std::string_view text;
  std::string_view where;
};

TEST(Csv, NamesFileAndLineOfFaults) {
  for (const Fault& fault :
       {Fault{"a,b\n1\n", "t.csv:2"}, Fault{"a,b\n1,2,3\n", "t.csv:2"}, Fault{"a,b\n\"x,1\n", "t.csv:2"},
        Fault{"a,b\nx\"y,1\n", "t.csv:2"}, Fault{"a,b\n\"x\"y,1\n", "t.csv:2"}, Fault{"a,a\n", "t.csv:1"},
        Fault{"a,\n", "t.csv:1"}, Fault{"# nothing\n", "t.csv:1"}, Fault{"\xFF\n", "t.csv"}}) {
    const auto table = parse_csv(fault.text, "t.csv");
    ASSERT_FALSE(table.ok()) << fault.text;
    EXPECT_EQ(table.error().where, fault.where) << fault.text;
    EXPECT_EQ(table.error().code, ErrorCode::ProfileInvalid);
  }
}

TEST(Csv, BoundsSizeRowsAndColumns) {
  EXPECT_FALSE(parse_csv("a\n1\n2\n", "t", {.max_bytes = 3}).ok());
  EXPECT_FALSE(parse_csv("a\n1\n2\n", "t", {.max_rows = 1}).ok());
  EXPECT_FALSE(parse_csv("a,b,c\n", "t", {.max_columns = 2}).ok());
}

}  // namespace
}  // namespace gateway::codec
