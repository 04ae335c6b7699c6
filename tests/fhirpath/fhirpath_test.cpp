#include <gtest/gtest.h>

#include "gateway/base/bytes.h"
#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/fhirpath/expression.h"

namespace gateway::fhirpath {
namespace {

Value value_of(const Item& item) {
  if (const Node* node = std::get_if<Node>(&item)) return *static_cast<const Value*>(node->at);
  const Scalar& scalar = std::get<Scalar>(item);
  if (const bool* flag = std::get_if<bool>(&scalar)) return *flag;
  if (const auto* number = std::get_if<std::int64_t>(&scalar)) return *number;
  if (const auto* number = std::get_if<Decimal>(&scalar)) return *number;
  return to_text(scalar);
}

std::string run(std::string_view text, const Value& input) {
  CompileOptions options;
  options.constants = {"modality"};
  const auto expression = Expression::compile(text, options);
  if (!expression.ok()) return "\"refused\"";
  Environment environment;
  environment.constants["modality"] = {Scalar(std::string("CT"))};
  environment.now = parse_date_time("2026-11-22T18:08:56.000+01:00");
  const ValueTree tree(input);
  const auto result = expression->evaluate(tree.root(), environment);
  if (!result.ok()) return "\"fault\"";
  Value list = Value::list();
  for (const Item& item : *result) list.push(value_of(item));
  return to_json(list);
}

TEST(FhirPath, AnswersEveryCaseOfTheTable) {
  const auto table = read_file(SOURCE_DIR "/tests/fhirpath/cases.tsv");
  ASSERT_TRUE(table.ok()) << table.error().text();
  int cases = 0;
  for (const std::string_view line : split(*table, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto cells = split(line, '\t');
    ASSERT_EQ(cells.size(), 3u) << line;
    const auto input = codec::parse_json(cells[1]);
    ASSERT_TRUE(input.ok()) << line;
    EXPECT_EQ(run(cells[0], *input), cells[2]) << line;
    ++cases;
  }
  EXPECT_GT(cases, 90);
}

std::string table_text(const char* name) {
  const auto table = read_file(std::string(SOURCE_DIR "/tests/fhirpath/") + name);
  return table.ok() ? *table : "";
}

TEST(FhirPath, EveryExpressionOfTheLanguageTableIsTrue) {
  int cases = 0;
  const std::string table = table_text("language.tsv");
  for (const std::string_view line : split(table, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    EXPECT_EQ(run(line, Value::map()), "[true]") << line;
    ++cases;
  }
  EXPECT_GT(cases, 250);
}

TEST(FhirPath, RefusesWhatTheStandardRefuses) {
  int cases = 0;
  const std::string table = table_text("faults.tsv");
  for (const std::string_view line : split(table, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto cells = split(line, '\t');
    ASSERT_EQ(cells.size(), 2u) << line;
    EXPECT_EQ(run(cells[1], Value::map()), "\"" + std::string(cells[0]) + "\"") << line;
    ++cases;
  }
  EXPECT_GT(cases, 40);
}

TEST(FhirPath, ReadsTagsAsNamesWhenAsked) {
  CompileOptions options;
  options.tag_names = true;
  const Value input =
      Value::map().set("00100010", "Doe^Jane").set("0008103E", Value::map().set("00080100", "x"));
  const ValueTree tree(input);
  for (const char* text :
       {"00100010 = 'Doe^Jane'", "0008103E.00080100.exists()", "0008103e.empty()", "12345678.empty()"}) {
    const auto expression = Expression::compile(text, options);
    ASSERT_TRUE(expression.ok()) << text << ": " << expression.error().text();
    EXPECT_TRUE(expression->test(tree.root()).value()) << text;
  }
  EXPECT_EQ(run("00100010.exists()", input), "[true]");  // a number otherwise
}

TEST(FhirPath, ConditionsTakeEmptyAsFalse) {
  const Value input = Value::map();
  const ValueTree tree(input);
  EXPECT_FALSE(Expression::compile("a").value().test(tree.root()).value());
  EXPECT_FALSE(Expression::compile("a = 1").value().test(tree.root()).value());
  EXPECT_TRUE(Expression::compile("'text'").value().test(tree.root()).value());
}

TEST(FhirPath, NamesThePlaceOfAFault) {
  const auto expression = Expression::compile("a and unknown()");
  ASSERT_FALSE(expression.ok());
  EXPECT_EQ(expression.error().code, ErrorCode::ProfileInvalid);
  EXPECT_EQ(expression.error().where, "character 7");
  EXPECT_EQ(expression.error().message, "unknown function unknown()");
}

TEST(FhirPath, BoundsLengthAndDepth) {
  EXPECT_FALSE(Expression::compile(std::string(20'000, ' ') + "a").ok());
  EXPECT_FALSE(Expression::compile(std::string(1000, '(') + "a" + std::string(1000, ')')).ok());
  std::string chain = "a";
  for (int i = 0; i < 1000; ++i) chain += ".a";
  EXPECT_FALSE(Expression::compile(chain).ok());
  EXPECT_TRUE(Expression::compile("a.a.a.a.a.a.a.a").ok());
}

TEST(FhirPath, BoundsTheWork) {
  Value up = Value::list(), down = Value::list();
  for (int i = 0; i < 1100; ++i) up.push(i), down.push(1099 - i);
  const Value input = Value::map().set("a", up).set("b", down);
  const ValueTree tree(input);
  const auto expression = Expression::compile("a ~ b");
  ASSERT_TRUE(expression.ok());
  const auto result = expression->evaluate(tree.root());
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find("steps"), std::string::npos);
}

}  // namespace
}  // namespace gateway::fhirpath
