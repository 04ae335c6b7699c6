// One value of the DICOM JSON model to the bytes of a data element, by its VR. Internal to json_encode.cpp.
// Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.h"
#include "gateway/base/value.h"
#include "mappers/dicom/vr.h"

namespace mappers::dicom {

// Appends the values of a "Value" array, with backslashes between texts, without padding. Error: InvalidBody
// with `where` as path of the element.
gateway::Result<void> append_values(std::string& out, VR vr, const gateway::Value::List& values,
                                    std::string_view where);

// Appends what base64 text says (RFC 4648 section 4); white space is passed over. Error: InvalidBody.
gateway::Result<void> append_from_base64(std::string& out, std::string_view text, std::string_view where);

}  // namespace mappers::dicom
