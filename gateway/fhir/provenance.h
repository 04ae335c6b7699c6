// Provenance of what is made from images: one for each study, with the id of its ImagingStudy, which says
// that this gateway made ImagingStudy and Patient, by which mapping, of which DICOM study (FHIR R4 6.3).
//
// Pure function; thread-safe.
#pragma once

#include <string>

#include "gateway/model/ports.h"

namespace gateway::fhir {

struct ProvenanceMaker {
  std::string software_version;
  std::string mapping;  // pack of the mapping tables: "dicom/core-2025"
};

// Appends the resource as compact JSON. `row` without its series is enough.
void append_provenance(std::string& out, const model::StudyRow& row, const ProvenanceMaker& maker);

}  // namespace gateway::fhir
