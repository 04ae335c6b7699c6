// What the commands say of descriptions, addresses and levels.
#include <gtest/gtest.h>

#include <fstream>

#include "gateway/app/commands.h"
#include "gateway/app/console.h"
#include "gateway/app/fetch.h"
#include "tests/support/temp_folder.h"

namespace gateway::app {
namespace {

constexpr const char* kNamesAContext =
    R"({"@context": "https://semiceu.github.io/DCAT-AP/releases/3.0.1/context/dcat-ap.jsonld",
        "@id": "http://x.example/d", "@type": "Dataset", "title": "D"})";

class Descriptions : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  int validated(const std::vector<std::string>& paths, const std::vector<std::string>& shapes = {}) {
    ValidateOptions options;
    options.common.profiles = SOURCE_DIR "/profiles";
    options.paths = paths;
    options.shapes = shapes;
    return validate(options);
  }

  gateway::testing::TempFolder folder_;
};

TEST_F(Descriptions, AreReadInTheSyntaxOfTheirName) {
  EXPECT_EQ(validated({file("a.jsonld", kNamesAContext)}), kOk);
  EXPECT_EQ(validated({file("a.rdf", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>")}),
            kOk);
  EXPECT_EQ(validated({file("a.trig", "<g> { <s> <p> 1 . }")}), kOk);
  EXPECT_EQ(validated({file("a.nq", "<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n")}), kOk);
  EXPECT_EQ(validated({file("b.rdf", "<s> <p> 1 .")}), kFindings);
  EXPECT_EQ(validated({file("b.jsonld", R"({"@context": "http://other.example/"})")}), kFindings);
}

TEST_F(Descriptions, ThatCannotBeGotAreAFailureAndNotAFinding) {
  const std::string shape = file("s.ttl", "<http://e/S> a <http://www.w3.org/ns/shacl#NodeShape> .");
  EXPECT_EQ(validated({file("a.jsonld", kNamesAContext)}, {shape}), kOk);
  EXPECT_EQ(validated({file("b.ttl", "<")}, {shape}), kFindings);
  EXPECT_EQ(validated({folder_ / "absent.ttl"}, {shape}), kFailed);
}

TEST_F(Descriptions, OfWhichThereIsOneVersionHaveNoDifference) {
  DatasetOptions options;
  options.common.profiles = SOURCE_DIR "/profiles";
  options.common.data = folder_ / "data";
  options.action = "define";
  options.operands = {SOURCE_DIR "/tests/golden/dcat/everything.toml"};
  ASSERT_EQ(dataset(options), kOk);
  options.action = "list";
  options.operands = {};
  ::testing::internal::CaptureStdout();
  ASSERT_EQ(dataset(options), kOk);
  const std::string line = ::testing::internal::GetCapturedStdout();
  options.action = "diff";
  options.operands = {line.substr(0, line.find(' '))};
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(dataset(options), kUsage);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("one version only"), std::string::npos);
}

TEST(Crawling, AnUnknownLevelIsAWrongCommandLine) {
  CrawlOptions options;
  options.common.profiles = SOURCE_DIR "/profiles";
  options.url = "http://127.0.0.1:1/";
  for (const char* profile : {"healthdcat-ap-r8:secret", "healthdcat-ap-r99"}) {
    options.profile = profile;
    EXPECT_EQ(crawl(options), kUsage) << profile;
  }
}

TEST(Fetching, AnAddressIsSplitIntoOriginAndTarget) {
  using Split = std::pair<std::string, std::string>;
  EXPECT_EQ(split_url("http://h:1/a/b?c#d"), Split("http://h:1", "/a/b?c"));
  EXPECT_EQ(split_url("http://h:1?c=/d"), Split("http://h:1", "/?c=/d"));
  EXPECT_EQ(split_url("https://h#d/e"), Split("https://h", "/"));
  EXPECT_EQ(split_url("https://h"), Split("https://h", "/"));
}

}  // namespace
}  // namespace gateway::app
