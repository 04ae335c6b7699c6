// The whole FHIR server over a real store in a folder of its own and a FakeIndex, asked through its routes.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "gateway/base/json_text.h"
#include "gateway/base/owned_bytes.h"
#include "gateway/codec/json.h"
#include "gateway/codec/uri.h"
#include "gateway/definitions/validator.h"
#include "gateway/fhir/audit_event_trail.h"
#include "gateway/fhir/export.h"
#include "gateway/fhir/face.h"
#include "gateway/fhir/subscriptions.h"
#include "gateway/store/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_index.h"
#include "tests/support/r4_definitions.h"
#include "tests/support/temp_folder.h"

namespace gateway::fhir {

using Fields = std::vector<std::pair<std::string, std::string>>;

class ServerTest : public ::testing::Test {
 protected:
  static constexpr const char* kBase = "http://gw.example:8080";

  ServerTest() {
    auto terminology = mappers::fhir::Terminology::load(std::string(SOURCE_DIR) + "/profiles");
    EXPECT_TRUE(terminology.ok());
    if (terminology.ok()) config_.render.terminology = *terminology;
    config_.audit = false;
    config_.export_folder = folder_ / "exports";
  }

  static const definitions::Validator& validator() {
    static const definitions::Validator shared(
        std::shared_ptr<const definitions::Definitions>(&tests::r4_definitions(), [](const auto*) {}));
    return shared;
  }

  // What the validator finds wrong with a resource; empty: nothing.
  static std::string errors(const Value& resource) {
    const definitions::Findings findings = validator().validate(resource);
    std::string text;
    for (const auto& finding : findings.list())
      if (finding.severity == definitions::Finding::Severity::Error)
        text += definitions::to_text(finding) + "\n";
    return text;
  }

  // With what config_ says by now; again after a restart.
  void serve() {
    router_ = std::make_unique<http::Router>();
    face_.reset();
    store_.reset();
    auto store = store::Store::open({folder_ / "data", false}, clock_);
    ASSERT_TRUE(store.ok()) << store.error().text();
    store_ = std::move(*store);
    FhirParts parts;
    parts.index = &index_;
    parts.resources = &store_->resources();
    parts.definitions = &tests::r4_definitions();
    parts.validator = &validator();
    auto face = FhirFace::open(parts, config_, clock_);
    ASSERT_TRUE(face.ok()) << face.error().text();
    face_ = std::move(*face);
    add_routes(*router_, *face_);
  }

  struct Answer {
    int status = 0;
    http::Headers headers;
    std::string body;
    Value json;

    std::string header(std::string_view name) const { return std::string(headers.get(name)); }
    std::string id() const { return std::string(json.text("id")); }
    std::string version() const {
      const Value* meta = json.find("meta");
      return meta ? std::string(meta->text("versionId")) : std::string();
    }
    std::int64_t total() const {
      const Value* value = json.find("total");
      return value && value->as_int() ? *value->as_int() : -1;
    }
    const Value::List& entries() const {
      static const Value::List none;
      const Value* list = json.find("entry");
      return list && list->as_list() ? *list->as_list() : none;
    }
    // Of the first issue.
    std::string issue(std::string_view member) const {
      const Value* issues = json.find("issue");
      if (!issues || !issues->as_list() || issues->as_list()->empty()) return "no outcome";
      const Value& first = issues->as_list()->front();
      if (member != "expression") return std::string(first.text(member));
      const Value* list = first.find("expression");
      return list ? *list->as_list()->front().as_string() : std::string();
    }
  };

  Answer send(http::Method method, const std::string& target, const std::string& body = {},
              const Fields& headers = {}) {
    http::Request request;
    request.method = method;
    request.target = "/fhir" + target;
    const auto mark = request.target.find('?');
    request.path = *codec::decode_path(request.target.substr(0, mark));
    if (mark != std::string::npos) request.query = *codec::parse_query(request.target.substr(mark + 1));
    request.base_url = kBase;
    request.remote = "192.0.2.7";
    request.id = "request-1";
    if (!body.empty()) request.headers.add("Content-Type", "application/fhir+json");
    for (const auto& [name, value] : headers) request.headers.set(name, value);
    request.body = std::make_shared<OwnedText>(body);
    http::Response response;
    if (const auto route = router_->match(request)) {
      auto result = (*route)->handler(request);
      response = result ? std::move(*result) : (*route)->render_error(result.error(), request);
    } else {
      response = router_->error_renderer(request.path)(route.error(), request);
    }
    return answer_of(response);
  }

  static Answer answer_of(const http::Response& response) {
    Answer answer{response.status, response.headers, {}, {}};
    for (const auto& piece : response.body) {
      if (const auto* text = std::get_if<std::string>(&piece)) answer.body += *text;
      if (const auto* range = std::get_if<http::FileRange>(&piece)) {
        std::string text(range->length, '\0');
        const FileSource source(range->file, range->offset + range->length);
        EXPECT_TRUE(source.read_at(range->offset, std::as_writable_bytes(std::span(text))).ok());
        answer.body += text;
      }
    }
    if (auto json = codec::parse_json(answer.body)) answer.json = *json;
    return answer;
  }

  Answer get(const std::string& target, const Fields& headers = {}) {
    return send(http::Method::Get, target, {}, headers);
  }
  Answer post(const std::string& target, const std::string& body, const Fields& headers = {}) {
    return send(http::Method::Post, target, body, headers);
  }
  Answer put(const std::string& target, const std::string& body, const Fields& headers = {}) {
    return send(http::Method::Put, target, body, headers);
  }
  Answer remove(const std::string& target, const Fields& headers = {}) {
    return send(http::Method::Delete, target, {}, headers);
  }
  Answer patch(const std::string& target, const std::string& body,
               const std::string& type = "application/json-patch+json", Fields headers = {}) {
    headers.emplace_back("Content-Type", type);
    return send(http::Method::Patch, target, body, headers);
  }

  static std::string patient(const std::string& family, const std::string& id = {},
                             const std::string& identifier = {}) {
    std::string json = R"({"resourceType":"Patient")";
    if (!id.empty()) json += ",\"id\":\"" + id + "\"";
    if (!identifier.empty()) json += R"(,"identifier":[{"system":"urn:t","value":")" + identifier + "\"}]";
    return json + R"(,"name":[{"family":")" + family + "\"}]}";
  }

  void add_image_study(const std::string& uid) {
    model::StudyRow row;
    row.study.uid = uid;
    row.updated_us = clock_.utc_us();
    row.subject.key = std::string(32, 'a');
    row.subject.subject.patient_id = "P1";
    row.subject.updated_us = clock_.utc_us();
    model::SeriesRow series;
    series.series.uid = uid + ".1";
    series.series.modality = "CT";
    model::Instance instance;
    instance.uid = uid + ".1.1";
    instance.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    series.instances.push_back(instance);
    row.series.push_back(series);
    index_.add(row);
  }

  testing::TempFolder folder_;
  testing::FakeClock clock_;
  testing::FakeIndex index_;
  FhirConfig config_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<FhirFace> face_;
  std::unique_ptr<http::Router> router_;
};

}  // namespace gateway::fhir
