// What others send as ImagingStudy, as time zone file or as packed fields of a record: read or refused, never
// a crash. What was read can be rendered, as FHIR and as DICOM. The first byte says which.
#include <cstdlib>

#include "gateway/codec/json.h"
#include "gateway/store/packed_fields.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/record_json.h"
#include "mappers/fhir/read_imaging_study.h"

namespace {

using mappers::fhir::RenderOptions;

// Without files: the tables are empty, which the readers must stand as well.
const RenderOptions& options() {
  static const RenderOptions all = [] {
    RenderOptions made;
    made.terminology = std::make_shared<mappers::fhir::Terminology>();
    return made;
  }();
  return all;
}

// What is said of an object is a data set, or refused.
void as_dicom(const gateway::model::ImagingObject& object) {
  const auto bytes = mappers::dicom::encode_data_set(mappers::dicom::json_of_records(object));
  if (!bytes.ok()) return;
  static_cast<void>(mappers::dicom::read_file(gateway::MemorySource(*bytes)));
}

void read_study(std::string_view text) {
  const auto value = gateway::codec::parse_json(text);
  if (!value.ok()) return;
  const auto itself = [&](std::string_view) { return &*value; };
  const auto read = mappers::fhir::read_imaging_study(*value, options(), itself);
  static_cast<void>(mappers::fhir::wado_address(*value));
  if (!read.ok()) return;
  for (const auto& object : read->objects()) as_dicom(object);
  std::string json;
  append_imaging_study(json, read->row, options());
  append_patient(json, read->row.subject, options());
}

void read_zone(std::string_view text) {
  const auto zone = mappers::fhir::TimeZone::parse(text);
  if (!zone.ok()) return;
  for (const char* day : {"00010101", "19700101", "20240331", "99991231"})
    if (zone->offset_at(day, "023000").size() != 6) std::abort();
}

void read_packed(std::string_view text) {
  gateway::model::Series series, again;
  gateway::store::read_packed(text, series);
  gateway::store::read_packed(gateway::store::packed_text(series), again);
  if (!(gateway::store::packed_text(again) == gateway::store::packed_text(series))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 'z')
    read_zone(text);
  else if (data[0] == 'p')
    read_packed(text);
  else
    read_study(text);
  return 0;
}
