// Our source with Debian's Orthanc as the PACS, over every service. Skips where it is not installed.
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "mappers/dicom/reader.h"
#include "tests/dimse/dimse_fixture.h"
#include "tests/dimse/free_port.h"
#include "tests/support/process.h"
#include "tests/support/source_tree.h"

namespace gateway::dimse {
namespace {

constexpr const char* kOrthanc = "/usr/sbin/Orthanc";

class OrthancTest : public DimseTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kOrthanc)) GTEST_SKIP() << "Orthanc is not installed";
    DimseTest::SetUp();
    start();
    port_ = tests::free_port();
    const std::string config =
        write_file("orthanc.json", R"({"Name": "test", "StorageDirectory": ")" + (folder_ / "orthanc") +
                                       R"(", "IndexDirectory": ")" + (folder_ / "orthanc") + R"(",
      "HttpServerEnabled": false, "DicomServerEnabled": true, "DicomAet": "ORTHANC", "DicomPort": )" +
                                       std::to_string(port_) + R"(,
      "DicomAlwaysAllowEcho": true, "DicomAlwaysAllowStore": true, "DicomAlwaysAllowFind": true,
      "DicomAlwaysAllowGet": true, "DicomAlwaysAllowMove": true, "Plugins": [],
      "DicomModalities": {"us": ["GATEWAY", "127.0.0.1", )" +
                                       std::to_string(server_->port()) + "]}}");
    orthanc_ = std::make_unique<tests::Background>(std::vector<std::string>{kOrthanc, config});
    ASSERT_TRUE(tests::wait_for_port(port_));
  }
  void TearDown() override {
    if (orthanc_) orthanc_->signal_and_wait(SIGTERM);
  }
  DimseSourceOptions asking(bool move = false) const {
    auto options = source_options();
    options.peer = {"ORTHANC", "127.0.0.1", port_, false};
    options.our_ae_title = "GATEWAY";
    options.retrieve = move ? DimseSourceOptions::Retrieve::Move : DimseSourceOptions::Retrieve::Get;
    options.move_destination = "GATEWAY";
    return options;
  }

  std::uint16_t port_ = 0;
  std::unique_ptr<tests::Background> orthanc_;
};

TEST_F(OrthancTest, StoresFindsAndFetches) {
  DimseSource by_get(asking(), &inbox_), by_move(asking(true), &inbox_);
  ASSERT_TRUE(by_get.check().ok());
  std::vector<std::shared_ptr<const ByteSource>> objects;
  for (int i = 1; i <= 5; ++i) objects.push_back(object_of(ingest::sample_draft(i)));
  const auto outcomes = by_get.store(objects);
  ASSERT_TRUE(outcomes.ok()) << outcomes.error().text();
  for (const auto& outcome : *outcomes) EXPECT_EQ(outcome.dicom_status, 0) << outcome.message;
  EXPECT_EQ(find_all(by_get, {model::Level::Study, {{0x00100010, "DOE*"}, {0x00080061, ""}}, 0}).size(), 1u);
  EXPECT_EQ(
      find_all(by_get, {model::Level::Instance, {{0x0020000D, "1.2.3"}, {0x0020000E, "1.2.3.4"}}, 0}).size(),
      5u);
  for (DimseSource* source : {&by_get, &by_move}) {
    std::size_t got = 0;
    const auto count = [&](std::shared_ptr<const ByteSource> object) {
      EXPECT_TRUE(mappers::dicom::read_file(*object).ok());
      ++got;
      return Result<void>();
    };
    const auto one = source->fetch({"1.2.3", "1.2.3.4", "1.2.3.4.2"}, count);
    EXPECT_TRUE(one.ok()) << one.error().text();
    EXPECT_EQ(got, 1u);
    const auto all = source->fetch({"1.2.3", "", ""}, count);
    EXPECT_TRUE(all.ok()) << all.error().text();
    EXPECT_EQ(got, 6u);
  }
}

TEST_F(OrthancTest, StopsAtTheLimit) {
  DimseSource source(asking());
  std::vector<std::shared_ptr<const ByteSource>> objects;
  for (int i = 1; i <= 20; ++i) {
    auto draft = ingest::sample_draft(i);
    draft.set("StudyInstanceUID", "1.2.3." + std::to_string(i));
    draft.set("SeriesInstanceUID", "1.2.4." + std::to_string(i)).set("PatientID", std::to_string(i));
    objects.push_back(object_of(draft));
  }
  ASSERT_TRUE(source.store(objects).ok());
  std::size_t used = 0;
  const auto report = source.find({model::Level::Study, {}, 3}, [&](std::string) { return ++used, true; });
  ASSERT_TRUE(report.ok()) << report.error().text();
  EXPECT_EQ(used, 3u);
  EXPECT_TRUE(report->cut);
  EXPECT_TRUE(source.check().ok()) << "the association is usable behind a C-CANCEL";
}

// What the corpus has of real images, compressed ones included, there and back.
TEST_F(OrthancTest, TheCorpusGoesThereAndBack) {
  const std::string corpus = SOURCE_DIR "/../shared/corpus/dicom";
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "the shared corpus is not here";
  DimseSource source(asking());
  std::vector<std::shared_ptr<const ByteSource>> objects;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
    const bool broken = entry.path().string().find("/broken/") != std::string::npos;
    if (broken || entry.path().extension() != ".dcm" || entry.file_size() > (2u << 20)) continue;
    auto bytes = read_file(entry.path());
    if (bytes.ok() && objects.size() < 250) objects.push_back(std::make_shared<OwnedText>(std::move(*bytes)));
  }
  const auto outcomes = source.store(objects);
  ASSERT_TRUE(outcomes.ok()) << outcomes.error().text();
  std::set<std::string> studies;
  std::size_t stored = 0;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if ((*outcomes)[i].dicom_status != 0) {
      continue;
    }
    ++stored;
    studies.insert(
        mappers::dicom::read_file(*objects[i])->data.text(mappers::dicom::tags::kStudyInstanceUid));
  }
  EXPECT_GT(stored, objects.size() / 2);
  std::uint64_t received = 0, failed = 0;
  for (const std::string& study : studies) {
    const auto report = source.fetch({study, "", ""}, [](auto) { return Result<void>(); });
    EXPECT_TRUE(report.ok()) << study << ": " << report.error().text();
    if (report.ok()) received += report->received, failed += report->failed;
  }
  std::printf("%zu objects, %zu stored, %llu fetched back, %llu not sent\n", objects.size(), stored,
              static_cast<unsigned long long>(received), static_cast<unsigned long long>(failed));
  EXPECT_GT(received, stored / 2);
}

}  // namespace
}  // namespace gateway::dimse
