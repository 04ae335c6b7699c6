// Work items as bodies of requests and answers: DICOM JSON (PS3.18 annex F) and Native DICOM XML (PS3.19
// section A.1), in both directions. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/http/message.h"

namespace gateway::workitems {

// Media types that a body may have.
const std::vector<std::string>& body_types();

// The one data set of the body, in order, its text in UTF-8 and (0008,0005) saying so. An empty body is an
// empty data set when `may_be_empty`. Errors: InvalidBody with the tag path or the line.
Result<Value> read_body(const http::Request& request, bool may_be_empty);

enum class Form : std::uint8_t { Json, Xml, XmlParts };
// What the client accepts, by the query parameter `accept` or the field Accept (section 8.7.5). Error:
// NotAcceptable.
Result<Form> negotiate_form(const http::Request& request);

// JSON is an array also of one; no items as XML are 204.
Result<http::Response> write_items(const std::vector<Value>& items, Form form);

}  // namespace gateway::workitems
