// History of an instance, a type and all of the server (FHIR R4 http 3.1.0.15): _since, _at, _count, pages
// that stay while others write.
//
// What is rendered from the image index keeps no older versions: its history is the present one, and it is in
// the history of an instance only. Thread-safe.
#pragma once

#include "gateway/fhir/face.h"

namespace gateway::fhir {

void add_history_routes(http::Router& router, const FhirFace& face);

// YYYY, YYYY-MM, YYYY-MM-DD or a time with zone, as the first microsecond in UTC; nothing for another text.
std::optional<std::int64_t> instant_us(std::string_view text);

}  // namespace gateway::fhir
