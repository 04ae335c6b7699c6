#include "gateway/shacl/value_space.h"

#include <gtest/gtest.h>

#include "gateway/shacl/vocabulary.h"

namespace {

using namespace gateway;
using namespace gateway::shacl;

struct Forms {
  const char* type;
  std::vector<const char*> good, bad;
};

TEST(ValueSpace, LexicalFormsAreThoseOfXmlSchema) {
  const std::vector<Forms> all{
      {"integer",
       {"0", "-12", "+7", "000", "123456789012345678901234567890"},
       {"", "-", "1.0", " 1", "1e3", "x"}},
      {"nonNegativeInteger", {"0", "-0", "12"}, {"-1", "-18", "1.5"}},
      {"positiveInteger", {"1"}, {"0", "-1"}},
      {"negativeInteger", {"-1"}, {"0", "1"}},
      {"nonPositiveInteger", {"0", "-5"}, {"1"}},
      {"byte", {"127", "-128"}, {"128", "-129"}},
      {"unsignedByte", {"255"}, {"256", "-1"}},
      {"int", {"2147483647"}, {"2147483648"}},
      {"long", {"-9223372036854775808"}, {"9223372036854775808"}},
      {"unsignedLong", {"18446744073709551615"}, {"18446744073709551616"}},
      {"decimal", {"1", "-1.", ".5", "+1.50"}, {"", ".", "1e1", "1,5", "INF", "--1"}},
      {"double", {"1", "1e5", "-.5E-3", "INF", "-INF", "NaN"}, {"", "e5", "1e", "inf", "1e1.5"}},
      {"boolean", {"true", "false", "1", "0"}, {"", "TRUE", "yes", "2"}},
      {"date",
       {"2024-02-29", "-0044-03-15", "12024-01-01", "2020-01-01Z", "2020-01-01+14:00"},
       {"2023-02-29", "2020-1-01", "20-01-01", "2020-13-01", "2020-01-01+14:01", "02020-01-01",
        "2020-01-01T00:00:00"}},
      {"dateTime",
       {"2020-01-01T00:00:00", "2020-01-01T24:00:00", "2020-01-01T23:59:59.123Z"},
       {"2020-01-01", "2020-01-01T25:00:00", "2020-01-01T00:60:00", "2020-01-01T00:00:60",
        "2020-01-01T00:00:00."}},
      {"dateTimeStamp", {"2020-01-01T00:00:00Z"}, {"2020-01-01T00:00:00"}},
      {"time", {"12:00:00", "24:00:00"}, {"12:00", "24:00:01"}},
      {"gYear", {"2020", "-0001"}, {"20", "2020-01"}},
      {"gYearMonth", {"2020-12"}, {"2020", "2020-00"}},
      {"gMonthDay", {"--02-29"}, {"--02-30", "02-03"}},
      {"gDay", {"---31"}, {"---32"}},
      {"gMonth", {"--12"}, {"--13"}},
      {"duration",
       {"P1Y", "-P1Y2M3DT4H5M6.7S", "PT0.5S", "P1D"},
       {"", "P", "PT", "P1", "P1S", "P1M1Y", "P1.5Y", "PT1HT2H", "1Y"}},
      {"dayTimeDuration", {"P1DT1H"}, {"P1Y", "P1M"}},
      {"yearMonthDuration", {"P1Y2M"}, {"P1D", "P1YT1H"}},
      {"hexBinary", {"", "0aF9"}, {"0", "0g"}},
      {"base64Binary", {"", "YQ==", "YWI=", "YWJj"}, {"Y", "YQ=", "=YQ=", "Y!=="}},
      {"language", {"en", "de-CH-1996"}, {"", "e_n", "toolongtag", "1n", "en-"}},
      {"token", {"a b"}, {" a", "a  b", "a\tb"}},
      {"string", {"", " anything\n"}, {}},
      {"anyURI", {"x y"}, {}},
      {"unheardOf", {"x"}, {}},
  };
  for (const Forms& forms : all) {
    for (const char* text : forms.good)
      EXPECT_TRUE(is_lexical_form(text, xsd(forms.type))) << forms.type << " " << text;
    for (const char* text : forms.bad)
      EXPECT_FALSE(is_lexical_form(text, xsd(forms.type))) << forms.type << " " << text;
  }
  EXPECT_TRUE(is_lexical_form("x", "http://elsewhere/type"));
}

std::optional<int> order(const char* a, const char* b, const char* left, const char* right = nullptr) {
  return compare_literals(codec::literal(a, xsd(left)), codec::literal(b, xsd(right ? right : left)));
}

TEST(ValueSpace, NumbersCompareExactlyWhateverTheirLengthAndType) {
  EXPECT_EQ(order("9", "10", "integer"), -1);
  EXPECT_EQ(order("-9", "-10", "integer"), 1);
  EXPECT_EQ(order("1.10", "1.1", "decimal"), 0);
  EXPECT_EQ(order("0.1", "0.09", "decimal"), 1);
  EXPECT_EQ(order("-0", "0", "integer", "decimal"), 0);
  EXPECT_EQ(order("123456789012345678901234567891", "123456789012345678901234567890", "integer"), 1);
  EXPECT_EQ(order("2", "1e0", "byte", "double"), 1);
  EXPECT_EQ(order("INF", "1", "double", "integer"), 1);
  EXPECT_EQ(order("NaN", "1", "double"), std::nullopt);
}

TEST(ValueSpace, OtherKindsCompareWithTheirOwnKindOnly) {
  EXPECT_EQ(order("a", "b", "string"), -1);
  EXPECT_EQ(order("false", "1", "boolean"), -1);
  EXPECT_EQ(order("1", "1", "string", "integer"), std::nullopt);
  EXPECT_EQ(order("x", "1", "integer"), std::nullopt);
  EXPECT_EQ(order("2020-01-01", "2020-01-01T00:00:00", "date", "dateTime"), std::nullopt);
  EXPECT_EQ(compare_literals(codec::iri("http://x/"), codec::literal("1")), std::nullopt);
  EXPECT_EQ(compare_literals(codec::text_in("a", "en"), codec::text_in("b", "en")), std::nullopt);
}

TEST(ValueSpace, TimesCompareWithTheirZones) {
  EXPECT_EQ(order("2020-01-01T12:00:00+01:00", "2020-01-01T11:00:00Z", "dateTime"), 0);
  EXPECT_EQ(order("2020-01-01T12:00:00.5", "2020-01-01T12:00:00.45", "dateTime"), 1);
  EXPECT_EQ(order("2020-01-01T24:00:00", "2020-01-02T00:00:00", "dateTime"), 0);
  EXPECT_EQ(order("2020-01-01T12:00:00", "2020-01-01T12:00:00Z", "dateTime"), std::nullopt);
  EXPECT_EQ(order("2020-01-01T12:00:00", "2020-01-03T12:00:00Z", "dateTime"), -1);
  EXPECT_EQ(order("-0001-01-01", "0001-01-01", "date"), -1);
  EXPECT_EQ(order("1999", "2000", "gYear"), -1);
  EXPECT_EQ(order("P1Y", "P12M", "duration"), std::nullopt);
}

}  // namespace
