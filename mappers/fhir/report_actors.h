// Who and what stands behind the statements of a report, and where on the body they are: Practitioner and
// PractitionerRole, Device, BodyStructure. Private to this folder. One thread.
#pragma once

#include <string>
#include <vector>

#include "mappers/fhir/report_parts.h"

namespace mappers::fhir::report {

// Each gives the reference of the resource, which is put there once; empty when nothing is known.
std::string equipment_device(Parts& parts);
std::string observer_device(Parts& parts, const ReportDevice& device);
std::string algorithm_device(Parts& parts, const ReportAlgorithm& algorithm);
// A side or a modifier needs a BodyStructure beside the code of the site.
std::string body_structure(Parts& parts, const ReportSite& site, const std::string& tracking_id,
                           const std::string& tracking_uid);

// The persons of the report, PractitionerRole where an organization or a role is known; none when identities
// are masked.
struct People {
  std::vector<std::string> observers;  // else those who verified
  std::vector<std::string> all;
};
People people_of(Parts& parts);

// "Lung, Left"
std::string words_of(const ReportSite& site);

}  // namespace mappers::fhir::report
