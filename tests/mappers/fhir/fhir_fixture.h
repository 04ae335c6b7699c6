// What the tests of mappers/fhir share: the tables of the tree, a study to start from, parsed JSON with
// paths.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir::testing {

namespace model = gateway::model;
using gateway::Value;

inline const RenderOptions& options() {
  static const RenderOptions all = [] {
    RenderOptions made;
    auto terminology = Terminology::load(std::string(SOURCE_DIR) + "/profiles");
    EXPECT_TRUE(terminology.ok()) << (terminology.ok() ? "" : terminology.error().text());
    if (terminology.ok()) made.terminology = *terminology;
    return made;
  }();
  return all;
}

inline Value parsed(const std::string& json) {
  auto value = gateway::codec::parse_json(json);
  EXPECT_TRUE(value.ok()) << json;
  return value.ok() ? *value : Value();
}

// The part of a tree at "series.0.modality.code", as compact JSON; empty when there is none.
inline std::string at(const Value& root, std::string_view path) {
  const Value* node = &root;
  for (const auto step : gateway::split(path, '.')) {
    if (const auto* list = node->as_list()) {
      const auto index = gateway::parse_number<std::size_t>(step);
      if (!index || *index >= list->size()) return {};
      node = &(*list)[*index];
    } else if (!(node = node->find(step))) {
      return {};
    }
  }
  if (const auto* text = node->as_string()) return *text;
  return gateway::to_json(*node);
}

// One study with one CT series of two instances; tests change what they are about.
inline model::StudyRow sample_study() {
  model::StudyRow row;
  row.study.uid = "1.2.826.0.1.3680043.8.1055.1";
  row.study.date = "20240131";
  row.study.time = "093000.125";
  row.study.timezone_offset = "+0100";
  row.study.accession_number = "ACC1";
  row.study.description = "CT Thorax";
  row.subject.key = "0123456789abcdef0123456789abcdef";
  row.subject.subject.patient_id = "P1";
  row.subject.subject.name.alphabetic = "Doe^Jane^Mary^Dr^PhD";
  row.subject.subject.birth_date = "19700229";
  row.subject.subject.sex = "F";
  row.subject.version = 2;
  row.subject.updated_us = 1'700'000'000'123'456;
  row.modalities = {"CT"};
  model::SeriesRow series;
  series.series.uid = row.study.uid + ".1";
  series.series.modality = "CT";
  series.series.number = 1;
  for (int i = 1; i <= 2; ++i) {
    model::Instance instance;
    instance.uid = series.series.uid + "." + std::to_string(i);
    instance.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    instance.number = i;
    series.instances.push_back(instance);
  }
  series.instance_count = 2;
  row.series = {series};
  row.series_count = 1;
  row.instance_count = 2;
  row.version = 3;
  row.updated_us = 1'700'000'001'000'000;
  return row;
}

inline Value rendered(const model::StudyRow& row, const RenderOptions& with = options()) {
  std::string json;
  append_imaging_study(json, row, with);
  return parsed(json);
}

inline Value rendered(const model::SubjectRow& row) {
  std::string json;
  append_patient(json, row, options());
  return parsed(json);
}

}  // namespace mappers::fhir::testing
