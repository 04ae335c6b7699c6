// What QIDO-RS answers about one instance, its series and its study (PS3.18 section 10.6.3.3), rendered at
// ingest.
//
// Each is one JSON object with slots (gateway/model/ports.h), filled when it is served. Required attributes
// are present even when empty. Thread-safe.
#pragma once

#include <string>

#include "gateway/base/result.h"
#include "mappers/dicom/reader.h"

namespace mappers::dicom {

struct QidoTemplates {
  std::string study, series, instance;
};

// Error: DicomLimit when one would be larger than 1 MiB.
gateway::Result<QidoTemplates> render_qido(const File& file);

}  // namespace mappers::dicom
