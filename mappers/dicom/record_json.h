// Canonical records as DICOM attributes: the way back of the mapping table (profiles/dicom), for studies that
// no DICOM object tells of.
//
// What the records do not know is left out. Text loses what DICOM text cannot hold: control characters, and
// the backslash, which becomes a slash. Pure functions; thread-safe.
#pragma once

#include "gateway/base/value.h"
#include "gateway/model/records.h"

namespace mappers::dicom {

// The DICOM JSON model (PS3.18 annex F), keys ascending.
gateway::Value json_of_records(const gateway::model::ImagingObject& object);

}  // namespace mappers::dicom
