#include "gateway/ingest/prepare.h"

#include "gateway/base/json_text.h"
#include "gateway/ingest/dicom_source.h"
#include "gateway/ingest/inventory.h"
#include "gateway/ingest/item_file.h"
#include "mappers/dicom/frame_table.h"
#include "mappers/dicom/instance_check.h"
#include "mappers/dicom/json.h"
#include "mappers/dicom/pixel_key.h"
#include "mappers/dicom/qido.h"
#include "mappers/dicom/reader.h"
#include "mappers/dicom/value_check.h"

namespace gateway::ingest {
namespace {

namespace dicom = mappers::dicom;
using mappers::engine::MappingReport;
using model::ItemOutcome;

void name_instance(ItemOutcome& outcome, const dicom::File& file) {
  outcome.study_uid = file.data.text(dicom::tags::kStudyInstanceUid);
  outcome.series_uid = file.data.text(dicom::tags::kSeriesInstanceUid);
  outcome.sop_class_uid = file.data.text(dicom::tags::kSopClassUid);
  outcome.sop_instance_uid = file.data.text(dicom::tags::kSopInstanceUid);
}

void note_findings(ItemOutcome& outcome, const std::vector<dicom::Finding>& findings) {
  for (const dicom::Finding& finding : findings)
    outcome.findings.push_back(finding.where.empty() ? finding.what
                                                     : finding.what + " (" + finding.where + ")");
}

// STOW-RS to one study takes objects of that study only (PS3.18 section 10.5.1.1).
Result<void> check_study(const model::IngestItem& item, const ItemOutcome& outcome) {
  if (item.required_study_uid.empty() || item.required_study_uid == outcome.study_uid) return {};
  return fail(ErrorCode::InvalidParameter, "the object is not of the study it was sent to", "0020000D");
}

Result<void> map_record(const dicom::File& file, const mappers::engine::Table& table, Prepared& prepared) {
  const DicomSource source(file);
  MappingReport report;
  table.run(source, prepared.entry.object, report);
  for (const auto& note : report.dropped) prepared.outcome.findings.push_back(note.text());
  if (report.failed.empty()) return {};
  return fail(ErrorCode::Unprocessable, "an attribute that the record needs cannot be used",
              report.failed.front().text());
}

// (0008,0054) Retrieve AE Title, in front of the Instance Availability that every result has.
void mark_source(std::string& json, const std::string& ae_title) {
  constexpr std::string_view kNext = "\"00080056\"";
  const std::size_t place = json.find(kNext);
  if (ae_title.empty() || place == std::string::npos) return;
  std::string member = R"("00080054":{"vr":"AE","Value":[)";
  append_json_string(member, ae_title);
  json.insert(place, member + "]},");
}

Result<void> render(const model::IngestItem& item, const dicom::File& file, Prepared& prepared) {
  dicom::QidoTemplates templates = TRY(dicom::render_qido(file));
  if (item.remote)
    for (std::string* json : {&templates.study, &templates.series, &templates.instance})
      mark_source(*json, item.remote->ae_title);
  prepared.entry.json = {std::move(templates.study), std::move(templates.series),
                         std::move(templates.instance)};
  return dicom::append_dicom_json(prepared.metadata, file);
}

// Objects without a table (no image, frames that cannot be told apart) are stored all the same.
void take_frames(const model::IngestItem& item, const dicom::File& file, std::string& frames) {
  if (!file.pixel_data || (item.remote && item.remote->json_only)) return;
  if (auto table = dicom::make_frame_table(file, *item.source)) frames = std::move(*table);
}

Result<void> fill(const model::IngestItem& item, const mappers::engine::Table& table, Prepared& prepared) {
  const ItemFile read = TRY(read_item(item));
  const dicom::File& file = read.file;
  name_instance(prepared.outcome, file);
  note_findings(prepared.outcome, file.findings);
  TRY(dicom::check_storable(file));
  TRY(check_study(item, prepared.outcome));
  note_findings(prepared.outcome, dicom::odd_uids(file));
  TRY(map_record(file, table, prepared));
  if (item.remote && item.remote->json_only)  // the metadata have no pixel data to tell it by
    prepared.entry.object.instance.transfer_syntax_uid = item.remote->transfer_syntax;
  TRY(render(item, file, prepared));
  prepared.entry.inventory = inventory_of(file);
  if (!item.remote) prepared.entry.pixel_key = dicom::pixel_key(file, *item.source);
  for (const dicom::Tag tag : dicom::bad_values(file.data))
    prepared.entry.defects.push_back({model::Defect::BadValue, tag.value()});
  take_frames(item, file, prepared.frames);
  return {};
}

}  // namespace

Prepared prepare(const model::IngestItem& item, const mappers::engine::Table& table) {
  Prepared prepared;
  prepared.outcome.label = item.label;
  prepared.outcome.kind = ItemOutcome::Kind::Stored;
  auto filled = fill(item, table, prepared);
  if (!filled.ok()) {
    prepared.outcome.kind = ItemOutcome::Kind::Refused;
    prepared.outcome.error = std::move(filled).error();
  }
  return prepared;
}

}  // namespace gateway::ingest
