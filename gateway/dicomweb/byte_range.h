// Range requests (RFC 9110 section 14) on answers of one part. Pure functions.
#pragma once

#include "gateway/http/message.h"

namespace gateway::dicomweb {

// Cuts an answer of 200 to the one range that the client asks for: 206, or 416 when it lies outside. Answers
// with lazy pieces, several ranges and conditions (If-Range) give the whole, as the standard lets a server
// do.
void apply_range(const http::Request& request, http::Response& response);

}  // namespace gateway::dicomweb
