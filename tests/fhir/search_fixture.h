// Resources over a store in a temporary folder and a FakeIndex, searched without HTTP around them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/codec/uri.h"
#include "gateway/fhir/face.h"
#include "gateway/fhir/resources.h"
#include "gateway/store/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_index.h"
#include "tests/support/r4_definitions.h"
#include "tests/support/temp_folder.h"

namespace gateway::fhir {

class SearchTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t kUpdated = 1'700'000'000'000'000;

  SearchTest() {
    FhirConfig config;
    auto terminology = mappers::fhir::Terminology::load(std::string(SOURCE_DIR) + "/profiles");
    if (terminology.ok()) config.render.terminology = *terminology;
    face_ = std::make_unique<FhirFace>(index_, config, clock_);
    auto opened = store::Store::open({folder_.path() + "/store", false}, clock_);
    EXPECT_TRUE(opened.ok()) << opened.error().text();
    if (opened.ok()) store_ = std::move(*opened);
    auto made = Resources::make(*face_, &store_->resources(), tests::r4_definitions());
    EXPECT_TRUE(made.ok()) << made.error().text();
    if (made.ok()) resources_ = std::move(*made);
  }

  // Stores a resource under the id that it has; a further time as its next version.
  void put(std::string_view json) {
    auto resource = codec::parse_json(json);
    ASSERT_TRUE(resource.ok()) << resource.error().text();
    const std::string type(resource->text("resourceType")), id(resource->text("id"));
    const auto before = store_->resources().read(type, id);
    const std::int64_t expected = before.ok() && *before ? (*before)->version : 0;
    Value meta = resource->find("meta") ? *resource->find("meta") : Value::map();
    meta.set("versionId", std::to_string(expected + 1)).set("lastUpdated", "2023-11-14T22:13:20Z");
    resource->set("meta", std::move(meta));
    const auto write = resources_->make_write(type, id, expected, kUpdated + ++writes_, "PUT",
                                              to_json(*resource), *resource, place_);
    ASSERT_TRUE(write.ok()) << write.error().text();
    const auto state = store_->resources().commit(std::vector{*write});
    ASSERT_TRUE(state.ok()) << state.error().text();
  }

  void remove(const std::string& type, const std::string& id) {
    const auto before = store_->resources().read(type, id);
    ASSERT_TRUE(before.ok() && *before);
    const auto write = resources_->make_write(type, id, (*before)->version, kUpdated + ++writes_, "DELETE",
                                              {}, Value(), place_);
    ASSERT_TRUE(write.ok() && store_->resources().commit(std::vector{*write}).ok());
  }

  // "Patient?name=x" or a link of this server.
  Result<Value> ask(std::string target, bool strict = true) {
    if (target.starts_with(place_.base + "/")) target.erase(0, place_.base.size() + 1);
    const auto mark = target.find('?');
    QueryPairs pairs;
    if (mark != std::string::npos) pairs = *codec::parse_query(target.substr(mark + 1), codec::Plus::Space);
    SearchScope scope;
    std::string path = target.substr(0, mark);
    if (const auto slash = path.find('/'); slash != std::string::npos) {
      const auto end = path.find('/', slash + 1);
      scope.compartment = path.substr(0, slash);
      scope.owner = path.substr(slash + 1, end - slash - 1);
      path = end == std::string::npos ? "" : path.substr(end + 1);
    }
    scope.type = path == "*" ? "" : path;
    const std::string json = TRY(resources_->search(scope, pairs, strict, place_));
    return codec::parse_json(json);
  }

  // The ids of entries with this search mode, in order, or "error: parameter".
  static std::string ids_of(const Result<Value>& bundle, std::string_view mode = "match") {
    if (!bundle) return "error: " + bundle.error().where;
    std::string ids;
    const Value* entries = bundle->find("entry");
    for (const Value& entry : entries && entries->as_list() ? *entries->as_list() : Value::List())
      if (entry.find("search")->text("mode") == mode)
        ids += (ids.empty() ? "" : " ") + std::string(entry.find("resource")->text("id"));
    return ids;
  }
  std::string ids(const std::string& target, std::string_view mode = "match") {
    return ids_of(ask(target), mode);
  }
  static std::string link(const Value& bundle, std::string_view relation) {
    for (const Value& each : *bundle.find("link")->as_list())
      if (each.text("relation") == relation) return std::string(each.text("url"));
    return {};
  }
  static std::int64_t total(const Value& bundle) {
    return bundle.find("total") ? *bundle.find("total")->as_int() : -1;
  }

  void add_study(int n, std::string patient_key) {
    model::StudyRow row;
    row.study.uid = "1.2.3." + std::to_string(n);
    row.study.date = "2024010" + std::to_string(n % 9 + 1);
    row.updated_us = kUpdated + n;
    row.subject.id = 1;
    row.subject.key = std::move(patient_key);
    row.subject.subject.patient_id = "P" + row.subject.key;
    row.subject.subject.name.alphabetic = "Index^Ida";
    row.subject.updated_us = kUpdated;
    model::SeriesRow series;
    series.series.uid = row.study.uid + ".1";
    series.series.modality = n % 2 ? "MR" : "CT";
    model::Instance instance;
    instance.uid = series.series.uid + ".1";
    instance.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    series.instances.push_back(instance);
    row.series.push_back(series);
    index_.add(row);
  }

  const Place place_{"http://gw.example/fhir", "http://gw.example/dicomweb"};
  testing::FakeClock clock_;
  testing::FakeIndex index_;
  testing::TempFolder folder_;
  std::unique_ptr<FhirFace> face_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Resources> resources_;
  std::int64_t writes_ = 0;
};

}  // namespace gateway::fhir
