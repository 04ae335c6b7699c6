// Whether a narrative holds only what FHIR R4 2.4.1 allows in XHTML (constraints txt-1 and txt-2): for the
// function htmlChecks().
//
// Internal to gateway/fhirpath. Linear in the text, without recursion.
#pragma once

#include <string_view>

namespace gateway::fhirpath {

bool is_plain_xhtml(std::string_view text);

}  // namespace gateway::fhirpath
