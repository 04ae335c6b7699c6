// QIDO-RS over a real store and a real ingest, without a socket: requests are decoded as the server decodes
// them and go to the handler as the router finds it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/uri.h"
#include "gateway/dicomweb/handlers.h"
#include "gateway/ingest/ingest.h"
#include "gateway/store/store.h"
#include "mappers/dicom/writer.h"
#include "tests/support/temp_folder.h"

namespace gateway::dicomweb {

using mappers::dicom::Draft;

class SearchFixture : public ::testing::Test {
 protected:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  void SetUp() override {
    auto table = mappers::engine::Table::load(SOURCE_DIR "/profiles", "dicom/core-2025");
    ASSERT_TRUE(table.ok()) << table.error().text();
    table_ = std::make_unique<mappers::engine::Table>(std::move(*table));
    auto store = store::Store::open({folder_.path() + "/data", false});
    ASSERT_TRUE(store.ok()) << store.error().text();
    store_ = std::move(*store);
    ingest_ = std::make_unique<ingest::Ingestor>(store_->index(), store_->blobs(), *table_, metrics_);
    make_face({});
  }

  void make_face(DicomwebConfig config) {
    config.spool_folder = folder_.path();
    router_ = std::make_unique<http::Router>();
    DicomwebParts parts;
    parts.index = &store_->index();
    parts.blobs = &store_->blobs();
    parts.ingest = ingest_.get();
    parts.path_of_tag = [this](std::uint32_t tag) { return table_->path_of_tag(tag); };
    face_ = std::make_unique<DicomwebFace>(std::move(parts), config);
    add_search_routes(*router_, *face_);
  }

  // The UIDs name study, series and instance: "1", "1.2", "1.2.3".
  static Draft object(const std::string& uid) {
    const auto parts = split(uid, '.');
    Draft draft;
    draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2").set("SOPInstanceUID", "9." + uid);
    draft.set("StudyInstanceUID", "9." + std::string(parts[0]));
    draft.set("SeriesInstanceUID", "9." + std::string(parts[0]) + "." + std::string(parts[1]));
    draft.set("SeriesNumber", parts[1]).set("InstanceNumber", parts[2]);
    draft.set("PatientID", "P1").set("PatientName", "Doe^Jane").set("StudyDate", "20240131");
    draft.set("SpecificCharacterSet", "ISO_IR 192").set("Modality", "CT").set("StudyDescription", "Thorax");
    return draft;
  }

  void ingest_bytes(const std::vector<std::string>& files) {
    std::vector<model::IngestItem> items;
    for (const std::string& file : files) {
      model::IngestItem item;
      item.source = std::make_shared<MemorySource>(std::string_view(file));
      items.push_back(std::move(item));
    }
    auto outcomes = ingest_->ingest(items);
    ASSERT_TRUE(outcomes.ok()) << outcomes.error().text();
    for (const auto& outcome : *outcomes) EXPECT_FALSE(outcome.error) << outcome.error->text();
  }
  void ingest(const std::vector<Draft>& drafts) {
    std::vector<std::string> files;
    for (const Draft& draft : drafts) {
      auto bytes = mappers::dicom::encode_part10(draft);
      ASSERT_TRUE(bytes.ok()) << bytes.error().text();
      files.push_back(std::move(*bytes));
    }
    ingest_bytes(files);
  }

  Result<http::Response> call(const std::string& target, const Fields& headers = {}) {
    http::Request request;
    request.base_url = "http://h";
    const auto question = target.find('?');
    request.path = "/dicomweb" + target.substr(0, question);
    if (question != std::string::npos) request.query = TRY(codec::parse_query(target.substr(question + 1)));
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    request.body = std::make_shared<MemorySource>(std::string_view());
    const http::Route* route = TRY(router_->match(request));
    return route->handler(request);
  }

  static std::string text_of(const http::Response& response) {
    std::string text;
    for (const auto& piece : response.body) {
      if (const auto* part = std::get_if<std::string>(&piece)) {
        text += *part;
      } else {
        const auto& range = std::get<http::FileRange>(piece);
        std::string bytes(range.length, '\0');
        const FileSource file(range.file, range.offset + range.length);
        EXPECT_TRUE(file.read_at(range.offset, std::as_writable_bytes(std::span(bytes))).ok());
        text += bytes;
      }
    }
    return text;
  }

  Value get(const std::string& target) {
    auto answer = call(target);
    EXPECT_TRUE(answer.ok()) << target << ": " << answer.error().text();
    auto value = answer ? codec::parse_json(text_of(*answer)) : Result<Value>(Value());
    EXPECT_TRUE(value.ok()) << target;
    return value.ok() ? *value : Value();
  }

  // The last parts of the UIDs found, of the level that the path ends with: "1 2".
  std::string found(const std::string& target) {
    const std::string path = target.substr(0, target.find('?'));
    const char* tag = path.ends_with("studies")  ? "0020000D"
                      : path.ends_with("series") ? "0020000E"
                                                 : "00080018";
    const Value all = get(target);
    std::string uids;
    for (const Value& one : all.as_list() ? *all.as_list() : Value::List{})
      uids +=
          (uids.empty() ? "" : " ") + one.find(tag)->find("Value")->as_list()->front().as_string()->substr(2);
    return uids;
  }

  // The `where` of the refusal, or what came in its place.
  std::string refusal(const std::string& target) {
    auto answer = call(target);
    if (answer.ok()) return "answered";
    EXPECT_EQ(answer.error().face().http_status, 400) << target;
    return answer.error().where;
  }

  testing::TempFolder folder_;
  Metrics metrics_;
  std::unique_ptr<mappers::engine::Table> table_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ingest::Ingestor> ingest_;
  std::unique_ptr<DicomwebFace> face_;
  std::unique_ptr<http::Router> router_;
};

}  // namespace gateway::dicomweb
