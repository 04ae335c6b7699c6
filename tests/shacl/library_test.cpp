// The shapes that come with the program: found by name, equal to the official files, usable by other engines.
#include <algorithm>

#include "gateway/shacl/document.h"
#include "gateway/shacl/shape_table.h"
#include "tests/shacl/support.h"

namespace {

using namespace gateway;
using namespace gateway::shacl;

TEST(Library, ListsItsReleasesWithTheStrictestLevelFirst) {
  const auto releases = tests::library().releases();
  ASSERT_TRUE(releases.ok()) << releases.error().text();
  std::vector<std::string> names;
  for (const ReleaseInfo& release : *releases) names.push_back(release.release);
  EXPECT_EQ(names, (std::vector<std::string>{"dcat-ap-3.0.0", "dcat-ap-3.0.1", "eucaim-dcat-ap-v2",
                                             "fair-data-point", "healthdcat-ap-r5", "healthdcat-ap-r8",
                                             "ldes-dcat-ap-feeds"}));
  for (const ReleaseInfo& release : *releases) {
    EXPECT_FALSE(release.title.empty());
    EXPECT_TRUE(tests::library().profile(release.release, "").ok());
    for (const std::string& level : release.levels) {
      const auto profile = tests::library().profile(release.release, level);
      ASSERT_TRUE(profile.ok()) << profile.error().text();
      EXPECT_EQ((*profile)->name(), release.release + ":" + level);
      EXPECT_EQ(*profile, *tests::library().profile(release.release, level)) << "compiled twice";
    }
  }
  EXPECT_EQ(releases->at(5).levels.front(), "non-public");
}

TEST(Library, UnknownNamesAreRefusedAndNeverLeaveTheFolder) {
  for (const char* name : {"", "healthdcat-ap-r9", "../shapes/healthdcat-ap-r8", ".", "a/b", "background"}) {
    EXPECT_FALSE(tests::library().has(name)) << name;
    const auto profile = tests::library().profile(name, "");
    ASSERT_FALSE(profile.ok()) << name;
    EXPECT_EQ(profile.error().code, ErrorCode::NotFound) << name;
  }
  EXPECT_FALSE(tests::library().has(std::string(5000, 'a')));
  EXPECT_FALSE(tests::library().profile(std::string(5000, 'a'), "").ok());
  const auto level = tests::library().profile("healthdcat-ap-r8", "secret");
  ASSERT_FALSE(level.ok());
  EXPECT_NE(level.error().message.find("restricted"), std::string::npos);
  EXPECT_TRUE(tests::library().has("healthdcat-ap-r8:public"));
}

TEST(Library, TheLevelIsTheOneThatTheDocumentClaims) {
  const auto level = [](const std::string& text) {
    const auto document = Document::read(text, codec::RdfFormat::Turtle, "http://x/", {});
    return document ? document->level() : document.error().text();
  };
  const std::string right = "<http://publications.europa.eu/resource/authority/access-right/";
  const std::string begin = "<a> <http://purl.org/dc/terms/accessRights> ";
  EXPECT_EQ(level(begin + right + "PUBLIC> ."), "public");
  EXPECT_EQ(level(begin + right + "RESTRICTED> ."), "restricted");
  EXPECT_EQ(level(begin + right + "NON_PUBLIC> ."), "non-public");
  EXPECT_EQ(level(begin + right + "PUBLIC>, " + right + "RESTRICTED> ."), "non-public");
  EXPECT_EQ(level("<a> <b> <c> ."), "non-public");
  const auto report = validate_document(begin + right + "PUBLIC> .", codec::RdfFormat::Turtle,
                                        tests::library(), "healthdcat-ap-r8", {.base = "http://x/"});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->profile, "healthdcat-ap-r8:public");
  const auto other = validate_document(begin + right + "PUBLIC> .", codec::RdfFormat::Turtle,
                                       tests::library(), "dcat-ap-3.0.1", {.base = "http://x/"});
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->profile, "dcat-ap-3.0.1:base");
}

// The levels of these releases know more access rights than the background alone.
void add_access_rights(ProfileBuilder& builder) {
  const auto graph = read_vocabulary_table(
      tests::slurp(SOURCE_DIR "/profiles/shapes/vocabularies/access-right.tsv"), "access-right.tsv");
  ASSERT_TRUE(graph.ok());
  builder.add_background(*graph);
}

struct Shipped {
  const char* release;
  const char* level;
  std::vector<std::string> files;  // official, below the corpus folder
};

std::vector<std::string> documents() {
  std::vector<std::string> files;
  for (const char* folder : {"/examples", "/r8/examples", "/examples-dual", "/mutants-r8-non-public",
                             "/health-ri-2.0", "/catalogue-apis/fdp", "/dcat-ap-3.0.1/examples"})
    for (const auto& entry : std::filesystem::directory_iterator(tests::kHealth + folder))
      if (entry.path().extension() == ".ttl" &&
          entry.path().filename().string().find("shape") == std::string::npos)
        files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Library, TablesGiveTheRowsOfTheOfficialFiles) {
  if (!tests::corpus_is_there()) GTEST_SKIP() << "the corpus is not here";
  const std::string ap0 = "/dcat-ap-3.0.0/", ap1 = "/dcat-ap-3.0.1/", fdp = "/catalogue-apis/fdp/shape-";
  const std::vector<Shipped> all{
      {"dcat-ap-3.0.0", "base", {ap0 + "shapes.ttl", ap0 + "range.ttl", ap0 + "shapes_recommended.ttl"}},
      {"dcat-ap-3.0.0",
       "full",
       {ap0 + "shapes.ttl", ap0 + "range.ttl", ap0 + "shapes_recommended.ttl",
        ap0 + "mdr-vocabularies.shape.ttl", ap0 + "deprecateduris.ttl"}},
      {"dcat-ap-3.0.1", "base", {ap1 + "shapes.ttl", ap1 + "range.ttl", ap1 + "shapes_recommended.ttl"}},
      {"dcat-ap-3.0.1",
       "full",
       {ap1 + "shapes.ttl", ap1 + "range.ttl", ap1 + "shapes_recommended.ttl",
        ap1 + "mdr-vocabularies.shape.ttl", ap1 + "deprecateduris.ttl"}},
      {"healthdcat-ap-r5", "", {"/r5-and-national/healthdcat-ap-r5-nonpublic-shacl.ttl"}},
      {"fair-data-point",
       "",
       {fdp + "catalog.ttl", fdp + "data-service.ttl", fdp + "dataset.ttl", fdp + "distribution.ttl",
        fdp + "fdp.ttl", fdp + "metadata-service.ttl", fdp + "resource.ttl"}},
  };
  const auto files = documents();
  std::size_t rows = 0;
  for (const Shipped& one : all) {
    ProfileBuilder builder("official");
    for (const std::string& file : one.files)
      ASSERT_TRUE(
          builder.add_shapes(tests::slurp(tests::kHealth + file), codec::RdfFormat::Turtle, "urn:file").ok());
    ASSERT_TRUE(tests::library().add_background(builder).ok());
    if (std::string(one.release) != "fair-data-point") add_access_rights(builder);
    const auto official = builder.build();
    ASSERT_TRUE(official.ok()) << official.error().text();
    const auto shipped = tests::library().profile(one.release, one.level);
    ASSERT_TRUE(shipped.ok()) << shipped.error().text();
    for (const std::string& file : files) {
      const DocumentOptions options{.base = "file:///" + file};
      const std::string text = tests::slurp(file);
      const auto theirs = validate_document(text, codec::RdfFormat::Turtle, **official, options);
      const auto ours = validate_document(text, codec::RdfFormat::Turtle, **shipped, options);
      ASSERT_EQ(theirs.ok(), ours.ok()) << file;
      if (!ours) continue;
      EXPECT_EQ(tests::plain_rows(*theirs), tests::plain_rows(*ours))
          << one.release << one.level << " " << file;
      rows += ours->rows.size();
    }
  }
  EXPECT_GT(rows, 1000u);
}

// What `shapes --profile` prints is read again by the same engine as any other file.
TEST(Library, ShapesWrittenAsTurtleSayTheSame) {
  if (!tests::corpus_is_there()) GTEST_SKIP() << "the corpus is not here";
  const auto shipped = tests::library().profile("eucaim-dcat-ap-v2", "");
  ASSERT_TRUE(shipped.ok());
  ProfileBuilder builder("turtle");
  const std::string text = codec::write_turtle((*shipped)->graph(), usual_prefixes());
  const auto added = builder.add_shapes(text, codec::RdfFormat::Turtle, "");
  ASSERT_TRUE(added.ok()) << added.error().text();
  ASSERT_TRUE(tests::library().add_background(builder).ok());
  const auto again = builder.build();
  ASSERT_TRUE(again.ok()) << again.error().text();
  for (const auto& entry : std::filesystem::directory_iterator(tests::kCorpus + "/eucaim/dcat/invalid")) {
    if (entry.path().extension() != ".ttl") continue;
    const std::string data = tests::slurp(entry.path());
    const auto ours = validate_document(data, codec::RdfFormat::Turtle, **shipped, {.base = "http://x/"});
    const auto theirs = validate_document(data, codec::RdfFormat::Turtle, **again, {.base = "http://x/"});
    ASSERT_TRUE(ours.ok() && theirs.ok());
    EXPECT_EQ(tests::plain_rows(*ours), tests::plain_rows(*theirs)) << entry.path();
  }
}

TEST(Library, TheFeedShapeKnowsCreateUpdateAndDelete) {
  const std::string head =
      "@prefix as: <https://www.w3.org/ns/activitystreams#> . @prefix : <http://x/> . "
      "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix dcat: <http://www.w3.org/ns/dcat#> . ";
  const auto count = [&](const std::string& text) {
    const auto report = validate_document(head + text, codec::RdfFormat::Turtle, tests::library(),
                                          "ldes-dcat-ap-feeds", {.base = "http://x/"});
    return report ? report->rows.size() : 99u;
  };
  const std::string time = "as:published \"2026-01-01T00:00:00Z\"^^xsd:dateTime";
  EXPECT_EQ(count(":a a as:Create ; as:object :d ; " + time + " . :d a dcat:Dataset ."), 0u);
  EXPECT_EQ(count(":a a as:Delete ; as:object :d ; " + time + " ."), 0u);
  EXPECT_EQ(count(":a a as:Update ; as:object :d ; " + time + " ."), 1u) << "the entity is not typed";
  EXPECT_EQ(count(":a a as:Delete ; as:object [] ; :extra 1 ."), 2u);
}

}  // namespace
