// The XML form of FHIR resources (FHIR R4 2.6.1): a resource as Value (its JSON form, 2.6.2) to XML text and
// back, the order and kind of elements taken from the definitions.
//
// Nothing is dropped: what the definitions do not know is an error in both directions. Decimals keep their
// text, narrative stays as it is written. Narrative is held against the hardened reader, whichever form it
// comes in: no DOCTYPE, no entities but the five of XML. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "gateway/codec/xml.h"

namespace gateway::definitions {

class Definitions;

inline constexpr std::string_view kFhirSpace = "http://hl7.org/fhir";
inline constexpr std::string_view kXhtmlSpace = "http://www.w3.org/1999/xhtml";

// One document, without XML declaration. `pretty`: indented by two blanks, narrative left alone.
// Error: Unprocessable with the path ("Patient.name[0].given") in `where`: unknown type or member, a list
// where one value belongs or the other way round, text that XML cannot hold, narrative that is no XHTML.
Result<std::string> to_xml(const Value& resource, const Definitions& definitions, bool pretty = false);

// Values are attributes in FHIR, and those of base64Binary are long.
inline codec::XmlLimits fhir_xml_limits() {
  codec::XmlLimits limits;
  limits.max_tag_bytes = 10'000'000;  // the library bears no more
  return limits;
}

// Errors: InvalidBody and BodyTooLarge with "line N" in `where`: not well-formed, unknown element or
// attribute, wrong namespace, wrong order, text where none may stand, a value that its type does not allow.
Result<Value> from_xml(std::string_view text, const Definitions& definitions,
                       const codec::XmlLimits& limits = fhir_xml_limits());

// Narrative.div as it stands in JSON: one well-formed XHTML div, nothing that a browser would run or fetch by
// itself (FHIR R4 2.4.1). Error: InvalidBody.
Result<void> check_narrative(std::string_view div);

}  // namespace gateway::definitions
