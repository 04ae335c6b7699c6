// Percent-encoding, paths and queries of URIs (RFC 3986 sections 2.1, 3.3, 3.4), strict.
//
// What is decoded is always UTF-8 without NUL; a bad escape is an error, never passed through. Decoding
// happens once: %252e stays "%2e". Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.h"

namespace gateway::codec {

// '+' means a space in form bodies (application/x-www-form-urlencoded) and itself in queries of DICOMweb and
// FHIR.
enum class Plus : std::uint8_t { Literal, Space };

// Error: InvalidParameter for a bad escape, NUL or bytes that are not UTF-8.
Result<std::string> percent_decode(std::string_view text, Plus plus = Plus::Literal);
// Encodes everything but the unreserved characters and those in `keep`.
std::string percent_encode(std::string_view text, std::string_view keep = {});

using QueryPairs = std::vector<std::pair<std::string, std::string>>;
// "a=1&b&c=x%20y" as pairs in order; empty parts are skipped.
Result<QueryPairs> parse_query(std::string_view query, Plus plus = Plus::Literal);
std::string write_query(const QueryPairs& pairs);

// Decodes an absolute path segment by segment. Error: InvalidParameter for dot segments, and for segments
// that decode to a slash, a backslash or a control character: nothing downstream can then mistake one path
// for another.
Result<std::string> decode_path(std::string_view path);

}  // namespace gateway::codec
