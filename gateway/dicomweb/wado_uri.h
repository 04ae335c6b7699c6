// WADO-URI (PS3.18 chapter 9): one instance by query parameters, as DICOM or rendered, at {root of the
// server}/wado. Inside of this folder only; see handlers.h for the other services.
#pragma once

#include "gateway/dicomweb/face.h"

namespace gateway::dicomweb {

inline constexpr std::string_view kWadoUriPath = "/wado";
// `face` must outlive the router.
void add_wado_uri_routes(http::Router& router, const DicomwebFace& face);

}  // namespace gateway::dicomweb
