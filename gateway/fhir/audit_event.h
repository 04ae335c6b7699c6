// AuditEvent: what a FHIR request did, in the form of IHE Basic Audit Log Patterns (BALP 1.1.4, the RESTful
// patterns; FHIR R4 6.4). A request that failed, or that no pattern covers, is an AuditEvent without profile.
//
// Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/value.h"
#include "gateway/http/message.h"

namespace gateway::fhir {

// One request and how it ended.
struct AuditFacts {
  std::int64_t recorded_us = 0;
  http::Method method = http::Method::Get;
  int status = 200;
  std::string interaction;  // http://hl7.org/fhir/restful-interaction: "read", "search-type", "operation"
  std::string type, id;     // of the resource, as far as the request or the answer names one
  std::string version;
  std::string patient;     // "Patient/1", or empty
  std::string target;      // path and query as received, of a POST _search with its form behind
  std::string remote;      // address of the client
  std::string base;        // "https://host/fhir"
  std::string request_id;  // X-Request-Id
};

// What the request at hand is. `root` is that of the face ("/fhir"); `answer` the text of a JSON answer.
AuditFacts facts_of(const http::Request& request, const http::Response& response, std::string_view answer,
                    std::string_view root);

// The AuditEvent without id and meta.versionId.
Value audit_event(const AuditFacts& facts, std::string_view software_version);

std::string base64_of(std::string_view bytes);

}  // namespace gateway::fhir
