// The parts that FHIRPath computes with: decimals, regular expressions, units, moments.
#include <gtest/gtest.h>

#include "gateway/fhirpath/moment.h"
#include "gateway/fhirpath/number.h"
#include "gateway/fhirpath/regex.h"
#include "gateway/fhirpath/ucum.h"

namespace gateway::fhirpath {
namespace {

Number number(std::string_view text) { return Number::parse(text).value(); }

TEST(Number, ComputesExactly) {
  EXPECT_EQ((number("0.1") + number("0.2")).text(), "0.3");
  EXPECT_EQ((number("1") - number("1.50")).text(), "-0.50");
  EXPECT_EQ(Number::product(number("1234567890123456789"), number("-9876543210987654321"))->text(),
            "-12193263113702179522374638011112635269");
  EXPECT_EQ(Number::quotient(1, 3)->text(), "0.3333333333333333333333333333");
  EXPECT_EQ(Number::quotient(2, 3)->text(), "0.6666666666666666666666666667");
  EXPECT_EQ(Number::quotient(number("1000000000000000000000"), number("0.001"))->text(),
            "1000000000000000000000000");
  EXPECT_FALSE(Number::quotient(1, 0));
}

TEST(Number, ReadsAndWritesWhatItIsGiven) {
  for (const char* text : {"0", "1.50", "-0.001", "123456789012345678901234567890.123456789"})
    EXPECT_EQ(number(text).text(), text);
  EXPECT_EQ(number("1e3").text(), "1000");
  EXPECT_EQ(number("1.5e-3").text(), "0.0015");
  EXPECT_EQ(number("-0").text(), "0");
  for (const char* text : {"", "-", ".5", "1e999999", "1x", "0x1"}) EXPECT_FALSE(Number::parse(text)) << text;
}

TEST(Number, RoundsTowardsWhereItIsTold) {
  using Rounding = Number::Rounding;
  EXPECT_EQ(number("2.5").rounded(0, Rounding::HalfUp), 3);
  EXPECT_EQ(number("-2.5").rounded(0, Rounding::HalfUp), -2);
  EXPECT_EQ(number("-2.1").rounded(0, Rounding::Down), -3);
  EXPECT_EQ(number("-2.1").rounded(0, Rounding::Up), -2);
  EXPECT_EQ(number("2.999").rounded(2, Rounding::Zero).text(), "2.99");
  EXPECT_EQ(number("1.500").trimmed().text(), "1.5");
}

TEST(Number, LargeNumbersAreRefusedNotComputed) {
  Number large = number("1" + std::string(400, '0'));
  EXPECT_FALSE(Number::product(large, large));
}

bool found(std::string_view pattern, std::string_view text, Regex::Flags flags = {}) {
  std::size_t steps = 1'000'000;
  return Regex::compile(pattern, flags).value().find(text, steps).value();
}

TEST(Regex, MatchesWhatFhirsPatternsSay) {
  EXPECT_TRUE(found("^[A-Z]([A-Za-z0-9_]){0,254}$", "ImagingStudy"));
  EXPECT_FALSE(found("^[A-Z]([A-Za-z0-9_]){0,254}$", "imagingStudy"));
  EXPECT_TRUE(found("^urn:oid:[0-2](\\.(0|[1-9][0-9]*))+$", "urn:oid:1.2.840.10008"));
  EXPECT_FALSE(found("^urn:oid:[0-2](\\.(0|[1-9][0-9]*))+$", "urn:oid:1.02"));
  EXPECT_TRUE(found("^[^\\s]+(\\s[^\\s]+)*$", "a b"));
  EXPECT_TRUE(found("a{2,3}?b", "aab"));
  EXPECT_TRUE(found("[\\]\\-x]", "]"));
  EXPECT_TRUE(found("\\bend\\b", "the end."));
  EXPECT_TRUE(found("^ä.$", "äö"));
  EXPECT_TRUE(found("x{,2}", "x{,2}"));
  EXPECT_TRUE(found("^b$", "a\nb\nc", {.multiline = true}));
}

TEST(Regex, RefusesBrokenPatterns) {
  for (const char* pattern :
       {"(", ")", "[a", "a**", "*", "\\", "a{3,1}", "[z-a]", "(?<=a)b", "\\q", "\\2(a)", "(?P<x>a)"})
    EXPECT_FALSE(Regex::compile(pattern, {}).ok()) << pattern;
  EXPECT_FALSE(Regex::compile(std::string(100, '(') + std::string(100, ')'), {}).ok());
  EXPECT_FALSE(Regex::compile("((a{200}){200}){200}", {}).ok());
}

TEST(Regex, StopsWhenTheStepsAreSpent) {
  const Regex regex = Regex::compile("^(a|a)*$", {}).value();
  std::size_t steps = 100'000;
  EXPECT_FALSE(regex.find(std::string(40, 'a') + "b", steps).ok());
  EXPECT_EQ(steps, 0u);
  steps = 100'000;
  const Regex loops = Regex::compile("^(a*)*$", {}).value();
  EXPECT_TRUE(loops.find(std::string(1000, 'a'), steps).value());
}

TEST(Regex, LongTextsDoNotDeepenTheStack) {
  const Regex regex = Regex::compile("^(?:.|\\n)*$", {}).value();
  std::size_t steps = 10'000'000;
  EXPECT_TRUE(regex.find(std::string(500'000, 'x'), steps).value());
}

double in(double value, const char* from, const char* to) {
  const auto a = unit_of(from), b = unit_of(to);
  if (!a || !b) return -1;
  const auto out = convert(*Number::from(value), *a, *b);
  return out ? out->to_double() : -2;
}

TEST(Ucum, ConvertsTheUnitsOfMedicine) {
  struct Row {
    double value;
    const char* from;
    const char* to;
    double expected;
  };
  for (const Row& row : {Row{1, "kg", "g", 1000},
                         Row{1, "[in_i]", "cm", 2.54},
                         Row{37, "Cel", "[degF]", 98.6},
                         Row{98.6, "[degF]", "Cel", 37},
                         Row{0, "Cel", "K", 273.15},
                         Row{1, "mm[Hg]", "Pa", 133.322},
                         Row{1, "mCi", "MBq", 37},
                         Row{1, "Gy", "cGy", 100},
                         Row{1, "mg/dL", "g/L", 0.01},
                         Row{60, "/min", "Hz", 1},
                         Row{1, "wk", "h", 168},
                         Row{1, "10*3/uL", "10*9/L", 1},
                         Row{1, "mGy.cm", "Gy.m", 0.00001},
                         Row{5, "%", "1", 0.05},
                         Row{1, "kBq/mL", "Bq/mL", 1000},
                         Row{1, "mmol/L", "umol/mL", 1},
                         Row{1, "KiBy", "By", 1024},
                         Row{1, "m/s2", "cm.s-2", 100},
                         Row{1, "dB", "B", 0.1},
                         Row{1, "kg.m2/(s2.A)", "Wb", 1},
                         Row{2, "{a}", "{b}", 2}})
    EXPECT_NEAR(in(row.value, row.from, row.to), row.expected, 1e-9 * row.expected)
        << row.from << " " << row.to;
}

TEST(Ucum, KeepsApartWhatDoesNotFit) {
  EXPECT_EQ(in(1, "kg", "m"), -2);
  EXPECT_EQ(in(1, "[iU]", "mg"), -2);
  for (const char* code : {"", "kkg", "furlongs", "m//s", "(m", "m)", "m.", "1..2", "g{", "kmin"})
    EXPECT_FALSE(unit_of(code)) << code;
  EXPECT_FALSE(unit_of(std::string(100, '(') + "m" + std::string(100, ')')));
}

TEST(Moment, TextsComeBackAsTheyWere) {
  for (const char* text :
       {"2015", "2015-02", "2015-02-04", "2015-02-04T14", "2015-02-04T14:34", "2015-02-04T14:34:28",
        "2015-02-04T14:34:28.1Z", "2015-02-04T14:34:28.123456+01:00", "2015-02-04T14:34-03:30"})
    EXPECT_EQ(to_text(parse_date_time(text).value()), text);
  for (const char* text :
       {"15", "2015-1", "2015-13", "2015-02-29", "2015-02-04T24", "2015-02-04T14:60",
        "2015-02-04T14:34:28+15:00", "2015-02-04 14:34", "2015-02-04T", "2015-02-04T14:34:28.Z"})
    EXPECT_FALSE(parse_date_time(text)) << text;
}

TEST(Moment, ArithmeticKeepsThePrecision) {
  const auto moved = [](const char* text, std::int64_t amount, Duration unit) {
    const auto out = add(parse_date_time(text).value(), Number(amount), unit);
    return out ? to_text(*out) : "";
  };
  EXPECT_EQ(moved("2015", 25, Duration::Month), "2017");
  EXPECT_EQ(moved("2016-02-29", -1, Duration::Year), "2015-02-28");
  EXPECT_EQ(moved("2015-12-31T23:59:59.5+01:00", 1, Duration::Second), "2016-01-01T00:00:00.500+01:00");
  EXPECT_EQ(moved("0001-01-01", -1, Duration::Day), "");
  EXPECT_EQ(moved("2015-01-01", 1'000'000'000'000, Duration::Day), "");
}

}  // namespace
}  // namespace gateway::fhirpath
