// The answer to a search as a Bundle: links, matches, what they include, each resource cut to what was asked
// for (FHIR R4 search 3.1.1.5, Bundle of type searchset). Pure; thread-safe.
#pragma once

#include <string>

#include "gateway/fhir/search_include.h"

namespace gateway::fhir {

// `base` is that of the server, "https://host/fhir".
std::string search_bundle(const SearchRequest& request, const SearchPage& page, const Included& included,
                          const std::string& base, const definitions::Definitions& definitions);

// A resource cut to what was asked for: itself when that is all of it.
StudyTexts::Text wanted_text(const StudyTexts::Text& json, const definitions::Subset& wanted,
                             const definitions::Definitions& definitions);

}  // namespace gateway::fhir
