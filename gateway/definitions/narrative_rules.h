// What the XHTML of a narrative may hold (FHIR R4 2.4.1, constraints txt-1 and txt-2): formatting elements
// and their attributes, no scripts, no forms, and something to read.
//
// Pure function; bounded as codec::XmlReader is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateway::definitions {

struct NarrativeFault {
  std::string message;
  std::string key;  // "txt-1", "txt-2"; empty: the form itself
};

std::vector<NarrativeFault> narrative_faults(std::string_view xhtml);

}  // namespace gateway::definitions
