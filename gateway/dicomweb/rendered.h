// WADO-RS rendered resources and thumbnails (PS3.18 sections 10.4.1.1.3 and 10.4.1.1.4): of studies, series,
// instances and frames. Inside of this folder only; see handlers.h for the other services.
#pragma once

#include "gateway/dicomweb/face.h"

namespace gateway::dicomweb {

// `face` must outlive the router.
void add_rendered_routes(http::Router& router, const DicomwebFace& face);

}  // namespace gateway::dicomweb
