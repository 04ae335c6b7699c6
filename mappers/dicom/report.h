// DICOM objects that say something of images, as structured reports: SR documents (PS3.3 section A.35), key
// object selections, segmentations (A.51, A.87) and RT structure sets (A.19).
//
// Read are measurement reports (PS3.16 TID 1500 and those below it), X-ray, CT and radiopharmaceutical dose
// (TID 10001, 10011, 10021); of any other document its containers, measurements, codes and texts. Older codes
// (SRT for SCT) and what vendors leave out or put elsewhere are accepted. What has no place in the record is
// a ReportFinding with the path of its content item; nothing is dropped in silence. Errors:
// DicomMissingAttribute without SOP Instance UID or content, DicomLimit. Pure functions; thread-safe.
#pragma once

#include <string_view>

#include "gateway/base/result.h"
#include "gateway/model/report.h"
#include "mappers/dicom/dataset.h"

namespace mappers::dicom {

// Whether objects of this class are read here. Of a manifest (key object with title 113030) there is nothing
// to tell: its report is of Kind::KeyImages, without references.
bool is_report_class(std::string_view sop_class_uid);

gateway::Result<gateway::model::StructuredReport> read_report(const DataSet& data);

}  // namespace mappers::dicom
