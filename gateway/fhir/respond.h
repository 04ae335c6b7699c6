// Answers of the FHIR face: content negotiation, ETag and Last-Modified, conditional reads, errors as
// OperationOutcome (FHIR R4 http, 3.1.0).
//
// Handlers answer in R4 JSON; what the client wants instead (XML, indented, the shape of R5) is made of that
// at the end, in one place: answer_as(). Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "gateway/fhir/search_request.h"
#include "gateway/http/message.h"

namespace gateway::definitions {
class Definitions;
}

namespace gateway::fhir {

inline constexpr std::string_view kFhirJson = "application/fhir+json";
inline constexpr std::string_view kFhirXml = "application/fhir+xml";

enum class Format : std::uint8_t { Json, Xml };

// How the client wants its answer: _format and _pretty of the query win over Accept (3.1.0.1.11).
struct Wish {
  Format format = Format::Json;
  bool pretty = false;
  bool r5 = false;  // fhirVersion=5.0
};
// Error: NotAcceptable for anything but JSON and XML of R4, and JSON of R5.
Result<Wish> wish_of(const http::Request& request, const QueryPairs& query);

// What a write answers with (Prefer: return=..., 3.1.0.1.8).
enum class Return : std::uint8_t { Representation, Minimal, Outcome };
Return return_of(const http::Request& request);
// Whether Prefer has this token, e.g. "handling=strict", "respond-async" (RFC 7240).
bool prefers(const http::Request& request, std::string_view token);
inline bool wants_strict(const http::Request& request) { return prefers(request, "handling=strict"); }
bool wants_pretty(const QueryPairs& query);

// The format that a Content-Type names, its older names among them; `text` tells when there is none.
// Error: UnsupportedMediaType, also for a character set other than UTF-8.
Result<Format> body_format(std::string_view content_type, std::string_view text);

// The answer with `json` as it is, or indented.
http::Response json_response(std::string json, bool pretty = false);
// A resource, or 304 when the client has this version (If-None-Match, else If-Modified-Since).
http::Response resource_response(const http::Request& request, std::string json, std::string_view version,
                                 std::int64_t updated_us);
// `response` in the form that is wished; left alone unless it is FHIR JSON. `definitions` may be null: then
// XML is NotAcceptable.
Result<http::Response> answer_as(http::Response response, const Wish& wish,
                                 const definitions::Definitions* definitions);

// An error in the manner of FHIR: OperationOutcome with the issue code of the error table.
http::Response outcome_response(const Error& error, const http::Request& request);
std::string outcome_json(const Error& error);
// An OperationOutcome that only informs.
std::string information_json(std::string_view text);
// The same with warnings behind, of what was not done.
std::string notes_json(std::string_view text, std::span<const std::string> warnings);

// JSON text indented by two blanks; `json` is compact and well-formed.
std::string indented(std::string_view json);

}  // namespace gateway::fhir
