// Content coding gzip (RFC 9110 section 8.4.1.3) of answers, for clients that accept it.
//
// Texts only (JSON, XML, RDF, HTML, CSV): images and DICOM objects gain nothing and keep their file ranges.
// One answer costs a bounded amount of memory; what would be larger goes out as it is. Pure functions.
#pragma once

#include <string_view>

#include "gateway/http/message.h"

namespace gateway::http {

// Whether Accept-Encoding takes gzip (RFC 9110 section 12.5.3). Without the field the answer is no: a client
// that does not ask may not be able to.
bool accepts_gzip(std::string_view accept_encoding);

// Codes the body when `request` accepts that and it pays; always adds Vary to what could be coded. An entity
// tag becomes a weak one: the coded bytes are others than the plain ones.
void compress(const Request& request, Response& response);

}  // namespace gateway::http
