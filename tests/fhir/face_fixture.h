// A FHIR face over a FakeIndex, asked through its routes as the server would.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/uri.h"
#include "gateway/fhir/face.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_index.h"
#include "tests/support/r4_definitions.h"

namespace gateway::fhir {

class FaceTest : public ::testing::Test {
 protected:
  static constexpr const char* kBase = "http://gw.example:8080";
  static constexpr std::int64_t kUpdated = 1'700'000'000'123'456;  // 2023-11-14T22:13:20.123456Z

  explicit FaceTest(std::shared_ptr<const mappers::fhir::TimeZone> zone = nullptr) {
    FhirConfig config;
    auto terminology = mappers::fhir::Terminology::load(std::string(SOURCE_DIR) + "/profiles");
    EXPECT_TRUE(terminology.ok());
    if (terminology.ok()) config.render.terminology = *terminology;
    config.max_page_instances = 8;
    config.max_examined = 5000;
    config.render.zone = std::move(zone);
    auto face = FhirFace::open({&index_, nullptr, &tests::r4_definitions(), nullptr}, config, clock_);
    EXPECT_TRUE(face.ok()) << face.error().text();
    face_ = std::move(*face);
    add_routes(router_, *face_);
  }

  // Study number n of subject n / 2: CT on even, MR on odd numbers, on day n of January 2024.
  void add_study(int n) {
    model::StudyRow row;
    row.study.uid = "1.2.3." + std::to_string(n);
    const std::string day = n % 28 + 1 < 10 ? "0" + std::to_string(n % 28 + 1) : std::to_string(n % 28 + 1);
    row.study.date = "202401" + day;
    row.study.time = "120000";
    row.study.timezone_offset = "+0100";
    row.study.accession_number = "A" + std::to_string(n);
    row.study.accession_issuer = "1.9";
    row.study.study_id = "S" + std::to_string(n);
    row.updated_us = kUpdated + n;
    row.subject = subject(n / 2);
    for (int s = 1; s <= 2; ++s) {
      model::SeriesRow series;
      series.series.uid = row.study.uid + "." + std::to_string(s);
      series.series.modality = n % 2 ? "MR" : "CT";
      model::Instance instance;
      instance.uid = series.series.uid + ".1";
      instance.sop_class_uid = n % 2 ? "1.2.840.10008.5.1.4.1.1.4" : "1.2.840.10008.5.1.4.1.1.2";
      series.instances.push_back(instance);
      row.series.push_back(series);
    }
    index_.add(row);
  }

  static model::SubjectRow subject(int n) {
    model::SubjectRow row;
    row.id = n + 1;
    row.key = std::string(31, '0') + std::to_string(n % 10);
    row.subject.patient_id = "P" + std::to_string(n);
    row.subject.issuer = n % 2 ? "1.2.3.4" : "";
    row.subject.name.alphabetic = n % 2 ? "Smith^John^Quentin" : "Doe^Jane^^Dr";
    row.subject.birth_date = "19" + std::to_string(70 + n % 10) + "0115";
    row.subject.sex = n % 3 == 0 ? "F" : n % 3 == 1 ? "M" : "";
    row.updated_us = kUpdated + n;
    return row;
  }

  struct Answer {
    int status = 0;
    http::Headers headers;
    std::string body;
    Value json;
  };

  static std::string text_of(const http::Response& response) {
    std::string text;
    for (const auto& piece : response.body) text += std::get<std::string>(piece);
    return text;
  }

  Answer send(http::Request request) {
    http::Response response;
    const auto route = router_.match(request);
    if (route) {
      auto result = (*route)->handler(request);
      response = result ? std::move(*result) : (*route)->render_error(result.error(), request);
    } else {
      response = router_.error_renderer(request.path)(route.error(), request);
    }
    Answer answer{response.status, response.headers, text_of(response), {}};
    auto json = codec::parse_json(answer.body);
    if (json) answer.json = *json;
    return answer;
  }

  static http::Request request(http::Method method, const std::string& target) {
    http::Request made;
    made.method = method;
    made.target = target;
    const auto mark = target.find('?');
    made.path = target.substr(0, mark);
    if (mark != std::string::npos) made.query = *codec::parse_query(target.substr(mark + 1));
    made.body = std::make_shared<MemorySource>(std::string_view());
    made.base_url = kBase;
    return made;
  }

  // "ImagingStudy?modality=CT" or an absolute link of this server.
  Answer get(std::string target, const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    const std::string base = std::string(kBase) + "/fhir/";
    if (target.starts_with(base)) target.erase(0, base.size());
    http::Request made = request(http::Method::Get, "/fhir/" + target);
    for (const auto& [name, value] : headers) made.headers.add(name, value);
    return send(std::move(made));
  }

  static std::string link(const Answer& answer, std::string_view relation) {
    const Value* links = answer.json.find("link");
    if (!links || !links->as_list()) return {};
    for (const Value& each : *links->as_list())
      if (each.text("relation") == relation) return std::string(each.text("url"));
    return {};
  }

  // The ids of the entries with this search mode, joined by blanks.
  static std::string ids(const Answer& answer, std::string_view mode = "match") {
    std::string text;
    const Value* entries = answer.json.find("entry");
    if (!entries) return text;
    for (const Value& entry : *entries->as_list()) {
      if (entry.find("search")->text("mode") != mode) continue;
      text += (text.empty() ? "" : " ") + std::string(entry.find("resource")->text("id"));
    }
    return text;
  }

  static std::int64_t total(const Answer& answer) {
    const Value* value = answer.json.find("total");
    return value && value->as_int() ? *value->as_int() : -1;
  }

  static std::string issue_code(const Answer& answer) {
    EXPECT_EQ(answer.json.text("resourceType"), "OperationOutcome") << answer.body;
    const Value* issues = answer.json.find("issue");
    return issues ? std::string(issues->as_list()->front().text("code")) : std::string();
  }

  // Total of a search that must succeed.
  std::int64_t hits(const std::string& target) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
    return total(answer);
  }

  testing::FakeIndex index_;
  testing::FakeClock clock_;
  std::unique_ptr<FhirFace> face_;
  http::Router router_;
};

}  // namespace gateway::fhir
