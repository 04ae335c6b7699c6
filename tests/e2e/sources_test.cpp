// The program in front of Debian's Orthanc: by DICOMweb, C-GET and C-MOVE, harvested and searched live.
// Everything it serves is compared with the files that Orthanc was filled with; then Orthanc is killed, and
// comes back.
#include "tests/e2e/peers.h"

namespace tests {
namespace {

struct Way {
  const char* name;
  const char* kind;
  const char* setting;  // of its own in [[source]]
  bool live;
};

void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

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
  virtual std::string configuration() const {
    const Way& way = GetParam();
    const bool web = way.kind == std::string("dicomweb");
    std::ofstream(folder_ / "token") << "secret\n";
    std::string text = "[dimse]\nlisten = \"127.0.0.1:0\"\nae_title = \"GATEWAY\"\n";
    text += "[[peer]]\nae_title = \"ORTHANC\"\nhost = \"127.0.0.1\"\nport = " + orthanc_->dimse_port();
    text += "\n[[source]]\nname = \"hospital\"\ninterval_s = 0\n" + std::string(way.setting) + "\n";
    text += std::string("mode = \"") + (way.live ? "live" : "harvest") + "\"\n";
    text += std::string("kind = \"") + way.kind + "\"\n";
    if (!web) return text + "peer = \"ORTHANC\"\n";
    return text + "url = \"" + orthanc_->url() + "\"\ntoken_file = \"" + (folder_ / "token") + "\"\n";
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
  void compare(const std::string& options) const {
    const auto done =
        python("compare_holdings.py", gateway_->base() + " " + quoted(folder_ / "files") + " " + options);
    EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  }
  // However often it was read: one request moves no more than it needs, and what came is kept.
  void expect_each_object_moved_once() const {
    const auto source = gateway_->json("/sources/hospital");
    const gateway::Value* traffic = source.find("traffic");
    ASSERT_TRUE(traffic);
    EXPECT_EQ(count(*traffic, "objects"), kSamples);
  }
  std::int64_t studies() const {
    const auto found = gateway_->json("/dicomweb/studies");
    return found.as_list() ? std::ssize(*found.as_list()) : -1;
  }
  // 502 or 504 that names the source, however often it is asked.
  void expect_named_failure(const std::string& path) const {
    for (int i = 0; i < 4; ++i) {
      const std::string code = gateway_->status(path);
      EXPECT_TRUE(code == "502" || code == "504") << path << ": " << code;
    }
    const std::string text = gateway_->curl("", path).out;
    EXPECT_NE(text.find("hospital"), std::string::npos) << text;
  }
  void expect_recovery(const std::string& path) const {
    EXPECT_TRUE(eventually([&] { return gateway_->status(path) == "200"; }))
        << gateway_->curl("", path).out << gateway_->curl("", "/sources/hospital").out;
  }

  TempFolder folder_;
  std::unique_ptr<Orthanc> orthanc_;
  std::unique_ptr<Gateway> gateway_;
};

const std::string kInstance =
    "/dicomweb/studies/1.3.6.1.4.1.5962.1.2.1.20040119072730.12322/series/"
    "1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322/instances/"
    "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322";

class HarvestedTest : public SourceTest {};
class LiveTest : public SourceTest {};

TEST_P(HarvestedTest, ServesAllThatOrthancHoldsAndOutlivesIt) {
  auto state = harvest();
  EXPECT_EQ(state.text("phase"), "done") << state.text("lastError");
  EXPECT_EQ(count(state, "instancesNew"), kSamples) << state.text("lastProblem");
  const bool outline = GetParam().setting == std::string("take = \"metadata\"");
  compare(outline ? "--fhir --outline" : "--fhir");
  expect_each_object_moved_once();

  orthanc_->kill();
  EXPECT_EQ(studies(), kStudies);
  EXPECT_EQ(gateway_->status(kInstance), "200") << "it is in the cache";
  state = harvest();
  EXPECT_EQ(state.text("phase"), "failed");
  EXPECT_NE(state.text("lastError").find("hospital"), std::string::npos) << state.text("lastError");

  EXPECT_EQ(gateway_->stop(), 0);
  fs::remove_all(folder_ / "gateway/data/cache");
  gateway_->start();
  EXPECT_EQ(studies(), kStudies);
  expect_named_failure(kInstance);

  orthanc_->start();
  introduce();
  expect_recovery(kInstance);
  state = harvest();
  EXPECT_EQ(state.text("phase"), "done") << state.text("lastError");
  EXPECT_EQ(count(state, "studiesUnchanged"), kStudies);
}

TEST_P(LiveTest, ServesAllThatOrthancHoldsAndNeverAnEmptyListInstead) {
  orthanc_->kill();
  for (const std::string path : {"/studies", "/studies?PatientID=nobody", "/series", "/instances?limit=1"})
    expect_named_failure("/dicomweb" + path);
  orthanc_->start();
  introduce();
  expect_recovery("/dicomweb/studies");
  compare(GetParam().kind == std::string("dimse") ? "" : "--outline");
  expect_each_object_moved_once();

  // By now the gateway knows what has been read; that it is not all there is has to be said.
  orthanc_->kill();
  expect_named_failure("/dicomweb/studies?PatientID=nobody");
  const std::string partial = gateway_->curl("-i", "/dicomweb/studies?ModalitiesInStudy=CT").out;
  EXPECT_TRUE(partial.starts_with("HTTP/1.1 200")) << partial.substr(0, 500);
  EXPECT_NE(partial.find("Warning: 299"), std::string::npos) << partial.substr(0, 500);
  EXPECT_NE(partial.find("hospital"), std::string::npos) << partial.substr(0, 500);
  EXPECT_EQ(gateway_->status(kInstance), "200") << "it is in the cache";
}

class TwoSourcesTest : public SourceTest {
 protected:
  std::string configuration() const override {
    return SourceTest::configuration() + "[[source]]\nname = \"closed\"\nmode = \"live\"\n" +
           "url = \"http://127.0.0.1:" + std::to_string(free_port()) + "\"\n";
  }
};

TEST_P(TwoSourcesTest, OfWhichOneIsDownGiveWhatTheOtherHasAndSaySo) {
  EXPECT_EQ(studies(), kStudies);
  const std::string answer = gateway_->curl("-i", "/dicomweb/studies?PatientID=1CT1").out;
  EXPECT_NE(answer.find("Warning: 299"), std::string::npos) << answer;
  EXPECT_NE(answer.find("closed"), std::string::npos) << answer;
  EXPECT_NE(answer.find(R"("00080054":{"vr":"AE","Value":["hospital"]})"), std::string::npos) << answer;
}

INSTANTIATE_TEST_SUITE_P(Orthanc, HarvestedTest,
                         ::testing::Values(Way{"WebMetadata", "dicomweb", "take = \"metadata\"", false},
                                           Way{"WebObjects", "dicomweb", "take = \"objects\"", false},
                                           Way{"Get", "dimse", "retrieve = \"get\"", false},
                                           Way{"Move", "dimse", "retrieve = \"move\"", false}),
                         [](const auto& way) { return way.param.name; });
INSTANTIATE_TEST_SUITE_P(Orthanc, LiveTest,
                         ::testing::Values(Way{"Web", "dicomweb", "", true},
                                           Way{"Get", "dimse", "retrieve = \"get\"", true},
                                           Way{"Move", "dimse", "retrieve = \"move\"", true}),
                         [](const auto& way) { return way.param.name; });

INSTANTIATE_TEST_SUITE_P(Orthanc, TwoSourcesTest, ::testing::Values(Way{"Web", "dicomweb", "", true}),
                         [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace tests
