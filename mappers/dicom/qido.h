// What QIDO-RS answers about one instance, its series and its study (PS3.18 section 10.6.3.3), rendered at
// ingest.
//
// Each is one JSON object with raw control bytes as slots, filled when it is served: a raw control byte
// cannot occur in JSON text. Required attributes are present even when empty. Thread-safe.
#pragma once

#include <string>

#include "mappers/dicom/reader.h"

namespace mappers::dicom {

namespace slot {
inline constexpr char kServiceRoot = '\x01';        // http://host/dicomweb
inline constexpr char kModalities = '\x02';         // content of the Value array of (0008,0061): "CT","PT"
inline constexpr char kNumberOfSeries = '\x03';     // (0020,1206)
inline constexpr char kNumberOfInstances = '\x04';  // (0020,1208) of a study, (0020,1209) of a series
}  // namespace slot

struct QidoTemplates {
  std::string study, series, instance;
};

QidoTemplates render_qido(const File& file);

}  // namespace mappers::dicom
