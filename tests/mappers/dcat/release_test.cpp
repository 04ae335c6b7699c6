#include "mappers/dcat/release.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "mappers/dcat/publication.h"
#include "tests/mappers/dcat/releases.h"
#include "tests/support/temp_folder.h"

namespace mappers::dcat {
namespace {

TEST(Release, IsFoundByIdAliasAndProfile) {
  const Releases& all = sample::releases();
  EXPECT_EQ(all.find("r8")->id, "healthdcat-ap-r8");
  EXPECT_EQ(all.find("eucaim")->id, "eucaim-dcat-ap-v2");
  EXPECT_EQ(all.find("https://semiceu.github.io/DCAT-AP/releases/3.0.1/")->id, "dcat-ap-3.0.1");
  EXPECT_EQ(all.find("r9"), nullptr);
  EXPECT_EQ(all.find(""), nullptr);
  EXPECT_NE(all.names().find("healthdcat-ap-r5, healthdcat-ap-r6, healthdcat-ap-r7, healthdcat-ap-r8"),
            std::string::npos);
}

TEST(Release, EveryTableHasARowForEveryFieldOfItsShapes) {
  for (const Release& release : sample::releases().all)
    for (const Field& field : fields()) {
      const ReleaseShape* shape = release.shape_of(field.type);
      ASSERT_NE(shape, nullptr) << release.id << " " << field.type;
      EXPECT_NE(release.row(shape->name, field.name), nullptr)
          << release.id << " " << shape->name << " " << field.name;
    }
}

// The rows of the older table, which definitions are held to, are those of the release.
TEST(Release, ReleaseEightAgreesWithTheTableOfDefinitions) {
  const Release& r8 = sample::release("r8");
  for (const PropertyRule& rule : sample::profile().properties) {
    const ReleaseRow* found = nullptr;
    for (const ReleaseRow& row : r8.rows())
      if (row.shape == "Dataset" && row.short_name == rule.property && !found) found = &row;
    ASSERT_NE(found, nullptr) << rule.property;
    for (const Access level : {Access::NonPublic, Access::Restricted, Access::Public})
      EXPECT_EQ(found->need(level), rule.need(level)) << rule.property << " " << name_of(level);
  }
}

std::string fault_of(const std::string& rows) {
  gateway::testing::TempFolder folder;
  const auto at = std::filesystem::path(folder.path()) / "some-release";
  std::filesystem::create_directories(at);
  std::ofstream(at / "release.toml") << "title = \"T\"\nvocabulary_host = \"https://h.example/\"\n"
                                        "[shapes.Dataset]\nclasses = [\"dcat:Dataset\"]\n";
  std::ofstream(at / "record.properties.csv")
      << "shape,field,property,form,of,max,NON_PUBLIC,RESTRICTED,PUBLIC,remark\n"
      << rows;
  const auto release = Release::load(at.string());
  return release ? std::string() : release.error().text();
}

TEST(Release, AFaultOfItsTableIsNamedWithItsLine) {
  EXPECT_EQ(fault_of("Dataset,title,dct:title,,,n,M,M,M,\n"), "");
  EXPECT_EQ(fault_of("Thing,title,dct:title,,,n,M,M,M,\n"),
            "'Thing' is no shape (some-release/record.properties.csv:2)");
  EXPECT_NE(fault_of("Dataset,tilte,dct:title,,,n,M,M,M,\n").find("is no field of Dataset"),
            std::string::npos);
  EXPECT_NE(fault_of("Dataset,title,xx:title,,,n,M,M,M,\n").find("no known prefix"), std::string::npos);
  EXPECT_NE(fault_of("Dataset,title,dct:title,words,,n,M,M,M,\n").find("is no form"), std::string::npos);
  EXPECT_NE(fault_of("Dataset,title,dct:title,,,2,M,M,M,\n").find("not one of 1, n"), std::string::npos);
  EXPECT_NE(fault_of("Dataset,title,dct:title,,,n,X,M,M,\n").find("not one of M, W, -"), std::string::npos);
  EXPECT_NE(fault_of("Dataset,title,-,,,n,M,M,M,\n").find("needs a remark"), std::string::npos);
  EXPECT_NE(fault_of("Dataset,contact,dcat:contactPoint,,Kind,n,M,M,M,\n").find("is no shape"),
            std::string::npos);
  EXPECT_NE(fault_of("Dataset,title,dct:title,,,n,M,M,M,\nDataset,title,dct:title,,,n,M,M,M,\n")
                .find("there twice (some-release/record.properties.csv:3)"),
            std::string::npos);
}

std::vector<std::string> missing(const DatasetView& view, std::string_view release) {
  std::vector<std::string> names;
  for (const auto& entry :
       missing_properties(sample::context(), view, sample::releases(), sample::release(release)))
    if (entry.mandatory) names.push_back(entry.property + " " + entry.key);
  return names;
}

TEST(Publication, WhatIsCompleteForOneReleaseNeedNotBeForAnother) {
  EXPECT_TRUE(missing(sample::view(), "r8").empty());
  const auto eucaim = missing(sample::view(), "eucaim");
  EXPECT_NE(std::find(eucaim.begin(), eucaim.end(), "eucaim:hasCondition condition"), eucaim.end());
  EXPECT_NE(std::find(eucaim.begin(), eucaim.end(), "dcat:distribution/dct:rights "), eucaim.end());
  EXPECT_EQ(missing(sample::everything(), "r8"), std::vector<std::string>());
}

TEST(Publication, HasAStateForEveryRelease) {
  const auto states = publication_states(sample::context(), sample::view(), sample::releases());
  ASSERT_EQ(states.size(), sample::releases().all.size());
  for (const PublicationState& state : states)
    EXPECT_EQ(state.complete(),
              state.release->id != "eucaim-dcat-ap-v2" && state.release->id != "dual-r8-eucaim-v2")
        << state.release->id;
}

TEST(Publication, TheAccessBodyIsMissingForR8ButNotForEucaim) {
  const auto view = sample::view(sample::changed(
      "[hdab]\nname = \"Example Health Data Access Body\"\nurl = \"https://hdab.example/contact\"\n", ""));
  EXPECT_EQ(missing(view, "r8"), (std::vector<std::string>{"healthdcatap:hdab [hdab]"}));
  for (const std::string& entry : missing(view, "eucaim"))
    EXPECT_EQ(entry.find("hdab"), std::string::npos) << entry;
}

TEST(Publication, TitleAndDescriptionHaveToBeEnglishForEucaim) {
  const auto view = sample::view(sample::changed("en = \"Breast screening mammography\", ", ""));
  const auto names = missing(view, "eucaim");
  EXPECT_NE(std::find(names.begin(), names.end(), "dct:title title"), names.end());
}

TEST(Publication, OneDocumentServesBothProfiles) {
  const auto document =
      dataset_graph(sample::context(), sample::everything(), sample::releases(), sample::release("dual"));
  for (const char* name : {"r8", "eucaim"}) {
    const auto done = convert(sample::releases(), document, sample::release(name));
    EXPECT_TRUE(done.report.lossless() || std::string_view(name) == "eucaim") << done.report.text();
  }
}

}  // namespace
}  // namespace mappers::dcat
