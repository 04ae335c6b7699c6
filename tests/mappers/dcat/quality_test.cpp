#include "mappers/dcat/quality.h"

#include "mappers/dcat/builder.h"
#include "mappers/dcat/samples.h"
#include "mappers/dcat/vocabulary.h"
#include "tests/mappers/dcat/sample.h"

namespace mappers::dcat {
namespace {

using gateway::model::Defect;
using gateway::model::QualityFigures;

const QualityProfile& quality_profile() {
  static const auto loaded = QualityProfile::load(SOURCE_DIR "/profiles/quality");
  if (!loaded) ADD_FAILURE() << loaded.error().text();
  return *loaded;
}

QualityFigures figures() {
  QualityFigures out;
  out.subjects = 20, out.studies = 24, out.series = 96, out.instances = 400;
  out.modalities = {{"MG", 300, 60}, {"SR", 100, 36}};
  out.attributes = {{"MG", 0x00180015, 300, 290}, {"MG", 0x00100020, 300, 300}, {"SR", 0x00100020, 100, 100}};
  out.defects = {{Defect::BadValue, 0x00080020, 4, 1, 1, 1}};
  out.median_delay_days = 12;
  return out;
}

TEST(Quality, TheProfileNamesAttributesAndModalities) {
  const auto& rules = quality_profile().rules;
  EXPECT_GE(rules.size(), 25u);
  EXPECT_FALSE(quality_profile().version.empty());
  for (const QualityRule& rule : rules) EXPECT_FALSE(rule.need.empty()) << rule.keyword;
  EXPECT_FALSE(QualityProfile::load(SOURCE_DIR "/nowhere").ok());
}

TEST(Quality, CompletenessCountsTheModalitiesThatTheTableNames) {
  const QualityLabel label = make_label(figures(), quality_profile());
  const QualityMetric* body_part = label.find("completeness-00180015");
  ASSERT_NE(body_part, nullptr);
  EXPECT_EQ(body_part->numerator, 290u);
  EXPECT_EQ(body_part->denominator, 300u) << "reports have no body part";
  EXPECT_EQ(body_part->level, 4);
  EXPECT_EQ(label.find("completeness-00100020")->denominator, 400u);
  EXPECT_EQ(label.find("validity-values")->numerator, 396u);
  EXPECT_EQ(label.find("timeliness-p90")->value, std::nullopt);
}

TEST(Quality, UnderAPolicyTellsNoFewPersonsAndNoYears) {
  QualityFigures counted = figures();
  counted.sex_known = 17;  // all but three
  counted.age_known = 20;
  counted.years_covered = 3, counted.first_date = "20180101", counted.last_date = "20201231";
  counted.subjects_dated = 20, counted.p90_delay_days = 90;
  gateway::model::SelectionStatistics shown;
  shown.privacy = {"eucaim-default", 10, 10, 5, 90, false};
  const QualityLabel label = publish(make_label(counted, quality_profile()), shown);
  EXPECT_EQ(label.find("coverage-sex"), nullptr);
  ASSERT_NE(label.find("coverage-age"), nullptr);
  EXPECT_EQ(label.find("coverage-age")->value, std::nullopt);
  EXPECT_EQ(label.find("coverage-age")->level, 5);
  for (const char* id : {"coverage-years", "coverage-period", "timeliness-p90", "modification-replaced",
                         "completeness-00180015"})
    EXPECT_EQ(label.find(id), nullptr) << id;
  EXPECT_EQ(label.find("timeliness-median")->value, 10);
  shown.modalities = {{"MG", 60, 20, 24, 300}};
  EXPECT_NE(publish(make_label(counted, quality_profile()), shown).find("completeness-00180015"), nullptr)
      << "body part, of a modality that is shown";
  const auto context = sample::context();
  Builder builder(context);
  add_quality(builder, "https://x/d", label);
  const auto value = std::move(builder).graph().objects(
      gateway::codec::iri("https://x/d#quality-coverage-age-value"), expand("dqv:value"));
  ASSERT_EQ(value.size(), 1u);
  EXPECT_EQ(value[0].text, "5") << "the level";
}

TEST(Quality, BecomesMeasurementsOfTheDataset) {
  const auto context = sample::context();
  Builder builder(context);
  const std::string dataset = "https://gateway.example/catalogue/dataset/a";
  add_quality(builder, dataset, make_label(figures(), quality_profile()));
  const auto graph = std::move(builder).graph();
  const auto measured = graph.objects(gateway::codec::iri(dataset), expand("dqv:hasQualityMeasurement"));
  EXPECT_GT(measured.size(), 10u);
  const auto values = graph.objects(gateway::codec::iri(dataset + "#quality-completeness-00180015-value"),
                                    expand("dqv:value"));
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0].text, "0.9667");
  EXPECT_TRUE(
      graph.objects(gateway::codec::iri(dataset + "#quality-timeliness-p90-value"), expand("dqv:value"))
          .empty())
      << "what was not measured has no value";
}

TEST(CodedTermsInDescriptions, AreCodesOfTheHyperOntologyAndDoubtfulOnesStayOut) {
  gateway::model::SelectionStatistics stated;
  stated.terms = {
      {"modality", "mr", "Magnetic resonance imaging", {{"EUCAIM", "IMG1000038", ""}}, true, 4, 4},
      {"body-part", "hip", "Hip", {{"EUCAIM", "BP1000229", ""}}, false, 4, 4},
      {"body-part", "rib", "Rib", {{"SCT", "1", ""}}, true, 4, 4}};
  const auto context = sample::context();
  Builder builder(context);
  add_coded_terms(builder, "https://x/d", stated);
  const auto graph = std::move(builder).graph();
  const auto modality = graph.objects(gateway::codec::iri("https://x/d"), expand("eucaim:hasImageModality"));
  ASSERT_EQ(modality.size(), 1u);
  EXPECT_EQ(modality[0].text, "https://cancerimage.eu/ontology/EUCAIM#IMG1000038");
  EXPECT_TRUE(graph.objects(gateway::codec::iri("https://x/d"), expand("eucaim:hasImageBodyPart")).empty());
}

TEST(Descriptions, OfTooFewPersonsTellNoNumber) {
  DatasetView view = sample::view();
  view.statistics.withheld = true;
  view.statistics.subjects = view.statistics.studies = 0;
  const auto context = sample::context();
  const auto graph = dataset_graph(context, view);
  const auto dataset = gateway::codec::iri(dataset_iri(context.base, view.definition.id));
  for (const char* property : {"healthdcatap:numberOfRecords", "healthdcatap:numberOfUniqueIndividuals",
                               "healthdcatap:minTypicalAge", "dqv:hasQualityMeasurement"})
    EXPECT_TRUE(graph.objects(dataset, expand(property)).empty()) << property;
  EXPECT_FALSE(graph.objects(dataset, expand("healthdcatap:hasVariables")).empty());
}

TEST(Checksum, StandsAtTheDistributionOfTheImages) {
  DatasetView view = sample::view();
  view.statistics.checksum = std::string(64, 'a');
  const auto context = sample::context();
  const auto graph = distribution_graph(context, view, 0);
  const auto distribution = gateway::codec::iri(distribution_iri(context.base, view.definition.id, 0));
  const auto checksum = graph.objects(distribution, expand("spdx:checksum"));
  ASSERT_EQ(checksum.size(), 1u);
  EXPECT_EQ(graph.objects(checksum[0], expand("spdx:checksumValue"))[0].text, view.statistics.checksum);
  EXPECT_EQ(graph.objects(checksum[0], expand("spdx:algorithm"))[0].text,
            "http://spdx.org/rdf/terms#checksumAlgorithm_sha256");
}

TEST(Samples, ShowPublishedValuesAndInventedOnes) {
  const auto context = sample::context();
  const DatasetView view = sample::view();
  EXPECT_EQ(sample_csv(context, view, 2),
            "Modality,PatientName,PatientSex,Rows\r\nMG,Name^1,,1\r\nSR,Name^2,,2\r\n");
  DatasetView none = view;
  none.statistics.attributes.clear();
  EXPECT_TRUE(sample_csv(context, none).empty());
}

}  // namespace
}  // namespace mappers::dcat
