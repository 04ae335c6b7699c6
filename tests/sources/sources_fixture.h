// The gateway role for tests: a real store, ingest and table, fake sources, a cache in a temporary folder.
// Test code: one thread makes it.
#pragma once

#include <gtest/gtest.h>

#include "gateway/ingest/ingest.h"
#include "gateway/sources/source_gateway.h"
#include "gateway/store/store.h"
#include "mappers/dicom/writer.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_source.h"
#include "tests/support/temp_folder.h"

namespace gateway::sources {

struct SampleNumbers {
  int study = 1, series = 1, instance = 1;
};

inline std::string study_uid(int study) { return "1.2.3." + std::to_string(study); }
inline std::string series_uid(int study, int series) {
  return study_uid(study) + "." + std::to_string(series);
}
inline std::string instance_uid(const SampleNumbers& n) {
  return series_uid(n.study, n.series) + "." + std::to_string(n.instance);
}

inline mappers::dicom::Draft sample_draft(const SampleNumbers& n) {
  mappers::dicom::Draft draft;
  char date[16];
  std::snprintf(date, sizeof date, "20%02d01%02d", n.study / 28 % 100, 1 + n.study % 28);
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2")
      .set("SOPInstanceUID", instance_uid(n))
      .set("StudyInstanceUID", study_uid(n.study))
      .set("SeriesInstanceUID", series_uid(n.study, n.series))
      .set("PatientID", "P" + std::to_string(n.study))
      .set("PatientName", "Doe^Jane" + std::to_string(n.study))
      .set("AccessionNumber", "A" + std::to_string(n.study))
      .set("StudyDate", date)
      .set("StudyTime", "101112")
      .set("Modality", n.series % 2 ? "CT" : "MR")
      .set_number("SeriesNumber", n.series)
      .set_number("InstanceNumber", n.instance)
      .set_number("Rows", 16)
      .set_number("Columns", 16)
      .set_number("BitsAllocated", 8)
      .set_number("BitsStored", 8)
      .set_number("HighBit", 7)
      .set_number("PixelRepresentation", 0)
      .set_number("SamplesPerPixel", 1)
      .set("PhotometricInterpretation", "MONOCHROME2")
      .set_bytes("PixelData", "OW", std::string(256, 'p'));
  return draft;
}
inline std::string sample(const SampleNumbers& n) { return encode_part10(sample_draft(n)).value(); }

class SourcesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::Store::open({folder_ / "data", false}, clock_);
    ASSERT_TRUE(opened.ok()) << opened.error().text() << " " << opened.error().detail;
    store_ = std::move(*opened);
    open_gateway();
  }
  void open_gateway(std::uint64_t cache_bytes = 64 << 20) {
    gateway_.reset();
    auto opened = SourceGateway::open({folder_ / "cache", cache_bytes}, store_->blobs(), clock_, metrics_);
    ASSERT_TRUE(opened.ok()) << opened.error().text() << " " << opened.error().detail;
    gateway_ = std::move(*opened);
    ingestor_ = std::make_unique<ingest::Ingestor>(store_->index(), gateway_->blobs(), table(), metrics_);
  }

  static const mappers::engine::Table& table() {
    static const auto kTable = mappers::engine::Table::load(SOURCE_DIR "/profiles", "dicom/core-2025");
    return *kTable;
  }
  static SourceOptions live() {
    SourceOptions options;
    options.mode = SourceOptions::Mode::Live;
    options.wait_ms = 10'000;
    return options;
  }

  testing::FakeSource& add(const std::string& name, const SourceOptions& options = {},
                           const std::string& kind = "dicomweb") {
    auto source = std::make_unique<testing::FakeSource>(name, kind);
    testing::FakeSource& fake = *source;
    EXPECT_TRUE(gateway_->add(std::move(source), options).ok());
    return fake;
  }
  void connect() {
    gateway_->connect(store_->index(), *ingestor_, store_->harvests(),
                      [](std::string_view path) { return table().tag_of(path); });
  }

  // Studies 1..studies, each with two series of `instances`.
  static void fill(testing::FakeSource& source, int studies, int instances, int first = 1) {
    for (int study = first; study < first + studies; ++study)
      for (int series = 1; series <= 2; ++series)
        for (int instance = 1; instance <= instances; ++instance)
          source.add(sample({study, series, instance}));
  }

  const Source& source(const std::string& name) { return *gateway_->sources().find(name); }
  Taker taker() { return Taker(*ingestor_, static_cast<const RemoteBlobs&>(gateway_->blobs())); }
  Result<void> harvest(const std::string& name) {
    Taker take(*ingestor_, static_cast<const RemoteBlobs&>(gateway_->blobs()));
    Harvest run(source(name), take, store_->harvests(), clock_);
    auto done = run.run();
    state_ = run.state();
    return done;
  }
  std::vector<model::SearchRow> search(model::ImageIndex& index, model::Level level,
                                       std::vector<model::Match> matches = {}, std::uint32_t limit = 1000,
                                       std::uint64_t offset = 0) {
    model::Query query;
    query.level = level;
    query.matches = std::move(matches);
    query.limit = limit;
    query.offset = offset;
    query.by_id = true;
    notes_ = {};
    auto rows = index.search(query, &notes_);
    error_ = rows.ok() ? std::nullopt : std::optional(rows.error());
    return rows.ok() ? std::move(*rows) : std::vector<model::SearchRow>();
  }
  static model::Match is(const std::string& field, const std::string& value) {
    model::Match match;
    match.field = field;
    match.values = {value};
    return match;
  }
  std::vector<model::InstanceLocation> located(model::ImageIndex& index, const std::string& study = "",
                                               const std::string& series = "",
                                               const std::string& instance = "") {
    std::vector<model::InstanceLocation> all;
    const auto done =
        index.locate(study, series, instance, [&](const auto& at) { return all.push_back(at), true; });
    error_ = done.ok() ? std::nullopt : std::optional(done.error());
    return all;
  }
  std::string bytes_of(const model::BlobView& view) {
    std::string bytes(view.length, '\0');
    const FileSource file(view.file, view.offset + view.length);
    EXPECT_TRUE(file.read_at(view.offset, std::as_writable_bytes(std::span(bytes))).ok());
    return bytes;
  }

  testing::TempFolder folder_;
  testing::FakeClock clock_;
  Metrics metrics_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<SourceGateway> gateway_;
  std::unique_ptr<ingest::Ingestor> ingestor_;
  HarvestState state_;
  model::SearchNotes notes_;
  std::optional<Error> error_;
};

}  // namespace gateway::sources
