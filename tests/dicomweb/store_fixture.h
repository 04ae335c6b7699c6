// The face over a real store and a real ingest, for tests of what stores: requests go to the handlers as the
// router finds them, with bodies in memory or spooled to a file without name. One thread.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <list>

#include "gateway/codec/json.h"
#include "gateway/dicomweb/face.h"
#include "gateway/ingest/ingest.h"
#include "gateway/store/store.h"
#include "mappers/dicom/writer.h"
#include "tests/support/temp_folder.h"

namespace gateway::dicomweb {

inline mappers::dicom::Draft store_draft(const std::string& uid, const std::string& study = "1.1") {
  mappers::dicom::Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2").set("SOPInstanceUID", uid);
  draft.set("StudyInstanceUID", study).set("SeriesInstanceUID", study + ".1");
  draft.set("PatientID", "P1")
      .set("PatientName", "DOE^JANE")
      .set("StudyDate", "20240131")
      .set("Modality", "CT");
  return draft;
}

inline std::string store_object(const std::string& uid, const std::string& study = "1.1") {
  return encode_part10(store_draft(uid, study)).value();
}

// Parts with their header lines, "Name: value\r\n" each.
inline std::string multipart(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string body;
  for (const auto& [headers, content] : parts) body += "--b\r\n" + headers + "\r\n" + content + "\r\n";
  return body + "--b--\r\n";
}

class StoreTest : public ::testing::Test {
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
    DicomwebParts parts;
    parts.index = &store_->index();
    parts.blobs = &store_->blobs();
    parts.ingest = ingest_.get();
    parts.commitments = &store_->commitments();
    parts.path_of_tag = [this](std::uint32_t tag) { return table_->path_of_tag(tag); };
    DicomwebConfig config;
    config.spool_folder = folder_.path();
    face_ = std::make_unique<DicomwebFace>(std::move(parts), config);
    add_routes(router_, *face_);
  }

  // The answer, or what the error would be as problem details: its status, with its text in `text_`.
  int send(http::Method method, const std::string& target, const std::string& body, const Fields& headers) {
    kept_.push_back(body);
    return send_source(method, target, std::make_shared<MemorySource>(std::string_view(kept_.back())),
                       headers);
  }

  int send_spooled(const std::string& target, const std::string& body, const Fields& headers) {
    const int fd = ::open(folder_.path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    EXPECT_EQ(::write(fd, body.data(), body.size()), static_cast<ssize_t>(body.size()));
    return send_source(http::Method::Post, target,
                       std::make_shared<FileSource>(std::make_shared<FileHandle>(fd), body.size()), headers);
  }

  int send_source(http::Method method, const std::string& target, std::shared_ptr<const ByteSource> body,
                  const Fields& headers) {
    http::Request request;
    request.method = method;
    request.base_url = "http://h";
    request.path = "/dicomweb" + target;
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    request.body = std::move(body);
    const auto route = router_.match(request);
    EXPECT_TRUE(route.ok()) << target;
    auto answer = (*route)->handler(request);
    last_ = Value();
    warnings_ = answer ? answer->headers.joined("Warning") : "";
    type_ = answer ? answer->headers.get("Content-Type") : "";
    text_ = answer ? text_of(*answer) : answer.error().text();
    if (!answer) return answer.error().face().http_status;
    if (auto json = codec::parse_json(text_)) last_ = std::move(*json);
    return answer->status;
  }

  int post(const std::string& type, const std::string& body, const std::string& path = "/studies") {
    return send(http::Method::Post, path, body, {{"Content-Type", type}});
  }

  static std::string text_of(const http::Response& response) {
    std::string text;
    for (const auto& piece : response.body) {
      if (const auto* part = std::get_if<std::string>(&piece)) text += *part;
      const auto* range = std::get_if<http::FileRange>(&piece);
      if (!range) continue;
      std::string bytes(range->length, '\0');
      const FileSource file(range->file, range->offset + range->length);
      EXPECT_EQ(*file.read_at(range->offset, std::as_writable_bytes(std::span(bytes))), range->length);
      text += bytes;
    }
    return text;
  }

  std::size_t count(std::string_view tag) const {
    const Value* sequence = last_.find(tag);
    return sequence && sequence->find("Value") ? sequence->find("Value")->as_list()->size() : 0;
  }

  // The bytes of a stored object.
  std::string stored(const std::string& uid) const {
    const auto known = store_->index().find_instance(uid);
    if (!known.ok() || !*known) return "not stored";
    const auto content = store_->blobs().read((*known)->content);
    return content.ok() ? *content : content.error().text();
  }

  testing::TempFolder folder_;
  Metrics metrics_;
  std::unique_ptr<mappers::engine::Table> table_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ingest::Ingestor> ingest_;
  std::unique_ptr<DicomwebFace> face_;
  http::Router router_;
  std::list<std::string> kept_;  // bodies of requests, which views point into
  Value last_;                   // the JSON of the last answer
  std::string text_, type_, warnings_;
};

}  // namespace gateway::dicomweb
