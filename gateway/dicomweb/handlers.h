// The handlers of the face, one .cpp a service, and what they share. Inside of this folder only.
#pragma once

#include <string_view>

#include "gateway/dicomweb/face.h"
#include "gateway/http/message.h"

namespace gateway::dicomweb {

constexpr std::string_view kDicom = "application/dicom";
constexpr std::string_view kDicomJson = "application/dicom+json";

// QIDO-RS, WADO-RS and STOW-RS (PS3.18 sections 10.6, 10.4 and 10.5). `face` must outlive the handlers.
http::Handler search_handler(model::Level level, const DicomwebFace& face);
http::Handler metadata_handler(const DicomwebFace& face);
http::Handler instance_handler(const DicomwebFace& face);
http::Handler bulkdata_handler(const DicomwebFace& face);
http::Handler store_handler(const DicomwebFace& face);

// Error NotAcceptable unless the client accepts DICOM JSON. `application/json` counts: many clients send it,
// and real viewers add multipart types to it.
Result<void> accept_json(const http::Request& request);

}  // namespace gateway::dicomweb
