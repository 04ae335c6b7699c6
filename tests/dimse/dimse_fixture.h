// A DICOM node of ours on a free port over a real index in a temporary folder, and a source that asks it.
// Test code: one thread makes it.
#pragma once

#include <set>

#include "gateway/base/owned_bytes.h"
#include "gateway/dimse/association.h"
#include "gateway/dimse/move_inbox.h"
#include "gateway/dimse/server.h"
#include "gateway/dimse/source.h"
#include "tests/ingest/ingest_fixture.h"

namespace gateway::dimse {

inline DimseLimits short_limits() {
  DimseLimits limits;
  limits.connect = limits.associate = limits.message = std::chrono::milliseconds(5'000);
  return limits;
}

class DimseTest : public ingest::IngestTest {
 protected:
  void SetUp() override {
    IngestTest::SetUp();
    options_.host = "127.0.0.1";
    options_.port = 0;
    options_.ae_title = "GATEWAY";
    options_.limits = short_limits();
  }

  void start() {
    const auto path = [](std::uint32_t tag) { return table().path_of_tag(tag); };
    server_ = std::make_unique<DimseServer>(options_, DimseServer::Parts{*ingestor_, index(), store_->blobs(),
                                                                         metrics_, path, &inbox_, &pixels_});
    const auto started = server_->start();
    ASSERT_TRUE(started.ok()) << started.error().text();
  }
  DimsePeer us() const { return {"GATEWAY", "127.0.0.1", server_->port(), options_.tls}; }

  DimseSourceOptions source_options() const {
    DimseSourceOptions options;
    options.name = "pacs";
    options.peer = us();
    options.our_ae_title = "ASKER";
    options.limits = options_.limits;
    return options;
  }

  static std::shared_ptr<const ByteSource> object_of(
      const mappers::dicom::Draft& draft,
      mappers::dicom::Encoding encoding = mappers::dicom::Encoding::ExplicitLittle) {
    return std::make_shared<OwnedText>(encode_part10(draft, encoding).value());
  }

  void store_samples(int count) {
    std::vector<model::IngestItem> items;
    for (int i = 1; i <= count; ++i) items.push_back(ingest::item_of(ingest::sample(i)));
    ingest(items);
  }

  static std::vector<std::string> find_all(DimseSource& source, model::RemoteQuery query) {
    std::vector<std::string> found;
    const auto report = source.find(query, [&](std::string json) { return found.push_back(json), true; });
    EXPECT_TRUE(report.ok()) << report.error().text();
    return found;
  }

  DimseServerOptions options_;
  MoveInbox inbox_;
  pixel::InlinePixelService pixels_;
  std::unique_ptr<DimseServer> server_;
};

inline std::string bytes_of(const ByteSource& source) {
  std::string bytes(source.size(), '\0');
  const auto got = source.read_at(0, std::as_writable_bytes(std::span(bytes)));
  EXPECT_TRUE(got.ok() && *got == bytes.size());
  return bytes;
}

}  // namespace gateway::dimse
