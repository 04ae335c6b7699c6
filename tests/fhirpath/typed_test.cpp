// Expressions over a FHIR resource, and what the environment gives them.
#include <gtest/gtest.h>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/definitions/resource_tree.h"
#include "gateway/fhirpath/expression.h"

namespace gateway::fhirpath {
namespace {

const definitions::Definitions& core() {
  static const auto loaded = definitions::Definitions::load(
      {.folder = SOURCE_DIR "/profiles/fhir", .packs = {"r4-core-4.0.1"}, .packages = {}, .limits = {}});
  return **loaded;
}

class TypedFhirPath : public ::testing::Test {
 protected:
  TypedFhirPath()
      : resource_(codec::parse_json(*read_file(SOURCE_DIR "/tests/fhirpath/observation.json")).value()),
        tree_(core(), resource_),
        context_{tree_.node(tree_.root())} {}

  Result<Collection> run(std::string_view text, const Environment& environment = {}) const {
    const auto expression = TRY(Expression::compile(text));
    return expression.evaluate(context_, environment);
  }

  Value resource_;
  definitions::ResourceTree tree_;
  Collection context_;
};

TEST_F(TypedFhirPath, EveryExpressionOfTheTableIsTrue) {
  const std::string table = *read_file(SOURCE_DIR "/tests/fhirpath/typed.tsv");
  int cases = 0;
  for (const std::string_view line : split(table, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto result = run(line);
    ++cases;
    if (result.ok()) {
      EXPECT_EQ(*result, Collection{Scalar(true)}) << line;
    } else {
      ADD_FAILURE() << line << ": " << result.error().text();
    }
  }
  EXPECT_GT(cases, 50);
}

TEST_F(TypedFhirPath, RefusesUnknownTypesAndQuantitiesWithComparators) {
  EXPECT_FALSE(run("value is Typo").ok());
  EXPECT_FALSE(run("value.ofType(Typo)").ok());
  EXPECT_FALSE(run("referenceRange[2].age.low < 2 years").ok());
  EXPECT_FALSE(run("component.value as integer").ok());
}

TEST_F(TypedFhirPath, SearchParametersMayUseAsOnSeveralItems) {
  CompileOptions options;
  options.as_filters = true;
  const auto expression = Expression::compile("(component.value as integer)", options);
  const auto result = expression.value().evaluate(context_);
  ASSERT_TRUE(result.ok()) << result.error().text();
  EXPECT_EQ(result->size(), 1u);
}

class World final : public Services {
 public:
  explicit World(const definitions::ResourceTree& tree) : tree_(tree) {}
  void resolve(const Item& reference, Collection& out) const override {
    const auto& from = definitions::ResourceTree::entry(std::get<Node>(reference));
    if (const auto* found = tree_.resolve(tree_.child_text(from, "reference"), from))
      out.emplace_back(tree_.node(*found));
  }
  std::optional<bool> member_of(const Item&, std::string_view value_set) const override {
    return value_set == "http://example.org/known" ? std::optional(true) : std::nullopt;
  }
  std::optional<bool> conforms_to(const Item&, std::string_view profile) const override {
    return profile.ends_with("/Observation");
  }
  void trace(std::string_view name, const Collection& items) const override {
    traced_ += std::string(name) + ":" + std::to_string(items.size()) + ";";
  }
  mutable std::string traced_;

 private:
  const definitions::ResourceTree& tree_;
};

TEST_F(TypedFhirPath, AsksTheServicesOfItsEnvironment) {
  const World world(tree_);
  Environment environment;
  environment.services = &world;
  for (const char* text :
       {"subject.resolve().name.family = 'Doe'", "subject.resolve() is Patient",
        "code.memberOf('http://example.org/known')", "code.memberOf('http://example.org/other').empty()",
        "conformsTo('http://hl7.org/fhir/StructureDefinition/Observation')",
        "identifier.trace('ids').trace('values', value).count() = 2"}) {
    const auto result = run(text, environment);
    ASSERT_TRUE(result.ok()) << text << ": " << result.error().text();
    EXPECT_EQ(*result, Collection{Scalar(true)}) << text;
  }
  EXPECT_EQ(world.traced_, "ids:2;values:2;");
}

TEST_F(TypedFhirPath, WithoutServicesNothingIsKnown) {
  EXPECT_TRUE(run("subject.resolve()").value().empty());
  EXPECT_TRUE(run("code.memberOf('http://example.org/known')").value().empty());
  EXPECT_FALSE(run("now()").ok());
}

TEST_F(TypedFhirPath, TheCallerSaysWhatTimeItIs) {
  Environment environment;
  environment.now = parse_date_time("2026-11-22T23:30:00.000+02:00");
  EXPECT_EQ(run("today() = @2026-11-22", environment).value(), Collection{Scalar(true)});
  EXPECT_EQ(run("timeOfDay() = @T23:30:00", environment).value(), Collection{Scalar(true)});
  // A time without an offset is one at the offset of now.
  EXPECT_EQ(run("@2026-11-22T10:00:00 = @2026-11-22T08:00:00Z", environment).value(),
            Collection{Scalar(true)});
}

TEST_F(TypedFhirPath, BoundsItemsTextsAndPatterns) {
  Environment environment;
  environment.max_items = 100;
  EXPECT_FALSE(run("repeat(children()).combine(repeat(children())).count()", environment).ok());
  environment = {};
  environment.max_text = 100;
  EXPECT_FALSE(run("'0123456789'.replace('', '0123456789')", environment).ok());
  environment = {};
  environment.max_matching = 10'000;
  EXPECT_FALSE(run("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.matches('^(a+)+$')", environment).ok());
}

}  // namespace
}  // namespace gateway::fhirpath
