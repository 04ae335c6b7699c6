// What ImagingStudy resources that clients send put into the image index: found by DICOMweb, counted in the
// catalogue and, where their Endpoint is a source of this gateway, retrieved (model/described_port.h).
//
// Made of the resource and of all that it refers to here, when one of these changes. DICOM objects win over
// a description, and of several descriptions of one study the first. Thread-safe.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "gateway/fhir/face.h"
#include "gateway/model/described_port.h"
#include "gateway/model/resource_port.h"

namespace gateway::fhir {

struct DescribedRecords {
  std::vector<model::RecordChange> changes;
  // What the records do not hold, by resource ("ImagingStudy/1").
  std::map<std::string, std::vector<std::string>> notes;
};

// What these writes, made but not committed, change. Nothing for a face without a describer. Errors: those of
// store, index and describer.
Result<DescribedRecords> described_records(const FhirFace& face, const Place& place,
                                           std::span<const model::ResourceWrite> writes);

// Makes records of what came before they were made (ResourceStore::undescribed). To be called at the start.
Result<void> describe_what_is_stored(const FhirFace& face);

}  // namespace gateway::fhir
