// Native DICOM Model (PS3.19 section A.1): from and to the DICOM JSON model (PS3.18 annex F).
//
// The two models say the same, so a round trip from JSON gives the same text, but for what XML 1.0 cannot
// hold: control characters become U+FFFD. A null among values is an empty <Value/>, so that nothing moves.
// Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.h"

namespace mappers::dicom {

constexpr std::string_view kNativeXmlSpace = "http://dicom.nema.org/PS3.19/models/NativeDICOM";

// Appends a whole document, with its XML declaration, from one DICOM JSON object. Slots of the text (see
// model::slot) have to be filled before. Errors: InvalidBody when it is not the DICOM JSON model.
gateway::Result<void> append_native_xml(std::string& out, std::string_view dicom_json);

// One <NativeDicomModel> as compact DICOM JSON, keys ascending. Group lengths are left out. Errors:
// InvalidBody (syntax, unknown elements, tags twice; `where` names the line), BodyTooLarge.
gateway::Result<std::string> read_native_xml(std::string_view xml);

}  // namespace mappers::dicom
