// What the value of a FHIR primitive must look like (FHIR R4 2.24.0.1), beyond what expressions can say:
// dates exist, times have zones, base64 decodes. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/value.h"

namespace gateway::definitions {

struct PrimitiveFault {
  std::string message;
  bool error = true;  // else a warning: allowed, but should not be
};

// What is wrong with `value` as a `type` ("dateTime"); nothing when it is right or the type is not known.
std::optional<PrimitiveFault> check_primitive(std::string_view type, const Value& value);

// The bytes that a base64 text stands for, or nothing when it is not base64 (RFC 4648, white space allowed).
std::optional<std::string> decode_base64(std::string_view text);

// "[Type]/[id]" or an absolute URL of that form, with or without "/_history/[version]".
bool is_resource_id(std::string_view text);

}  // namespace gateway::definitions
