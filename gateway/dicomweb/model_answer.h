// Answers that are one data set: as DICOM JSON or native XML, as the client accepts. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/http/message.h"

namespace gateway::dicomweb {

inline constexpr std::string_view kDicomXml = "application/dicom+xml";

enum class ModelFormat : std::uint8_t { Json, Xml };

// JSON where both are welcome. Error: NotAcceptable.
Result<ModelFormat> accept_model(const http::Request& request);
// `json` is one DICOM JSON object.
Result<http::Response> model_answer(int status, ModelFormat format, std::string json);

}  // namespace gateway::dicomweb
