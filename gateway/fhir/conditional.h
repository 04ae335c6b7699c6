// Conditions on the version of a resource in the head of a request (FHIR R4 http 3.1.0.1.1, 3.1.0.5;
// RFC 9110 section 13). Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/message.h"

namespace gateway::fhir {

// W/"3"
std::string etag_of(std::string_view version);

// Whether a read may be answered by 304: If-None-Match, or without it If-Modified-Since.
bool is_not_modified(const http::Request& request, std::string_view version, std::int64_t updated_us);

// The version that If-Match asks for: of W/"3", "3" and 3; "*" for any. Nothing without the field.
// Error: InvalidParameter for a list or anything else.
Result<std::optional<std::string>> version_of(std::string_view if_match);
// Error: PreconditionFailed when `version`, that of what is stored (empty: nothing), is not the one asked
// for.
Result<void> check_version(const std::optional<std::string>& asked, std::string_view version);

// IMF-fixdate of RFC 9110 section 5.6.7 in microseconds since 1970.
std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace gateway::fhir
