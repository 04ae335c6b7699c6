#include "gateway/app/conformance_statement.h"

#include <gtest/gtest.h>

namespace gateway::app {
namespace {

std::string statement(const Config& config) {
  http::Router router;
  http::RouteInfo info;
  info.tag = "DICOMweb";
  info.produces = {"application/dicom+json"};
  info.query = {{"limit", "at most | so many"}};
  router.add(http::Method::Get, "/dicomweb/studies", std::move(info),
             [](const http::Request&) -> Result<http::Response> { return http::Response(); });
  const auto table = mappers::engine::Table::load(SOURCE_DIR "/profiles", "dicom/core-2025");
  EXPECT_TRUE(table.ok());
  return conformance_statement(config, router, *table);
}

TEST(ConformanceStatement, HasTheSectionsOfTheStandard) {
  const std::string text = statement(default_config());
  for (const char* part :
       {"## 1 Conformance Statement Overview", "## 3 Introduction", "## 4 Networking",
        "## 5 Media interchange", "## 6 Support of character sets", "## 7 Security", "## 8 Annexes"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
}

TEST(ConformanceStatement, ComesFromTheTablesOfTheProgram) {
  const std::string text = statement(default_config());
  EXPECT_NE(text.find("| GET | `/dicomweb/studies` | application/dicom+json |"), std::string::npos);
  EXPECT_NE(text.find("at most \\| so many"), std::string::npos);
  EXPECT_NE(text.find("| 00100020 | PatientID | subject.patient_id |"), std::string::npos);
  EXPECT_NE(text.find("ISO 2022 IR 87"), std::string::npos);
  EXPECT_NE(text.find("| 1.2.840.10008.1.2.4.201 | High-Throughput JPEG 2000 (Lossless Only) | yes | yes |"),
            std::string::npos);
  EXPECT_NE(text.find("| 1.2.840.10008.1.2 | Implicit VR Little Endian | yes | no |"), std::string::npos);
}

TEST(ConformanceStatement, FollowsTheConfiguration) {
  Config config = default_config();
  EXPECT_NE(statement(config).find("not configured (dimse.listen)"), std::string::npos);
  config.dimse_listen = "127.0.0.1:104";
  config.dimse_ae_title = "HOSPITAL";
  const std::string text = statement(config);
  EXPECT_EQ(text.find("not configured (dimse.listen)"), std::string::npos);
  EXPECT_NE(text.find("4.3 DIMSE application entity HOSPITAL"), std::string::npos);
}

}  // namespace
}  // namespace gateway::app
