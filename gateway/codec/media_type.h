// Media types (RFC 9110 section 8.3.1): type/subtype and parameters, as in Content-Type, Accept and multipart
// parts.
//
// Reads what real clients send: values that hold '/', ':' and the like without quotes
// (type=application/dicom, unquoted boundaries). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::codec {

struct MediaType {
  std::string type;                                             // "application/dicom", lower case
  std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case, values unquoted
  std::string_view parameter(std::string_view name) const;      // empty when absent
};

// Error: InvalidParameter for no type/subtype, a broken parameter, or one given twice.
Result<MediaType> parse_media_type(std::string_view text);

// Splits a list at the separators that are outside of quoted strings (RFC 9110 section 5.6.1); parts are
// trimmed, empty ones left out. Error: InvalidParameter for an open quote.
Result<std::vector<std::string_view>> split_quoted(std::string_view text, char separator);

// token (RFC 9110 section 5.6.2)
bool is_token(std::string_view text);

}  // namespace gateway::codec
