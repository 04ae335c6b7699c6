// Range requests (RFC 9110 section 14) for handlers that allow them: one range of bytes of a whole answer.
// Pure functions.
#pragma once

#include "gateway/http/message.h"

namespace gateway::http {

// The answer to a GET with Range, made of the complete 200 answer: 206 with the part asked for, or 416 when
// it lies behind the end. The answer as it is, with Accept-Ranges, where there is no Range, several ranges,
// an If-Range that does not fit the answer's ETag or Last-Modified, or the syntax is none of ours: all these
// are to be ignored (sections 14.2 and 13.1.5). Pieces are cut without making or copying what is not sent.
Response with_range(const Request& request, Response response);

}  // namespace gateway::http
