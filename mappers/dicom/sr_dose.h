// Radiation dose reports: X-ray (PS3.16 TID 10001), CT (TID 10011), radiopharmaceuticals (TID 10021). Private
// to this folder. Pure; thread-safe.
#pragma once

#include "gateway/model/report.h"

namespace mappers::dicom::sr {

bool is_dose_report(const gateway::model::StructuredReport& report);

// Gives a report whose content is read (sr_measurement_report.h) the shape of a dose report: what containers
// below accumulated dose and events say once belongs to these; events know their UID, start and region.
void settle_dose(gateway::model::StructuredReport& report);

}  // namespace mappers::dicom::sr
