// Readers of other makers against the archive: pydicom and dciodvfy, npm dicomweb-client, the OHIF viewer.
#include "tests/e2e/peers.h"

namespace tests {
namespace {

const std::string kChecks = SOURCE_DIR "/../shared/checks/";

// Ports of the kit are fixed unless it is told others.
std::string kit(const std::string& script) {
  return "EHDS_OHIF_PORT=" + std::to_string(free_port()) + " " + quoted(kChecks + script) + " ";
}
bool has_kit(const std::string& script) {
  const char* home = std::getenv("HOME");
  const char* cache = std::getenv("EHDS_CHECKS_CACHE");
  const std::string folder = cache ? cache : std::string(home ? home : "") + "/.cache/ehds-checks";
  return fs::exists(kChecks + script) && fs::exists(folder + "/node_modules");
}

class ReadersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_CORPUS();
    gateway_ = std::make_unique<Gateway>(folder_ / "gateway", "");
  }
  TempFolder folder_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(ReadersTest, PydicomReadsAllThatLeavesAndNothingGotWorse) {
  NEEDS_PYDICOM();
  if (!installed("dciodvfy")) std::printf("dciodvfy is not installed: its part is left out\n");
  const auto done = python("read_everything.py", gateway_->base() + " " + quoted(kCorpus) +
                                                     (installed("dciodvfy") ? " --dciodvfy" : ""));
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
}

TEST_F(ReadersTest, NpmDicomwebClientStoresSearchesAndRetrieves) {
  if (!has_kit("dicomweb-clients")) GTEST_SKIP() << "the kit of acceptance checks is not here, or not set up";
  copy_samples(folder_ / "files");
  const std::string folder = quoted(folder_ / "files");
  const auto done =
      run(kit("dicomweb-clients") + gateway_->base() + "/dicomweb " + folder + " --store --part npm");
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
}

TEST_F(ReadersTest, OhifListsAndOpensStudies) {
  NEEDS_PROGRAM("chromium");
  NEEDS_PROGRAM("nginx");
  if (!has_kit("ohif")) GTEST_SKIP() << "the kit of acceptance checks is not here, or not set up";
  const std::string post = "-X POST -H 'Content-Type: application/dicom' -o /dev/null --data-binary @";
  copy_samples(folder_ / "files");
  for (const char* name : {"MR01", "MR02", "MR03", "CTImage_JPEG2000", "examples_ybr_color", "sample-sr"})
    gateway_->curl(post + quoted(folder_ / "files/" + name), "/dicomweb/studies");
  for (const char* study : {"1.113654.3.13.1026", "1.2.840.113619.2.30.1.1762295590.1623.978668949.886"}) {
    const auto done = run(kit("ohif") + gateway_->base() + " --dicomweb-path /dicomweb --study " + study);
    // Its guided tour stumbles over itself when the machine is slow.
    const bool tour = done.out.find("frames, 0 HTTP errors, 1 console errors") != std::string::npos &&
                      done.out.find("supplied to advanceOn") != std::string::npos;
    EXPECT_TRUE(done.exit_code == 0 || tour) << done.out << done.err;
  }
}

}  // namespace
}  // namespace tests
