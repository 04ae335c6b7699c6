// Debian's Orthanc as the DICOMweb server behind the gateway. Skipped when it is not installed.
#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "gateway/sources/dicomweb_source.h"
#include "tests/sources/sources_fixture.h"
#include "tests/support/process.h"

namespace gateway::sources {
namespace {

namespace fs = std::filesystem;
constexpr const char* kOrthanc = "/usr/sbin/Orthanc";
constexpr const char* kPlugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
constexpr const char* kCorpus = SOURCE_DIR "/../shared/corpus/dicom";

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

class OrthancTest : public SourcesTest {
 protected:
  void SetUp() override {
    if (!fs::exists(kOrthanc) || !fs::exists(kPlugin))
      GTEST_SKIP() << "Orthanc with its DICOMweb plugin is not installed";
    if (!fs::exists(kCorpus)) GTEST_SKIP() << "the corpus is not there";
    SourcesTest::SetUp();
    start();
    ASSERT_TRUE(source_->check().ok()) << source_->check().error().text();
    load();
  }

  void start() {
    port_ = free_port();
    const std::string db = folder_ / "orthanc";
    std::ofstream(folder_ / "orthanc.json")
        << R"({"Name":"TEST","StorageDirectory":")" << db << R"(","IndexDirectory":")" << db
        << R"(","Plugins":[")" << kPlugin << R"("],"HttpPort":)" << port_ << R"(,"DicomPort":)" << free_port()
        << R"(,"DicomAet":"ORTHANC","RemoteAccessAllowed":false,"AuthenticationEnabled":false,"UnknownSopClassAccepted":true,)"
        << R"("DicomWeb":{"Enable":true,"Root":"/dicom-web/","StudiesMetadata":"Full","SeriesMetadata":"Full"}})";
    orthanc_ = std::make_unique<tests::Background>(
        std::vector<std::string>{kOrthanc, folder_ / "orthanc.json"}, folder_ / "orthanc.log");
    source_ = make();
    for (int i = 0; i < 600 && !source_->check().ok(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::unique_ptr<DicomwebSource> make() {
    DicomwebOptions options;
    options.client.name = "orthanc";
    options.client.base_url = "http://127.0.0.1:" + std::to_string(port_) + "/dicom-web";
    options.client.spool_folder = folder_.path();
    return DicomwebSource::make(options).value();
  }

  // Some of every kind; what Orthanc does not take is not looked for.
  void load() {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(kCorpus))
      if (entry.is_regular_file() && entry.path().extension() == ".dcm")
        files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    for (std::size_t i = 0; i < files.size(); i += 3) {
      auto file = FileSource::open(files[i]);
      if (!file.ok() || file->size() > 2 << 20) continue;
      const std::vector<std::shared_ptr<const ByteSource>> object = {
          std::make_shared<FileSource>(std::move(*file))};
      const auto uid = instance_uid_of(*object.front());
      if (!uid.ok()) continue;
      const auto outcome = source_->store(object);
      if (outcome.ok() && outcome->front().dicom_status == 0) stored_.insert(*uid);
    }
    ASSERT_GT(stored_.size(), 20u);
  }

  int port_ = 0;
  std::unique_ptr<tests::Background> orthanc_;
  std::unique_ptr<DicomwebSource> source_;
  std::set<std::string> stored_;
};

TEST_F(OrthancTest, IsHarvestedAndEveryObjectCanBeRead) {
  ASSERT_TRUE(gateway_->add(make(), {}).ok());
  ASSERT_TRUE(harvest("orthanc").ok()) << state_.last_error;
  EXPECT_EQ(state_.studies_failed, 0u) << state_.last_problem;
  std::set<std::string> indexed;
  for (const auto& at : located(store_->index())) {
    indexed.insert(at.instance_uid);
    const auto view = gateway_->blobs().open(at.content);
    ASSERT_TRUE(view.ok()) << at.instance_uid << " " << view.error().text();
  }
  std::set<std::string> missing;
  std::set_difference(stored_.begin(), stored_.end(), indexed.begin(), indexed.end(),
                      std::inserter(missing, missing.end()));
  EXPECT_TRUE(missing.empty()) << missing.size() << " of " << stored_.size() << ", the first one "
                               << *missing.begin() << ": " << state_.last_problem;
  EXPECT_EQ(source("orthanc").remote->traffic().objects, indexed.size());
  ASSERT_TRUE(harvest("orthanc").ok());
  EXPECT_EQ(state_.studies_taken, 0u) << "nothing has changed";
}

TEST_F(OrthancTest, IsSearchedLive) {
  ASSERT_TRUE(gateway_->add(make(), live()).ok());
  connect();
  const auto rows = search(gateway_->index(), model::Level::Study);
  ASSERT_FALSE(error_) << error_->text();
  ASSERT_FALSE(rows.empty());
  for (const auto& row : rows) {
    EXPECT_GT(row.instance_count, 0u) << row.study_uid;
    EXPECT_NE(row.json.find(R"("00080054":{"vr":"AE","Value":["orthanc"]})"), std::string::npos);
  }
  const auto at = located(gateway_->index(), rows.front().study_uid);
  EXPECT_EQ(at.size(), rows.front().instance_count);
  EXPECT_EQ(source("orthanc").remote->traffic().objects, 0u);
}

TEST_F(OrthancTest, KilledItIsANamedErrorAndItsBreakerOpens) {
  SourceOptions options = live();
  options.breaker = {2, 1'000, 1'000};
  ASSERT_TRUE(gateway_->add(make(), options).ok());
  connect();
  orthanc_->signal_and_wait(SIGKILL);
  for (int i = 0; i < 3; ++i) {
    search(gateway_->index(), model::Level::Study);
    ASSERT_TRUE(error_);
    EXPECT_EQ(error_->code, ErrorCode::BadGateway);
    EXPECT_NE(error_->message.find("orthanc"), std::string::npos);
  }
  EXPECT_EQ(source("orthanc").remote->breaker().state, BreakerView::State::Open);
}

}  // namespace
}  // namespace gateway::sources
