// A gateway's inner half for tests of ingest: the real index and blob store in a temporary folder, the real
// table, and small DICOM objects. Test code: one thread makes it.
#pragma once

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/ingest/ingest.h"
#include "gateway/store/store.h"
#include "mappers/dicom/writer.h"
#include "tests/support/temp_folder.h"

namespace gateway::ingest {

inline mappers::dicom::Draft sample_draft(int number = 1) {
  mappers::dicom::Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2")
      .set("SOPInstanceUID", "1.2.3.4." + std::to_string(number))
      .set("StudyInstanceUID", "1.2.3")
      .set("SeriesInstanceUID", "1.2.3.4")
      .set("PatientID", "P1")
      .set("PatientName", "Doe^Jane")
      .set("StudyDate", "20240131")
      .set("Modality", "CT")
      .set_number("InstanceNumber", number);
  return draft;
}

inline std::string encoded(const mappers::dicom::Draft& draft) { return encode_part10(draft).value(); }
inline std::string sample(int number = 1) { return encoded(sample_draft(number)); }

// A source that owns its bytes.
class OwnedSource final : public ByteSource {
 public:
  explicit OwnedSource(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return MemorySource(bytes_).read_at(offset, into);
  }
  ByteSpan contiguous() const override { return as_bytes(bytes_); }

 private:
  std::string bytes_;
};

inline model::IngestItem item_of(std::string bytes, std::string label = "part") {
  return {std::move(label), std::make_shared<OwnedSource>(std::move(bytes)), {}, 0, {}};
}

class IngestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::Store::open({folder_.path() + "/data", false});
    ASSERT_TRUE(opened.ok()) << opened.error().text() << " " << opened.error().detail;
    store_ = std::move(*opened);
    ingestor_ = std::make_unique<Ingestor>(index(), store_->blobs(), table(), metrics_);
  }

  static const mappers::engine::Table& table() {
    static const auto kTable = mappers::engine::Table::load(SOURCE_DIR "/profiles", "dicom/core-2025");
    return *kTable;
  }
  model::ImageIndex& index() { return store_->index(); }

  std::vector<model::ItemOutcome> ingest(const std::vector<model::IngestItem>& items) {
    auto outcomes = ingestor_->ingest(items);
    EXPECT_TRUE(outcomes.ok()) << outcomes.error().text();
    return outcomes.ok() ? std::move(*outcomes) : std::vector<model::ItemOutcome>();
  }

  std::vector<model::InstanceLocation> located() {
    std::vector<model::InstanceLocation> all;
    EXPECT_TRUE(index().locate("", "", "", [&](const auto& at) { return all.push_back(at), true; }).ok());
    return all;
  }

  std::string write_file(const std::string& name, const std::string& bytes) {
    const std::string path = folder_.path() + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  testing::TempFolder folder_;
  Metrics metrics_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Ingestor> ingestor_;
};

}  // namespace gateway::ingest
