#include "gateway/catalogue/dataset_service.h"

#include "gateway/catalogue/cache.h"
#include "tests/catalogue/fixture.h"

namespace gateway::catalogue {
namespace {

const std::string kWithoutBody = sample::changed(
    "[hdab]\nname = \"Example Health Data Access Body\"\nurl = \"https://hdab.example/contact\"\n", "");

TEST_F(CatalogueFixture, PublishingNamesEveryMandatoryPropertyThatIsMissing) {
  ASSERT_TRUE(service.define(
      "id = \"thin\"\ntitle = \"Thin\"\naccess = \"NON_PUBLIC\"\n[selection]\nModality = [\"CT\"]\n",
      "thin.toml"));
  const auto refused = service.publish("thin");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unprocessable);
  for (const char* property : {"dct:description", "dcat:distribution", "healthdcatap:healthCategory",
                               "healthdcatap:hdab", "dcat:contactPoint", "dct:provenance"})
    EXPECT_NE(refused.error().message.find(std::string(property) + " is missing"), std::string::npos)
        << property;
  EXPECT_EQ(refused.error().message.find("healthTheme"), std::string::npos) << "recommended only";
}

TEST_F(CatalogueFixture, RecommendedPropertiesAreReported) {
  define_and_publish();
  ASSERT_TRUE(service.define(sample::changed("health_themes = [\"CANCER_DISEASE\"]\n", ""), "sample.toml"));
  const auto report = service.show("breast-mammography");
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->publishable());
  ASSERT_EQ(report->missing.size(), 1u);
  EXPECT_EQ(describe(report->missing[0]),
            "healthdcatap:healthTheme is missing: write health_themes into the definition");
}

TEST_F(CatalogueFixture, APublishedDatasetCannotLoseWhatIsMandatory) {
  define_and_publish();
  const auto refused = service.define(kWithoutBody, "sample.toml");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("healthdcatap:hdab"), std::string::npos);
  EXPECT_EQ(store.dataset("breast-mammography")->definition, sample::kDefinition);
}

// Under a policy a number of persons in words would say what the figures do not.
TEST_F(CatalogueFixture, NumbersOfPersonsInWordsAreRefusedUnderAPolicy) {
  DatasetOptions options;  // eucaim-default
  const DatasetService guarded(store, sample::profile(), sample::describe(), options);
  const std::string text = sample::changed("[\"mammography\", \"screening\"]", "[\"7 patients\"]");
  ASSERT_TRUE(service.define(text, "sample.toml"));
  EXPECT_TRUE(service.show("breast-mammography")->violations.empty()) << "an open policy hides nothing";
  const auto report = guarded.show("breast-mammography");
  ASSERT_TRUE(report);
  ASSERT_FALSE(report->violations.empty());
  EXPECT_NE(report->violations[0].find("7 patients"), std::string::npos);
}

TEST_F(CatalogueFixture, ShowsFiguresAndWhetherAnythingIsSelected) {
  ASSERT_TRUE(service.define(sample::kDefinition, "sample.toml"));
  EXPECT_EQ(service.show("breast-mammography")->view.statistics.studies, 24u);
  EXPECT_FALSE(service.show("breast-mammography")->empty);
  store.figures = {};
  EXPECT_TRUE(service.show("breast-mammography")->empty);
  EXPECT_EQ(service.show("other").error().code, ErrorCode::NotFound);
}

TEST_F(CatalogueFixture, AFaultyDefinitionIsNotStored) {
  EXPECT_FALSE(service.define("id = 1", "x.toml"));
  EXPECT_TRUE(service.list()->empty());
}

TEST(VersionedCache, ForgetsTheOldestWhenItIsFull) {
  VersionedCache<int> cache(2, 100);
  cache.put("a", "1", std::make_shared<int>(1), 1);
  cache.put("b", "1", std::make_shared<int>(2), 1);
  cache.put("a", "2", std::make_shared<int>(3), 1);
  EXPECT_EQ(cache.find("a", "1"), nullptr);
  EXPECT_EQ(*cache.find("a", "2"), 3);
  cache.put("c", "1", std::make_shared<int>(4), 1);
  EXPECT_EQ(cache.find_any("a"), nullptr);
  cache.put("d", "1", std::make_shared<int>(5), 100);
  EXPECT_EQ(cache.find_any("b"), nullptr);
  EXPECT_EQ(cache.find_any("c"), nullptr);
  EXPECT_EQ(*cache.find("d", "1"), 5);
}

}  // namespace
}  // namespace gateway::catalogue
