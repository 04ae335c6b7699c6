// Objects that are read as reports, on any bytes: as files and as metadata in JSON. What is read can be
// rendered, and what is rendered is JSON with ids that are ids. Seeds: the SR, SEG, KO and RTSTRUCT objects
// of the shared corpus.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "mappers/dicom/json_encode.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/report.h"
#include "mappers/fhir/report.h"

using namespace mappers;

namespace {

const fhir::RenderOptions& options() {
  static const fhir::RenderOptions made = [] {
    fhir::RenderOptions all;
    auto terminology = fhir::Terminology::load(SOURCE_PROFILES);
    if (!terminology.ok()) std::abort();
    all.terminology = *terminology;
    return all;
  }();
  return made;
}

void check(const dicom::DataSet& data) {
  const auto report = dicom::read_report(data);
  if (!report.ok()) return;
  gateway::model::StudyRow study;
  study.study.uid = report->study_uid;
  study.subject.key = "0123456789abcdef0123456789abcdef";
  for (const auto& resource : fhir::render_report(*report, study, options()).resources) {
    if (!fhir::is_fhir_id(resource.id) || !fhir::is_report_id(resource.id)) std::abort();
    if (!gateway::is_utf8(resource.json) || !gateway::codec::parse_json(resource.json).ok()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const gateway::MemorySource source(gateway::ByteSpan(reinterpret_cast<const std::byte*>(data), size));
  if (const auto file = dicom::read_file(source); file.ok()) check(file->data);
  const auto objects = dicom::parse_dicom_json({reinterpret_cast<const char*>(data), size});
  if (!objects.ok() || objects->empty()) return 0;
  if (const auto file = dicom::file_of_metadata(objects->front(), "1.2.840.10008.1.2.1"); file.ok())
    check(file->file.data);
  return 0;
}
