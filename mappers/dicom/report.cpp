#include "mappers/dicom/report.h"

#include "mappers/dicom/image_references.h"
#include "mappers/dicom/kos.h"
#include "mappers/dicom/sr_codes.h"
#include "mappers/dicom/sr_dose.h"
#include "mappers/dicom/sr_header.h"
#include "mappers/dicom/sr_measurement_report.h"

namespace mappers::dicom {
namespace {

using gateway::ErrorCode;
using gateway::Result;
using gateway::model::StructuredReport;
using Kind = StructuredReport::Kind;

constexpr std::string_view kDocuments = "1.2.840.10008.5.1.4.1.1.88.";
constexpr std::string_view kSegmentations[] = {"1.2.840.10008.5.1.4.1.1.66.4",
                                               "1.2.840.10008.5.1.4.1.1.66.7"};
constexpr std::string_view kStructureSet = "1.2.840.10008.5.1.4.1.1.481.3";

bool is_segmentation(std::string_view uid) { return uid == kSegmentations[0] || uid == kSegmentations[1]; }

Result<void> read_document(const DataSet& data, const sr::Evidence& evidence, StructuredReport& report) {
  ContentLimits limits;
  limits.max_items = 100'000;
  std::vector<Finding> findings;
  const ContentItem root = TRY(read_content_tree(data, findings, limits));
  for (Finding& finding : findings)
    report.findings.push_back({std::move(finding.what), std::move(finding.where)});
  report.title = root.name;
  if (report.sop_class_uid == kKeyObjectSelection) {
    sr::read_key_images(root, evidence, report);
    return {};
  }
  sr::ContentReader(root, evidence, report).read();
  if (sr::is_dose_report(report))
    sr::settle_dose(report);
  else
    report.kind = root.template_id == "1500" || root.is("126000") ? Kind::Measurements : Kind::Document;
  return {};
}

}  // namespace

bool is_report_class(std::string_view uid) {
  return uid.starts_with(kDocuments) || is_segmentation(uid) || uid == kStructureSet;
}

Result<StructuredReport> read_report(const DataSet& data) {
  StructuredReport report;
  sr::read_header(data, report);
  if (report.sop_instance_uid.empty())
    return gateway::fail(ErrorCode::DicomMissingAttribute, "the object has no SOP Instance UID", "00080018");
  const sr::Evidence evidence(data);
  report.studies = evidence.studies();
  if (is_segmentation(report.sop_class_uid))
    sr::read_segmentation(data, evidence, report);
  else if (report.sop_class_uid == kStructureSet)
    sr::read_structure_set(data, report);
  else
    TRY_VOID(read_document(data, evidence, report));
  return report;
}

}  // namespace mappers::dicom
