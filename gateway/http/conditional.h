// Conditional requests (RFC 9110 section 13) for handlers. Pure functions.
#pragma once

#include <string_view>

#include "gateway/http/message.h"

namespace gateway::http {

// Whether a GET or HEAD may be answered by 304: If-None-Match has "*" or an entity tag equal to `etag` by the
// weak comparison. `etag` is given as it stands in the ETag field, with its quotes.
bool not_modified(const Request& request, std::string_view etag);

}  // namespace gateway::http
