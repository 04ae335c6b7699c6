// `validate --shapes` and `shapes` as people and scripts use them.
#include <gtest/gtest.h>

#include <fstream>

#include "gateway/codec/json.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace {

using gateway::testing::TempFolder;

const std::string kProgram = tests::quoted(BUILD_DIR "/ehds-gateway");

constexpr const char* kData =
    "@prefix : <http://x/> . @prefix dct: <http://purl.org/dc/terms/> . :a a :C ; dct:title \"A\" . :b a :C "
    ".\n";
constexpr const char* kShapes =
    "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://x/> . @prefix dct: "
    "<http://purl.org/dc/terms/> .\n"
    ":S a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path dct:title ; sh:minCount 1 ] .\n";

TEST(Shapes, FilesOfTheCallerDecideAndTheExitCodeTells) {
  const TempFolder folder;
  std::ofstream(folder / "data.ttl") << kData;
  std::ofstream(folder / "shapes.ttl") << kShapes;
  const auto run = tests::run(kProgram + " validate --shapes " + tests::quoted(folder / "shapes.ttl") + " " +
                              tests::quoted(folder / "data.ttl"));
  EXPECT_EQ(run.exit_code, 1) << run.err;
  EXPECT_NE(run.out.find("not valid"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("Violation: <http://x/b> dct:title"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("<http://x/a>"), std::string::npos) << run.out;
}

TEST(Shapes, JsonIsOneObjectForEachDocumentAndRelease) {
  const TempFolder folder;
  std::ofstream(folder / "data.ttl") << kData;
  const auto run =
      tests::run(kProgram + " validate --json --shapes healthdcat-ap-r8:public --shapes fair-data-point " +
                 tests::quoted(folder / "data.ttl"));
  EXPECT_EQ(run.exit_code, 1) << run.err;
  std::istringstream lines(run.out);
  std::vector<std::string> profiles;
  for (std::string line; std::getline(lines, line);) {
    const auto json = gateway::codec::parse_json(line);
    ASSERT_TRUE(json.ok()) << line;
    ASSERT_NE(json->find("report"), nullptr) << line;
    profiles.emplace_back(json->find("report")->text("profile"));
  }
  EXPECT_EQ(profiles, (std::vector<std::string>{"healthdcat-ap-r8:public", "fair-data-point"}));
}

TEST(Shapes, NamesThatAreNothingAreErrorsOfUse) {
  for (const char* name : {"no-such-release", "healthdcat-ap-r8:secret"}) {
    const auto run = tests::run(kProgram + " validate --shapes " + name + " /dev/null");
    EXPECT_EQ(run.exit_code, 2) << name << run.out;
    EXPECT_NE(run.err.find("release"), std::string::npos) << run.err;
  }
}

TEST(Shapes, ReleasesAreListedAndPrintedAsTurtle) {
  const auto list = tests::run(kProgram + " shapes");
  EXPECT_EQ(list.exit_code, 0) << list.err;
  EXPECT_NE(list.out.find("healthdcat-ap-r8"), std::string::npos);
  const auto turtle = tests::run(kProgram + " shapes --profile eucaim-dcat-ap-v2");
  EXPECT_EQ(turtle.exit_code, 0) << turtle.err;
  EXPECT_NE(turtle.out.find("sh:NodeShape"), std::string::npos);
  EXPECT_EQ(tests::run(kProgram + " shapes --profile no-such-release").exit_code, 2);
}

}  // namespace
