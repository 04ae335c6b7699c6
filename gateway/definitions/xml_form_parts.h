// What reading and writing the XML form have in common.
//
// Internal to gateway/definitions. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "gateway/codec/xml.h"
#include "gateway/definitions/xml_form.h"

namespace gateway::definitions {

inline constexpr unsigned kMaxFormDepth = 64;  // lists and maps in each other: as codec::JsonLimits has it

// Whether the element or attribute where the reader stands may be in narrative. Error: InvalidBody.
Result<void> check_narrative_tag(const codec::XmlReader& reader);

// The namespace of a div that check_narrative() takes, empty when it was left out. Error: InvalidBody.
Result<std::string> narrative_space(std::string_view div);

// Appends `text` as it may stand in a quoted attribute, white space kept (XML 1.0 section 3.3.3). False when
// XML has no way to write one of its characters.
bool append_attribute(std::string& out, std::string_view text);

}  // namespace gateway::definitions
