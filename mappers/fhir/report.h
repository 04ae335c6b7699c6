// Structured reports as FHIR R4 resources (HL7 DICOM SR to FHIR 1.0.0 in the shape of R4; HL7 Europe Imaging
// 1.0.0-ballot; HL7 Radiation Dose Summary for dose reports).
//
// A document is a DiagnosticReport with its Observations: one for each measurement group, with a member for
// each measurement and evaluation; of a dose report a summary with a member for each irradiation event. Who
// and what observed are Practitioner, PractitionerRole and Device, sites with a side BodyStructure. What R5
// has as ImagingSelection (regions, segments, key images, what was segmented) is Basic with the extensions of
// R5, and the focus of the Observations. Nothing is invented. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/model/report.h"
#include "mappers/fhir/render.h"

namespace mappers::fhir {

struct ReportResource {
  std::string type, id;
  std::string json;  // without meta.versionId and meta.lastUpdated
};

struct RenderedReport {
  std::vector<ReportResource> resources;  // none for what has nothing to tell; the first stands for the whole
  std::vector<gateway::model::ReportFinding> findings;  // what the resources cannot say
};

// What all ids of the resources of one object begin with: "sop-" and 32 hex digits of its UID's SHA-256.
std::string report_id(std::string_view sop_instance_uid);
bool is_report_id(std::string_view id);  // has the form of such an id, or begins so

// `study`, without series, is the one that the object belongs to: ImagingStudy and Patient are those of the
// index.
RenderedReport render_report(const gateway::model::StructuredReport& report,
                             const gateway::model::StudyRow& study, const RenderOptions& options);

}  // namespace mappers::fhir
