#include "gateway/base/text.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace gateway {
namespace {

TEST(Text, TrimTakesSpacesAndTabsOnly) {
  EXPECT_EQ(trim(" \ta b\t "), "a b");
  EXPECT_EQ(trim("\r\na"), "\r\na");
  EXPECT_EQ(trim("  "), "");
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
}

TEST(Text, ComparesWithoutCaseInAsciiOnly) {
  EXPECT_TRUE(iequals("Content-TYPE", "content-type"));
  EXPECT_FALSE(iequals("Ä", "ä"));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_EQ(lower("ABC-Ä"), "abc-Ä");
}

TEST(Text, NumbersAreWholeTextsWithoutSignOrBlanks) {
  EXPECT_EQ(parse_number<int>("42"), 42);
  EXPECT_EQ(parse_number<int>("-42"), -42);
  for (const char* bad : {"", "+1", " 1", "1 ", "0x1", "1a", "99999999999999999999"})
    EXPECT_FALSE(parse_number<int>(bad).has_value()) << bad;
  EXPECT_FALSE(parse_number<std::uint8_t>("256").has_value());
}

TEST(Utf8, AcceptsEverySequenceLength) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("aä€\xF0\x9F\xA9\xBB"));
  EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF"));  // U+10FFFF
}

TEST(Utf8, RefusesWhatRfc3629Forbids) {
  const char* const bad[] = {
      "\x80",              // lone continuation byte
      "\xC3",              // cut
      "\xC0\xAF",          // overlong '/'
      "\xC1\xBF",          // overlong
      "\xE0\x80\xAF",      // overlong in three bytes
      "\xF0\x80\x80\xAF",  // overlong in four bytes
      "\xED\xA0\x80",      // surrogate
      "\xF4\x90\x80\x80",  // above U+10FFFF
      "\xFF",
      "a\xE2\x82",  // cut at the end
  };
  for (const char* text : bad) EXPECT_FALSE(is_utf8(text)) << hex(text);
}

TEST(Hex, IsLowerCase) { EXPECT_EQ(hex(std::string_view("\x00\xAB\xFF", 3)), "00abff"); }

}  // namespace
}  // namespace gateway
