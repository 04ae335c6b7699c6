// The program in front of Debian's Orthanc: by DICOMweb, C-GET and C-MOVE, harvested and searched live.
// Everything it serves is compared with the files that Orthanc was filled with; then Orthanc is killed, and
// comes back.
#include "tests/e2e/peers.h"

namespace tests {
namespace {

struct Way {
  const char* name;
  const char* kind;      // of [[source]]
  const char* retrieve;  // of DIMSE
  bool live;
};

class SourceTest : public ::testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    if (!Orthanc::there()) GTEST_SKIP() << "Orthanc with its DICOMweb plugin is not installed";
    NEEDS_CORPUS();
    NEEDS_PYDICOM();
    copy_samples(folder_ / "files");
    orthanc_ = std::make_unique<Orthanc>(folder_ / "orthanc");
    orthanc_->fill(folder_ / "files");
    gateway_ = std::make_unique<Gateway>(folder_ / "gateway", configuration());
    introduce();
  }
  std::string configuration() const {
    const Way& way = GetParam();
    const std::string mode = way.live ? "live" : "harvest";
    return "[dimse]\nlisten = \"127.0.0.1:0\"\nae_title = \"GATEWAY\"\n"
           "[[peer]]\nae_title = \"ORTHANC\"\nhost = \"127.0.0.1\"\nport = " +
           orthanc_->dimse_port() + "\n[[source]]\nname = \"hospital\"\ninterval_s = 0\nkind = \"" +
           way.kind + "\"\nmode = \"" + mode + "\"\n" +
           (way.kind == std::string("dimse")
                ? "peer = \"ORTHANC\"\nretrieve = \"" + std::string(way.retrieve) + "\"\n"
                : "url = \"" + orthanc_->url() + "\"\n");
  }
  // For C-MOVE Orthanc has to know where the gateway listens.
  void introduce() { orthanc_->know("GATEWAY", gateway_->dimse_port()); }

  gateway::Value harvest_state() const {
    const gateway::Value source = gateway_->json("/sources/hospital");
    const gateway::Value* state = source.find("harvest");
    return state ? *state : gateway::Value();
  }
  // Runs one harvest to its end and returns its state.
  gateway::Value harvest() const {
    const std::int64_t before = count(harvest_state(), "runs");
    EXPECT_EQ(gateway_->status("/sources/hospital/harvest", "-X POST"), "202");
    EXPECT_TRUE(eventually([&] {
      const auto state = harvest_state();
      return count(state, "runs") > before && state.text("phase") != "running";
    })) << gateway_->curl("", "/sources/hospital").out;
    return harvest_state();
  }
  static std::int64_t count(const gateway::Value& state, const char* name) {
    const gateway::Value* value = state.find(name);
    return value && value->as_int() ? *value->as_int() : 0;
  }
  void compare() const {
    const auto done = python("compare_holdings.py", gateway_->base() + " " + quoted(folder_ / "files") +
                                                        (GetParam().live ? "" : " --fhir"));
    EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  }
  std::string instance() const {
    return "/dicomweb/studies/1.3.6.1.4.1.5962.1.2.1.20040119072730.12322/series/"
           "1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322/instances/"
           "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730."
           "12322";
  }

  TempFolder folder_;
  std::unique_ptr<Orthanc> orthanc_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_P(SourceTest, ServesAllThatOrthancHolds) {
  if (!GetParam().live) {
    const auto state = harvest();
    EXPECT_EQ(state.text("phase"), "done") << gateway_->curl("", "/sources/hospital").out;
    EXPECT_EQ(count(state, "instancesNew"), 44) << gateway_->curl("", "/sources/hospital").out;
  }
  compare();
}

INSTANTIATE_TEST_SUITE_P(
    Orthanc, SourceTest,
    ::testing::Values(Way{"WebHarvested", "dicomweb", "", false}, Way{"WebLive", "dicomweb", "", true},
                      Way{"GetHarvested", "dimse", "get", false}, Way{"GetLive", "dimse", "get", true},
                      Way{"MoveHarvested", "dimse", "move", false}, Way{"MoveLive", "dimse", "move", true}),
    [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace tests
