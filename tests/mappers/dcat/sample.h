// A complete dataset definition and hand-made figures, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include "mappers/dcat/render.h"

namespace mappers::dcat::sample {

inline constexpr const char* kDefinition = R"toml(
id = "breast-mammography"
title = { en = "Breast screening mammography", de = "Mammographie-Screening" }
description = { en = "Screening mammograms with findings." }
keywords = { en = ["mammography", "screening"] }
version = "1.0.0"
access = "NON_PUBLIC"
health_categories = ["EHRS"]
health_themes = ["CANCER_DISEASE"]
languages = ["ENG"]
spatial = ["BEL"]
provenance = { en = "Collected in routine care." }
purposes = ["Development of algorithms for cancer care."]
legal_bases = ["Regulation (EU) 2025/327, Chapter IV"]
personal_data = ["Age", "Gender"]
population_coverage = { en = "Women aged 50 to 69." }
retention = { start = 2024-01-01, end = "2036-12-31" }
frequency = "ANNUAL"
coding_systems = ["SNOMED-CT"]
code_values = ["254837009"]

[selection]
ClinicalTrialProtocolID = ["DEMO-BREAST"]
StudyDate = "20180101-20251231"

[publisher]
name = "Example University Hospital"
email = "data@hospital.example"
type = "research-institute-org"
note = "Reviewed every quarter."

[custodian]
name = "Example University Hospital"
email = "data@hospital.example"

[hdab]
name = "Example Health Data Access Body"
url = "https://hdab.example/contact"

[contact]
email = "imaging@hospital.example"

[[distribution]]
title = { en = "Images by DICOMweb" }
license = "Permit under Regulation (EU) 2025/327"
rights = "In the secure processing environment only."

[[distribution]]
title = "Summary table"
access_url = "https://hospital.example/data/breast"
format = "CSV"
media_type = "text/csv"
license = "https://creativecommons.org/licenses/by/4.0/"
)toml";

inline const Profile& profile() {
  static const auto loaded = Profile::load(SOURCE_DIR "/profiles/dcat/healthdcat-ap-r8");
  if (!loaded) ADD_FAILURE() << loaded.error().text();
  return *loaded;
}

inline gateway::model::SelectionStatistics statistics() {
  gateway::model::SelectionStatistics figures;
  figures.subjects = 20, figures.studies = 24, figures.series = 96, figures.instances = 400;
  figures.bytes = 123'456'789;
  figures.min_age_years = 50, figures.max_age_years = 69;
  figures.first_date = "20190203", figures.last_date = "20241130";
  figures.modalities = {{"MG", 90, 20}, {"SR", 6, 6}};
  figures.body_parts = {{"BREAST", 90, 20}};
  figures.manufacturers = {{"ACME <&> \"Médical\"", 96, 20}};
  figures.attributes = {{0x00080060, "CS", 400},
                        {0x00100010, "PN", 400},
                        {0x00100040, "CS", 399},
                        {0x00280010, "US", 394},
                        {0x00091001, "LO", 12}};
  return figures;
}

inline const DescribeAttribute& describe() {
  static const DescribeAttribute function = [](std::uint32_t tag) -> std::optional<AttributeName> {
    switch (tag) {
      case 0x00080060:
        return AttributeName{"Modality", "Modality"};
      case 0x00100010:
        return AttributeName{"PatientName", "Patient's Name"};
      case 0x00100040:
        return AttributeName{"PatientSex", "Patient's Sex"};
      case 0x00280010:
        return AttributeName{"Rows", "Rows"};
      default:
        return std::nullopt;
    }
  };
  return function;
}

inline const CatalogueInfo& catalogue() {
  static const CatalogueInfo info;
  return info;
}

inline RenderContext context() {
  return {profile(), catalogue(), describe(), "https://gateway.example/catalogue",
          "https://gateway.example/dicomweb"};
}

// The definition with one line replaced or, with an empty `to`, removed.
inline std::string changed(std::string_view from, std::string_view to) {
  std::string text = kDefinition;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

inline DatasetView view(std::string_view toml = kDefinition) {
  auto definition = parse_definition(toml, "sample.toml", profile());
  if (!definition) ADD_FAILURE() << definition.error().text();
  return {definition ? std::move(*definition) : DatasetDefinition{}, statistics(), std::nullopt,
          1'700'000'000'000'000, 1'700'000'100'000'000};
}

}  // namespace mappers::dcat::sample
