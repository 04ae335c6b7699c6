#include "mappers/fhir/bundle.h"

#include "tests/mappers/fhir/fhir_fixture.h"

namespace mappers::fhir {
namespace {

using testing::at;
using testing::options;
using testing::parsed;
using testing::sample_study;
using testing::Value;

TEST(BundleOf, RefersByUrnWithoutABase) {
  auto second = sample_study();
  second.study.uid += ".9";
  const std::vector rows = {sample_study(), second};
  const auto json = bundle_of(rows, "", options());
  ASSERT_TRUE(json.ok());
  const Value bundle = parsed(*json);
  EXPECT_EQ(at(bundle, "type"), "collection");
  EXPECT_EQ(at(bundle, "entry.0.resource.resourceType"), "Patient");
  EXPECT_TRUE(at(bundle, "entry.0.fullUrl").starts_with("urn:uuid:"));
  EXPECT_EQ(at(bundle, "entry.1.resource.subject.reference"), at(bundle, "entry.0.fullUrl"));
  EXPECT_EQ(at(bundle, "entry.1.resource.endpoint"), "");
  EXPECT_EQ(at(bundle, "entry.2.resource.subject.reference"), at(bundle, "entry.0.fullUrl"));
  EXPECT_EQ(at(bundle, "entry.3"), "");
}

TEST(BundleOf, HasTheEndpointOfTheBase) {
  const std::vector rows = {sample_study()};
  const auto json = bundle_of(rows, "https://gateway.example", options());
  ASSERT_TRUE(json.ok());
  const Value bundle = parsed(*json);
  EXPECT_EQ(at(bundle, "entry.1.fullUrl"),
            "https://gateway.example/fhir/ImagingStudy/1.2.826.0.1.3680043.8.1055.1");
  EXPECT_EQ(at(bundle, "entry.1.resource.endpoint.0.reference"), "Endpoint/dicom-wado-rs");
  EXPECT_EQ(at(bundle, "entry.2.resource.address"), "https://gateway.example/dicomweb");
}

TEST(BundleOf, RowsThatNoIndexKeptGetAKeyAndNoMeta) {
  auto row = sample_study();
  row.subject.key.clear();
  row.updated_us = row.subject.updated_us = 0;
  const auto json = bundle_of(std::span(&row, 1), "", options());
  ASSERT_TRUE(json.ok());
  const Value bundle = parsed(*json);
  EXPECT_EQ(at(bundle, "entry.0.resource.id").size(), 32u);
  EXPECT_EQ(at(bundle, "entry.0.resource.meta.versionId"), "");
  EXPECT_EQ(at(bundle, "entry.0.resource.meta.lastUpdated"), "");
}

TEST(BundleOf, WhatStudiesShareStandsBesideThemOnce) {
  auto row = sample_study();
  row.series[0].series.manufacturer = "Maker";
  auto second = row;
  second.study.uid += ".9";
  const std::vector rows = {row, second};
  const Value bundle = parsed(*bundle_of(rows, "", options()));
  EXPECT_EQ(at(bundle, "entry.1.resource.contained"), "");
  EXPECT_EQ(at(bundle, "entry.2.resource.resourceType"), "Device");
  EXPECT_EQ(at(bundle, "entry.1.resource.series.0.performer.0.actor.reference"),
            at(bundle, "entry.2.fullUrl"));
  EXPECT_EQ(at(bundle, "entry.3.resource.series.0.performer.0.actor.reference"),
            at(bundle, "entry.2.fullUrl"));
  EXPECT_EQ(at(bundle, "entry.4"), "");
}

TEST(BundleOf, NothingGivesAnEmptyBundle) {
  EXPECT_EQ(*bundle_of({}, "", options()), R"({"resourceType":"Bundle","type":"collection"})");
}

TEST(BundleOf, AStudyWithoutUidIsRefused) {
  auto row = sample_study();
  row.study.uid.clear();
  EXPECT_FALSE(bundle_of(std::span(&row, 1), "", options()).ok());
}

}  // namespace
}  // namespace mappers::fhir
