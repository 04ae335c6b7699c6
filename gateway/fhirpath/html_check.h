// Whether a narrative holds only what FHIR R4 2.4.1 allows in XHTML (constraints txt-1 and txt-2): for the
// function htmlChecks(), and the names that are allowed for whoever tells more of what is wrong.
//
// Linear in the text, without recursion. Pure functions; thread-safe.
#pragma once

#include <string_view>

namespace gateway::fhirpath {

bool is_plain_xhtml(std::string_view text);

// HTML 4.0 chapters 7 to 11 without 9.4, and 15; links, images and their maps. Local names; attributes
// without "xmlns", which is none there.
bool is_narrative_element(std::string_view name);
bool is_narrative_attribute(std::string_view name);

}  // namespace gateway::fhirpath
