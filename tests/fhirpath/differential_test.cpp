// The gateway's FHIRPath against npm `fhirpath`: see differential.mjs.
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace {

TEST(FhirPathDifferential, AgreesWithTheNpmEngineOnTenThousandGeneratedEvaluations) {
  const std::string door = BUILD_DIR "/fhirpath_lines";
  if (!std::filesystem::exists(door)) GTEST_SKIP() << "fhirpath_lines is not built";
  if (tests::run("node --version").exit_code != 0) GTEST_SKIP() << "node is not installed";
  const auto script = SOURCE_DIR "/tests/fhirpath/differential.mjs";
  const auto done =
      tests::run("node " + tests::quoted(script) + " " + tests::quoted(door) + " --count 10000");
  if (done.exit_code == 77) GTEST_SKIP() << done.out;
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  std::cout << done.out;
}

}  // namespace
