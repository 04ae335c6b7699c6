// A face over a real store and a real ingest, without a socket, for the tests of retrieval: objects go in
// through the ingest, requests to the handlers as the router finds them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/media_type.h"
#include "gateway/codec/multipart.h"
#include "gateway/dicomweb/face.h"
#include "gateway/ingest/ingest.h"
#include "gateway/pixel/pixel_service.h"
#include "gateway/store/store.h"
#include "mappers/dicom/writer.h"
#include "tests/support/temp_folder.h"

namespace gateway::dicomweb {

using Headers = std::vector<std::pair<std::string, std::string>>;

inline mappers::dicom::Draft image_draft(const std::string& uid, int frames = 1) {
  mappers::dicom::Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7.2").set("SOPInstanceUID", uid);
  draft.set("StudyInstanceUID", "1.1").set("SeriesInstanceUID", "1.1.1").set("Modality", "OT");
  draft.set("PatientID", "P1").set("PatientName", "DOE^JANE").set("StudyDate", "20240131");
  draft.set_number("SamplesPerPixel", 1).set("PhotometricInterpretation", "MONOCHROME2");
  draft.set_number("Rows", 4).set_number("Columns", 4).set_number("NumberOfFrames", frames);
  draft.set_number("BitsAllocated", 8).set_number("BitsStored", 8).set_number("HighBit", 7);
  draft.set_number("PixelRepresentation", 0);
  std::string pixels;
  for (int i = 0; i < 16 * frames; ++i) pixels += static_cast<char>(i);
  return draft.set_bytes("PixelData", "OB", pixels);
}

// The bytes of an answer: file ranges read, lazy pieces made.
inline std::string bytes_of(const std::vector<http::Piece>& pieces) {
  std::string bytes;
  for (const http::Piece& piece : pieces) {
    if (const auto* text = std::get_if<std::string>(&piece)) {
      bytes += *text;
    } else if (const auto* lazy = std::get_if<http::LazyPiece>(&piece)) {
      const auto made = lazy->make();
      EXPECT_TRUE(made.ok()) << made.error().text();
      const std::string inner = made ? bytes_of(*made) : std::string();
      EXPECT_EQ(inner.size(), lazy->length);
      bytes += inner;
    } else {
      const auto& range = std::get<http::FileRange>(piece);
      std::string read(range.length, '\0');
      const FileSource file(range.file, range.offset + range.length);
      EXPECT_EQ(*file.read_at(range.offset, std::as_writable_bytes(std::span(read))), range.length);
      bytes += read;
    }
  }
  return bytes;
}

struct ReadPart {
  std::string type, location, content;
};

// The parts of a multipart answer.
inline std::vector<ReadPart> parts_of(const http::Response& response) {
  const std::string bytes = bytes_of(response.body);
  EXPECT_EQ(bytes.size(), response.body_size());
  const auto type = codec::parse_media_type(response.headers.get("Content-Type"));
  EXPECT_TRUE(type.ok());
  const MemorySource source{std::string_view(bytes)};
  const auto parts = codec::parse_multipart(source, type->parameter("boundary"));
  EXPECT_TRUE(parts.ok()) << parts.error().text();
  std::vector<ReadPart> read;
  if (parts)
    for (const codec::Part& part : *parts)
      read.push_back({std::string(part.header("Content-Type")), std::string(part.header("Content-Location")),
                      bytes.substr(part.offset, part.length)});
  return read;
}

class RetrieveTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto table = mappers::engine::Table::load(SOURCE_DIR "/profiles", "dicom/core-2025");
    ASSERT_TRUE(table.ok()) << table.error().text();
    table_ = std::make_unique<mappers::engine::Table>(std::move(*table));
    start_anew();
  }

  // A store with nothing in it.
  void start_anew() {
    face_.reset();
    ingest_.reset();
    auto store = store::Store::open({folder_.path() + "/data" + std::to_string(stores_++), false});
    ASSERT_TRUE(store.ok()) << store.error().text();
    store_ = std::move(*store);
    ingest_ = std::make_unique<ingest::Ingestor>(store_->index(), store_->blobs(), *table_, metrics_);
    serve(store_->blobs());
  }

  // Routes over these blobs, which may be the store's or something that watches them.
  void serve(const model::BlobStore& blobs) { serve(blobs, store_->index()); }
  void serve(const model::BlobStore& blobs, const model::ImageIndex& index) {
    DicomwebParts parts;
    parts.index = &index;
    parts.blobs = &blobs;
    parts.ingest = ingest_.get();
    parts.pixels = &pixels_;
    parts.path_of_tag = [this](std::uint32_t tag) { return table_->path_of_tag(tag); };
    DicomwebConfig config;
    config.spool_folder = folder_.path();
    face_ = std::make_unique<DicomwebFace>(std::move(parts), config);
    router_ = std::make_unique<http::Router>();
    add_routes(*router_, *face_);
  }

  model::ItemOutcome::Kind keep(std::shared_ptr<const ByteSource> source, const std::string& path = {}) {
    model::IngestItem item;
    item.label = "test";
    item.source = std::move(source);
    item.external_path = path;
    if (!path.empty()) item.modified_us = file_status(path)->modified_us;
    const auto outcomes = ingest_->ingest({&item, 1});
    EXPECT_TRUE(outcomes.ok()) << outcomes.error().text();
    return outcomes ? outcomes->front().kind : model::ItemOutcome::Kind::Refused;
  }

  void keep(const mappers::dicom::Draft& draft,
            mappers::dicom::Encoding encoding = mappers::dicom::Encoding::ExplicitLittle) {
    auto bytes = mappers::dicom::encode_part10(draft, encoding);
    ASSERT_TRUE(bytes.ok()) << bytes.error().text();
    kept_.push_back(std::make_unique<std::string>(std::move(*bytes)));
    EXPECT_EQ(keep(std::make_shared<MemorySource>(std::string_view(*kept_.back()))),
              model::ItemOutcome::Kind::Stored);
  }
  const std::string& last_kept() const { return *kept_.back(); }

  Result<http::Response> get(const std::string& target, const std::string& accept = {},
                             const Headers& headers = {}) {
    http::Request request;
    request.base_url = "http://h";
    const auto question = target.find('?');
    request.path = "/dicomweb" + target.substr(0, question);
    if (question != std::string::npos)
      for (const auto pair : split(std::string_view(target).substr(question + 1), '&'))
        request.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
    if (!accept.empty()) request.headers.add("Accept", accept);
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    request.body = std::make_shared<MemorySource>(std::string_view());
    const http::Route* route = TRY(router_->match(request));
    return route->handler(request);
  }

  // The name of the error, or the status.
  std::string verdict(const std::string& target, const std::string& accept = {}) {
    const auto answer = get(target, accept);
    return answer ? std::to_string(answer->status) : std::string(answer.error().face().name);
  }

  testing::TempFolder folder_;
  Metrics metrics_;
  pixel::InlinePixelService pixels_;
  std::unique_ptr<mappers::engine::Table> table_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ingest::Ingestor> ingest_;
  std::unique_ptr<DicomwebFace> face_;
  std::unique_ptr<http::Router> router_;
  std::vector<std::unique_ptr<std::string>> kept_;
  int stores_ = 0;
};

inline const std::string kStudy = "/studies/1.1";
inline const std::string kSeries = "/studies/1.1/series/1.1.1";
inline std::string instance_path(const std::string& uid) { return kSeries + "/instances/" + uid; }

}  // namespace gateway::dicomweb
