// A write as it is asked for, by a request of its own or by an entry of a Bundle (FHIR R4 http 3.1.0.4 to
// 3.1.0.11), and what it answers. Plain data; the functions are thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/fhir/face.h"
#include "gateway/fhir/respond.h"

namespace gateway::fhir {

struct Call {
  http::Method method = http::Method::Post;  // POST create, PUT, PATCH, DELETE
  std::string type;
  std::string id;       // empty: create, or by `criteria`
  QueryPairs criteria;  // of a conditional update, patch or delete
  std::optional<QueryPairs> if_none_exist;
  std::optional<std::string> if_match;  // the version alone, or "*"
  bool if_none_match_any = false;       // If-None-Match: *
  Value resource;                 // of POST and PUT; in the JSON form that definitions::from_json let pass
  std::string patch_type, patch;  // of PATCH
  std::string where;              // before expressions of its issues: "Bundle.entry[2]", or empty
  Place place;
};

// The answer of one write: as HTTP response or as entry of a Bundle.
struct Reply {
  int status = 200;
  std::string type, id;
  std::string json;     // the resource; of a status from 400 on the OperationOutcome; may be empty
  std::string version;  // of the resource; empty: none
  std::int64_t updated_us = 0;
  bool located = false;            // created, or found instead: a Location belongs to it
  std::vector<std::string> notes;  // of what was done, what the client should know (Prefer: OperationOutcome)
  bool failed() const { return status >= 400; }
};
Reply reply_of(const Error& error);

// "Patient/1/_history/2"
std::string location_of(const Reply& reply);

inline constexpr std::uint64_t kMaxSearchForm = 256 << 10;  // bytes of a POST _search body

// The body of a request as text. Error: BodyTooLarge.
Result<std::string> body_text(const http::Request& request, std::uint64_t limit);
// A resource in the body, from JSON or XML. Errors: UnsupportedMediaType, InvalidBody, BodyTooLarge;
// NotSupported for a face without definitions.
Result<Value> read_resource(const FhirFace& face, const http::Request& request, std::uint64_t limit);

// The write that a request asks for; type and id are those of its route. Errors: as read_resource, and
// InvalidParameter for conditions that cannot be read.
Result<Call> call_of(const FhirFace& face, const http::Request& request);

// "identifier=a|b&active=true", also behind a '?' or "Patient?". Error: InvalidParameter.
Result<QueryPairs> criteria_of(std::string_view text, std::string_view where);

}  // namespace gateway::fhir
