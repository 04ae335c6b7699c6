// Codes of our own in manifests, which writer and readers of both forms must agree on. Constants.
#pragma once

#include <string_view>

namespace gateway::model {

// Designator of concepts that are but a text, so that a DICOM code can carry them.
inline constexpr std::string_view kTextScheme = "99EHDSTEXT";

}  // namespace gateway::model
