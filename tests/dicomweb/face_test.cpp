// The face over a real store and a real ingest, without a socket: requests go to the handlers as the router
// finds them.
#include "gateway/dicomweb/face.h"

#include <gtest/gtest.h>

#include <list>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/ingest/ingest.h"
#include "gateway/store/store.h"
#include "mappers/dicom/writer.h"
#include "tests/support/temp_folder.h"

namespace gateway::dicomweb {
namespace {

using mappers::dicom::Draft;
using mappers::dicom::Encoding;

Draft object(const std::string& study, const std::string& series, const std::string& uid) {
  Draft draft;
  draft.set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2").set("SOPInstanceUID", uid);
  draft.set("StudyInstanceUID", study).set("SeriesInstanceUID", series);
  draft.set("PatientID", "P1")
      .set("PatientName", "DOE^JANE")
      .set("StudyDate", "20240131")
      .set("Modality", "CT");
  draft.set("Manufacturer", "GE").set("StudyDescription", "Thorax");
  return draft;
}

std::string part10(const Draft& draft, Encoding encoding = Encoding::ExplicitLittle) {
  auto bytes = mappers::dicom::encode_part10(draft, encoding);
  EXPECT_TRUE(bytes.ok());
  return bytes ? *bytes : std::string();
}

std::string multipart(const std::vector<std::string>& parts) {
  std::string body;
  for (const std::string& part : parts)
    body += "--b\r\nContent-Type: application/dicom\r\n\r\n" + part + "\r\n";
  return body + "--b--\r\n";
}

// The text of an answer, file ranges and lazy pieces included.
std::string text_of(const http::Response& response) {
  std::string text;
  for (const auto& piece : response.body) {
    if (const auto* part = std::get_if<std::string>(&piece)) {
      text += *part;
      continue;
    }
    if (const auto* lazy = std::get_if<http::LazyPiece>(&piece)) {
      http::Response made;
      made.body = *lazy->make();
      text += text_of(made);
      continue;
    }
    const auto& range = std::get<http::FileRange>(piece);
    std::string bytes(range.length, '\0');
    const FileSource file(range.file, range.offset + range.length);
    EXPECT_EQ(*file.read_at(range.offset, std::as_writable_bytes(std::span(bytes))), range.length);
    text += bytes;
  }
  return text;
}

class FaceTest : public ::testing::Test {
 protected:
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
    add_routes(*router_, *face_);
  }

  Result<http::Response> call(http::Method method, const std::string& target, const std::string& body = {},
                              const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    http::Request request;
    request.method = method;
    request.base_url = "http://h";
    const auto question = target.find('?');
    request.path = "/dicomweb" + target.substr(0, question);
    if (question != std::string::npos)
      for (const auto pair : split(std::string_view(target).substr(question + 1), '&'))
        request.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    kept_.push_back(body);
    request.body = std::make_shared<MemorySource>(std::string_view(kept_.back()));
    const http::Route* route = TRY(router_->match(request));
    return route->handler(request);
  }

  int store(const std::vector<std::string>& parts, const std::string& path = "/studies") {
    auto answer = call(http::Method::Post, path, multipart(parts),
                       {{"Content-Type", "multipart/related; type=\"application/dicom\"; boundary=b"}});
    EXPECT_TRUE(answer.ok()) << answer.error().text();
    if (!answer) return 0;
    last_ = *codec::parse_json(text_of(*answer));
    return answer->status;
  }

  std::size_t count(const char* tag) {
    const Value* sequence = last_.find(tag);
    return sequence && sequence->find("Value") ? sequence->find("Value")->as_list()->size() : 0;
  }

  Value get(const std::string& target) {
    auto answer = call(http::Method::Get, target);
    EXPECT_TRUE(answer.ok()) << target << ": " << answer.error().text();
    return answer ? *codec::parse_json(text_of(*answer)) : Value();
  }

  testing::TempFolder folder_;
  Metrics metrics_;
  std::unique_ptr<mappers::engine::Table> table_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ingest::Ingestor> ingest_;
  std::unique_ptr<DicomwebFace> face_;
  std::unique_ptr<http::Router> router_;
  std::list<std::string> kept_;  // bodies of requests, which views point into
  Value last_;
};

// PS3.18 table 10.5.3-1; no success unless every part is accounted for.
TEST_F(FaceTest, StoreAccountsForEveryPart) {
  EXPECT_EQ(store({part10(object("1.1", "1.1.1", "1.1.1.1")), part10(object("1.1", "1.1.1", "1.1.1.2"))}),
            200);
  EXPECT_EQ(count("00081199"), 2u);
  EXPECT_EQ(store({part10(object("1.1", "1.1.1", "1.1.1.3")), "garbage"}), 202);
  EXPECT_EQ(count("00081199"), 1u);
  EXPECT_EQ(count("00081198"), 1u);
  EXPECT_EQ(store({"garbage"}), 409);
}

TEST_F(FaceTest, RepeatedObjectIsASuccessAnotherOneUnderItsUidIsNot) {
  const std::string first = part10(object("1.1", "1.1.1", "1.1.1.1"));
  EXPECT_EQ(store({first}), 200);
  EXPECT_EQ(store({first}), 200);
  EXPECT_EQ(store({part10(object("1.1", "1.1.1", "1.1.1.1").set("StudyDescription", "Other"))}), 409);
  const Value& item = last_.find("00081198")->find("Value")->as_list()->front();
  EXPECT_EQ(*item.find("00081197")->find("Value")->as_list()->front().as_int(), 0x0111);
  EXPECT_EQ(get("/instances").as_list()->size(), 1u);
}

TEST_F(FaceTest, ObjectOfAnotherStudyThanThePathSaysIsRefused) {
  EXPECT_EQ(store({part10(object("1.1", "1.1.1", "1.1.1.1"))}, "/studies/1.2"), 409);
  EXPECT_TRUE(get("/studies").as_list()->empty());
}

TEST_F(FaceTest, OtherMediaTypesAreRefused) {
  const auto answer = call(http::Method::Post, "/studies", "x", {{"Content-Type", "text/plain"}});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::UnsupportedMediaType);
}

// PS3.18 section 10.6.3.3.2: results across studies say which study they are of.
TEST_F(FaceTest, ResultsAcrossStudiesCarryTheAttributesOfTheirStudy) {
  store({part10(object("1.1", "1.1.1", "1.1.1.1"))});
  EXPECT_NE(get("/series").as_list()->front().find("00100010"), nullptr);
  EXPECT_NE(get("/instances").as_list()->front().find("00080060"), nullptr);
  EXPECT_EQ(get("/studies/1.1/series").as_list()->front().find("00100010"), nullptr);
}

TEST_F(FaceTest, WhatIsMatchedOnIsPartOfTheResult) {
  store({part10(object("1.1", "1.1.1", "1.1.1.1"))});
  const Value found = get("/studies/1.1/series?Manufacturer=GE");
  ASSERT_EQ(found.as_list()->size(), 1u);
  EXPECT_NE(found.as_list()->front().find("00080070"), nullptr);
  EXPECT_TRUE(get("/studies/1.1/series?Manufacturer=Philips").as_list()->empty());
}

TEST_F(FaceTest, ACutByALimitIsAnnounced) {
  DicomwebConfig config;
  config.max_results = 2;
  make_face(config);
  for (const char* study : {"1.1", "1.2", "1.3"})
    store({part10(object(study, study + std::string(".1"), study + std::string(".1.1")))});
  const auto cut = call(http::Method::Get, "/studies");
  EXPECT_NE(cut->headers.get("Warning").find("There are 1 additional results"), std::string_view::npos);
  EXPECT_TRUE(call(http::Method::Get, "/studies?limit=1")->headers.has("Warning"));
  EXPECT_FALSE(call(http::Method::Get, "/studies?limit=2&offset=1")->headers.has("Warning"));
  EXPECT_FALSE(call(http::Method::Get, "/studies?offset=1")->headers.has("Warning"));
}

TEST_F(FaceTest, MetadataIsJoinedPerLevelAndUnknownParentsAreNotFound) {
  store({part10(object("1.1", "1.1.1", "1.1.1.1")), part10(object("1.1", "1.1.2", "1.1.2.1"))});
  EXPECT_EQ(get("/studies/1.1/metadata").as_list()->size(), 2u);
  EXPECT_EQ(get("/studies/1.1/series/1.1.2/metadata").as_list()->size(), 1u);
  const auto none = call(http::Method::Get, "/studies/9.9/metadata");
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::NotFound);
}

const char* const kInstance = "/studies/1.1/series/1.1.1/instances/1.1.1.1";

TEST_F(FaceTest, InstanceComesBackByteForByteAloneOrInMultipart) {
  const std::string bytes = part10(object("1.1", "1.1.1", "1.1.1.1"));
  store({bytes});
  EXPECT_EQ(text_of(*call(http::Method::Get, kInstance, "", {{"Accept", "application/dicom"}})), bytes);
  const auto wrapped = call(http::Method::Get, kInstance);
  EXPECT_TRUE(
      wrapped->headers.get("Content-Type").starts_with("multipart/related; type=\"application/dicom\""));
  EXPECT_NE(text_of(*wrapped).find(bytes), std::string::npos);
}

TEST_F(FaceTest, AcceptDecidesByQualityAndSpecificity) {
  store({part10(object("1.1", "1.1.1", "1.1.1.1"))});
  const auto type_for = [&](const std::string& accept) {
    auto answer = call(http::Method::Get, kInstance, "", {{"Accept", accept}});
    return answer ? std::string(answer->headers.get("Content-Type").substr(0, 9))
                  : std::string(answer.error().face().name);
  };
  EXPECT_EQ(type_for("multipart/related; type=\"application/dicom\"; transfer-syntax=*"), "multipart");
  EXPECT_EQ(type_for("*/*, multipart/related;q=0"), "applicati");
  EXPECT_EQ(type_for("application/dicom, multipart/related;q=0.5"), "applicati");
  EXPECT_EQ(type_for("application/dicom; transfer-syntax=1.2.840.10008.1.2.4.90"), "NotAcceptable");
  EXPECT_EQ(type_for("image/png"), "NotAcceptable");
}

// PS3.18 section 8.7.3: implicit VR does not leave on the web.
TEST_F(FaceTest, ImplicitObjectsLeaveExplicit) {
  store({part10(object("1.1", "1.1.1", "1.1.1.1"), Encoding::ImplicitLittle)});
  const auto answer = call(http::Method::Get, kInstance, "", {{"Accept", "application/dicom"}});
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_EQ(answer->headers.get("Content-Type"), "application/dicom; transfer-syntax=1.2.840.10008.1.2.1");
  EXPECT_NE(text_of(*answer).find("DOE^JANE"), std::string::npos);
  EXPECT_NE(text_of(*answer).find(std::string("\x10\x00\x10\x00PN", 6)), std::string::npos);
}

TEST_F(FaceTest, BulkDataAreServedByTheirUri) {
  const std::string value(5000, 'x');
  store({part10(object("1.1", "1.1.1", "1.1.1.1").set_bytes("EncapsulatedDocument", "OB", value))});
  const Value metadata = get(std::string(kInstance) + "/metadata");
  const std::string uri(metadata.as_list()->front().find("00420011")->text("BulkDataURI"));
  ASSERT_EQ(uri, "http://h/dicomweb" + std::string(kInstance) + "/bulkdata/00420011");
  const auto bulk = call(http::Method::Get, uri.substr(17), "", {{"Accept", "application/octet-stream"}});
  ASSERT_TRUE(bulk.ok()) << bulk.error().text();
  EXPECT_EQ(text_of(*bulk), value);
}

}  // namespace
}  // namespace gateway::dicomweb
