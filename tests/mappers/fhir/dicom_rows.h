// DICOM objects on the way that an ingest takes, without a store: written, read, mapped by the table of the
// tree, gathered to one StudyRow, rendered.
#pragma once

#include <algorithm>
#include <vector>

#include "gateway/ingest/dicom_source.h"
#include "mappers/dicom/writer.h"
#include "mappers/engine/table.h"
#include "tests/mappers/fhir/fhir_fixture.h"

namespace mappers::fhir::testing {

using mappers::dicom::Draft;

inline const mappers::engine::Table& dicom_table() {
  static const auto table = mappers::engine::Table::load(SOURCE_DIR "/profiles", "dicom/core-2025").value();
  return table;
}

inline model::ImagingObject mapped(const Draft& draft) {
  model::ImagingObject object;
  const auto bytes = encode_part10(draft);
  EXPECT_TRUE(bytes.ok()) << draft.fault();
  if (!bytes.ok()) return object;
  const gateway::MemorySource memory(*bytes);
  const auto file = mappers::dicom::read_file(memory);
  EXPECT_TRUE(file.ok());
  if (!file.ok()) return object;
  mappers::engine::MappingReport report;
  dicom_table().run(gateway::ingest::DicomSource(*file), object, report);
  return object;
}

// As the index gathers them: the first object says what study and series are.
inline model::StudyRow row_of(const std::vector<model::ImagingObject>& objects) {
  model::StudyRow row;
  for (const auto& object : objects) {
    if (row.instance_count == 0) {
      row.study = object.study;
      row.subject.subject = object.subject;
      row.subject.key = "0123456789abcdef0123456789abcdef";
    }
    auto series = std::ranges::find_if(
        row.series, [&](const auto& known) { return known.series.uid == object.series.uid; });
    if (series == row.series.end()) {
      row.series.emplace_back().series = object.series;
      series = row.series.end() - 1;
    }
    series->instances.push_back(object.instance);
    ++series->instance_count;
    ++row.instance_count;
    if (std::ranges::find(row.modalities, object.series.modality) == row.modalities.end())
      row.modalities.push_back(object.series.modality);
  }
  row.series_count = row.series.size();
  return row;
}

inline model::StudyRow row_of(const std::vector<Draft>& drafts) {
  std::vector<model::ImagingObject> objects;
  for (const Draft& draft : drafts) objects.push_back(mapped(draft));
  return row_of(objects);
}

inline Draft code(std::string_view value, std::string_view scheme, std::string_view meaning = {}) {
  Draft item;
  item.set("CodeValue", value).set("CodingSchemeDesignator", scheme);
  if (!meaning.empty()) item.set("CodeMeaning", meaning);
  return item;
}

// A CT image with what an image must have; cases add what they are about.
inline Draft image(std::string_view instance = "1.2.3.1.1", std::string_view series = "1.2.3.1") {
  Draft draft;
  draft.set("SpecificCharacterSet", "ISO_IR 192").set("SOPClassUID", "1.2.840.10008.5.1.4.1.1.2");
  draft.set("SOPInstanceUID", instance).set("SeriesInstanceUID", series).set("StudyInstanceUID", "1.2.3");
  draft.set("Modality", "CT").set("PatientID", "P1");
  return draft;
}

inline Value study_of(const std::vector<Draft>& drafts, const RenderOptions& with = options()) {
  return rendered(row_of(drafts), with);
}
inline Value study_of(const Draft& draft, const RenderOptions& with = options()) {
  return study_of(std::vector{draft}, with);
}
inline Value patient_of(const Draft& draft, const RenderOptions& with = options()) {
  std::string json;
  append_patient(json, row_of(std::vector{draft}).subject, with);
  return parsed(json);
}

}  // namespace mappers::fhir::testing
