// Answers of the FHIR face: content negotiation, JSON with ETag and Last-Modified, conditional reads, errors
// as OperationOutcome (FHIR R4 http, 3.1.0). Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/fhir/search_request.h"
#include "gateway/http/message.h"

namespace gateway::fhir {

inline constexpr std::string_view kFhirJson = "application/fhir+json";

// What the client wants, from _format (which wins) or Accept. Error: NotAcceptable for anything but JSON.
Result<void> accept_json(const http::Request& request, const QueryPairs& query);
bool wants_pretty(const QueryPairs& query);
bool wants_strict(const http::Request& request);  // Prefer: handling=strict

// The answer with `json` as it is, or indented.
http::Response json_response(std::string json, bool pretty);
// A resource, or 304 when the client has this version (If-None-Match).
http::Response resource_response(const http::Request& request, std::string json, std::string_view version,
                                 std::int64_t updated_us);

// An error in the manner of FHIR: OperationOutcome with the issue code of the error table.
http::Response outcome_response(const Error& error, const http::Request& request);

// JSON text indented by two blanks; `json` is compact and well-formed.
std::string indented(std::string_view json);

}  // namespace gateway::fhir
