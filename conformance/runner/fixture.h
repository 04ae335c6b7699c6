// Input that cases generate instead of carrying it: small valid DICOM objects, long texts, files. Pure but
// for files.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"

namespace conformance {

using Arguments = std::vector<std::pair<std::string, std::string>>;

// Generators:
//   dicom   a Secondary Capture object in Explicit VR Little Endian (PS3.3 A.8.1, PS3.10): uid, study,
//   series, patient,
//           name, modality, date, accession, number, description, size (pixels a side), omit=GGGGEEEE,
//           cut=N (only the first N bytes), meta=whole|none|no-preamble|no-length|no-syntax, syntax=UID,
//           insert=BYTES (in front of the pixel data)
//   gzip    text: packed without compression (RFC 1952)
//   repeat  text, count
//   file    path, relative to `folder`
// Error: InvalidParameter for an unknown generator or key; what reading the file says.
gateway::Result<std::string> make_fixture(std::string_view generator, const Arguments& arguments,
                                          const std::string& folder);

}  // namespace conformance
