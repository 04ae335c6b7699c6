#include "gateway/app/convert_description.h"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/base/bytes.h"
#include "gateway/codec/rdf_read.h"
#include "tests/support/temp_folder.h"

namespace gateway::app {
namespace {

constexpr const char* kDescription = R"(
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix healthdcatap: <http://healthdataportal.eu/ns/health#> .
<http://example.org/d> a dcat:Dataset ; dct:title "D"@en ; healthdcatap:minimumTypicalAge 40 ;
  dct:publisher [ dcat:contactPoint [ a vcard:Kind ; vcard:hasEmail "a@b.example" ] ] .
)";

class ConvertDescription : public ::testing::Test {
 protected:
  ConvertOptions options(const std::string& to) {
    std::ofstream(folder_ / "d.ttl") << kDescription;
    ConvertOptions options;
    options.common.profiles = SOURCE_DIR "/profiles";
    options.paths = {folder_ / "d.ttl"};
    options.to = to;
    options.output = folder_ / "out.nt";
    return options;
  }
  std::string output() { return read_file(folder_ / "out.nt").value(); }

  gateway::testing::TempFolder folder_;
};

TEST_F(ConvertDescription, WritesTheReleaseInTheSyntaxOfTheFile) {
  const auto code = convert_description(options("r8"));
  ASSERT_TRUE(code) << code.error().text();
  EXPECT_EQ(*code, kOk);
  EXPECT_NE(output().find("<http://data.europa.eu/m8g/email> \"a@b.example\""), std::string::npos)
      << output();
}

TEST_F(ConvertDescription, RepairsFirstWhenAsked) {
  ConvertOptions wanted = options("healthdcat-ap-r8");
  ASSERT_TRUE(convert_description(wanted));
  EXPECT_EQ(output().find("minTypicalAge"), std::string::npos);
  wanted.repair = true;
  ASSERT_TRUE(convert_description(wanted));
  EXPECT_NE(
      output().find("health#minTypicalAge> \"40\"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>"),
      std::string::npos)
      << output();
}

TEST_F(ConvertDescription, NamesTheReleasesThatThereAre) {
  const auto code = convert_description(options("r9"));
  ASSERT_FALSE(code);
  EXPECT_NE(code.error().message.find("'r9' is neither"), std::string::npos);
  EXPECT_NE(code.error().message.find("eucaim-dcat-ap-v2"), std::string::npos);
}

TEST_F(ConvertDescription, ImagesAreNotItsBusiness) {
  for (const char* to : {"dicom-json", "fhir", "turtle", "mado-fhir", "mado-kos"})
    EXPECT_TRUE(is_made_of_images(to)) << to;
  EXPECT_FALSE(is_made_of_images("r8"));
}

}  // namespace
}  // namespace gateway::app
