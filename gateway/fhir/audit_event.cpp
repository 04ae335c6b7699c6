#include "gateway/fhir/audit_event.h"

#include <array>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/codec/uri.h"
#include "gateway/fhir/write_call.h"
#include "mappers/fhir/render.h"

namespace gateway::fhir {
namespace {

using http::Method;

constexpr std::string_view kBalp = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
constexpr std::string_view kDcm = "http://dicom.nema.org/resources/ontology/DCM";
constexpr std::string_view kParticipant = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
constexpr std::string_view kEntityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
constexpr std::string_view kRole = "http://terminology.hl7.org/CodeSystem/object-role";

Value coding(std::string_view system, std::string_view code, std::string_view display = {}) {
  Value value = Value::map().set("system", system).set("code", code);
  if (!display.empty()) value.set("display", display);
  return value;
}

// A row of the patterns: which codes an interaction has (BALP 3:5.7.3).
struct Pattern {
  std::string_view interaction;
  std::string_view action;
  std::string_view profile;  // behind kBalp, and behind "Patient"; empty: there is none
  std::string_view client, server;
};
constexpr std::string_view kSource = "110153", kDestination = "110152", kApplication = "110150";
constexpr std::array<Pattern, 14> kPatterns = {{
    {"read", "R", "Read", kDestination, kSource},
    {"vread", "R", "Read", kDestination, kSource},
    {"search-type", "E", "Query", kSource, kDestination},
    {"search-system", "E", "Query", kSource, kDestination},
    {"create", "C", "Create", kSource, kDestination},
    {"update", "U", "Update", kSource, kDestination},
    {"patch", "U", "Update", kSource, kDestination},
    {"delete", "D", "Delete", kApplication, "custodian"},
    {"history-instance", "R", "", kDestination, kSource},
    {"history-type", "R", "", kDestination, kSource},
    {"history-system", "R", "", kDestination, kSource},
    {"capabilities", "R", "", kDestination, kSource},
    {"batch", "E", "", kSource, kDestination},
    {"operation", "E", "", kSource, kDestination},
}};

const Pattern& pattern_of(std::string_view interaction) {
  for (const Pattern& pattern : kPatterns)
    if (pattern.interaction == interaction) return pattern;
  return kPatterns.back();
}

bool is_query(const AuditFacts& facts) { return facts.interaction.starts_with("search"); }

Value agent(std::string_view type, Value who, std::string_view address, bool requestor,
            std::string_view network) {
  const std::string_view system = type == "custodian" ? kParticipant : kDcm;
  Value agent = Value::map();
  agent.set("type", Value::map().set("coding", Value::list().push(coding(system, type))));
  agent.set("who", std::move(who)).set("requestor", requestor);
  agent.set("network", Value::map().set("address", address).set("type", network));
  return agent;
}

// Network type 2 is an IP address, 5 a URI (FHIR R4 network-type).
Value agents(const AuditFacts& facts, const Pattern& pattern, std::string_view software_version) {
  const std::string_view address = facts.remote.empty() ? "0.0.0.0" : std::string_view(facts.remote);
  const std::string server = "ehds-gateway " + std::string(software_version);
  Value list = Value::list();
  list.push(agent(pattern.client, Value::map().set("display", address), address, true, "2"));
  list.push(agent(pattern.server, Value::map().set("display", server), facts.base, false, "5"));
  return list;
}

Value entities(const AuditFacts& facts, bool pattern) {
  Value list = Value::list();
  if (is_query(facts)) {
    const std::string request = std::string(http::name_of(facts.method)) + " " + facts.target;
    list.push(Value::map()
                  .set("type", coding(kEntityType, "2", "System Object"))
                  .set("role", coding(kRole, "24", "Query"))
                  .set("query", base64_of(request)));
  } else if (!facts.type.empty() && !facts.id.empty()) {
    list.push(Value::map()
                  .set("what", Value::map().set("reference", facts.type + "/" + facts.id))
                  .set("type", coding(kEntityType, "2", "System Object"))
                  .set("role", coding(kRole, "4", "Domain Resource")));
  } else if (!pattern) {
    list.push(Value::map()
                  .set("what", Value::map().set("display", facts.target.substr(0, facts.target.find('?'))))
                  .set("type", coding(kEntityType, "2", "System Object")));
  }
  if (!facts.patient.empty())
    list.push(Value::map()
                  .set("what", Value::map().set("reference", facts.patient))
                  .set("type", coding(kEntityType, "1", "Person"))
                  .set("role", coding(kRole, "1", "Patient")));
  if (!facts.request_id.empty())
    list.push(Value::map()
                  .set("what", Value::map().set("identifier", Value::map().set("value", facts.request_id)))
                  .set("type", coding("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
                                      "XrequestId")));
  return list;
}

std::string_view outcome_of(int status) { return status < 400 ? "0" : status < 500 ? "4" : "8"; }

std::string interaction_of(Method method, const std::vector<std::string_view>& parts) {
  const std::string_view last = parts.empty() ? std::string_view() : parts.back();
  if (last == "metadata") return "capabilities";
  if (last.starts_with('$')) return "operation";
  if (last == "_history")
    return parts.size() == 1 ? "history-system" : parts.size() == 2 ? "history-type" : "history-instance";
  if (parts.size() == 4 && parts[2] == "_history") return "vread";
  switch (method) {
    case Method::Post:
      if (parts.empty()) return "batch";
      return last != "_search" ? "create" : parts.size() == 1 ? "search-system" : "search-type";
    case Method::Put:
      return "update";
    case Method::Patch:
      return "patch";
    case Method::Delete:
      return "delete";
    default:
      break;
  }
  if (parts.empty()) return "search-system";
  return parts.size() == 2 ? "read" : "search-type";
}

// The first patient that an answer refers to: in what this server reads or writes, that of the resource.
std::string patient_in(std::string_view answer) {
  constexpr std::string_view kReference = "\"reference\":\"Patient/";
  const auto at = answer.find(kReference);
  if (at == std::string_view::npos) return {};
  std::string_view id = answer.substr(at + kReference.size());
  id = id.substr(0, id.find_first_of("\"/"));
  return mappers::fhir::is_fhir_id(id) ? "Patient/" + std::string(id) : std::string();
}

// The patient that a query is about, when it names one.
std::string patient_of(const QueryPairs& query, std::string_view type) {
  for (const auto& [name, value] : query) {
    const bool about = name == "patient" || name == "subject" || name == "subject:Patient" ||
                       (type == "Patient" && name == "_id");
    if (!about) continue;
    const std::string id = value.substr(value.rfind('/') == std::string::npos ? 0 : value.rfind('/') + 1);
    if (mappers::fhir::is_fhir_id(id)) return "Patient/" + id;
  }
  return {};
}

// The whole query, that of a POST _search with its form: as if it had been a GET (FHIR R4 http 3.1.0.10).
void take_query(const http::Request& request, AuditFacts& facts) {
  QueryPairs query = request.query;
  const bool posted = request.method == Method::Post && request.body && request.body->size() > 0;
  const auto form = posted ? body_text(request, kMaxSearchForm) : std::string();
  if (form && !form->empty()) {
    facts.target += (facts.target.find('?') == std::string::npos ? "?" : "&") + *form;
    if (auto pairs = codec::parse_query(*form, codec::Plus::Space))
      query.insert(query.end(), pairs->begin(), pairs->end());
  }
  facts.patient = patient_of(query, facts.type);
}

}  // namespace

std::string base64_of(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k > count ? '=' : kLetters[group >> (18 - 6 * k) & 63];
  }
  return out;
}

AuditFacts facts_of(const http::Request& request, const http::Response& response, std::string_view answer,
                    std::string_view root) {
  AuditFacts facts;
  facts.method = request.method;
  facts.status = response.status;
  facts.target = request.target;
  facts.remote = request.remote;
  facts.base = request.base_url + std::string(root);
  facts.request_id = request.id;
  std::vector<std::string_view> parts;
  for (const auto part : split(std::string_view(request.path).substr(root.size()), '/'))
    if (!part.empty()) parts.push_back(part);
  facts.interaction = interaction_of(request.method, parts);
  facts.type = request.param("type");
  facts.id = request.param("id");
  facts.version = request.param("version");
  if (const auto location = response.headers.get("Location"); facts.id.empty() && !location.empty()) {
    const auto place = split(location.substr(std::min(location.size(), facts.base.size() + 1)), '/');
    if (place.size() > 1) facts.id = place[1];
  }
  if (is_query(facts))
    take_query(request, facts);
  else if (facts.type == "Patient" && !facts.id.empty())
    facts.patient = "Patient/" + facts.id;
  else if (response.status < 300)
    facts.patient = patient_in(answer);
  return facts;
}

Value audit_event(const AuditFacts& facts, std::string_view software_version) {
  const Pattern& pattern = pattern_of(facts.interaction);
  const bool fits = facts.status < 400 && !pattern.profile.empty() && (is_query(facts) || !facts.id.empty());
  Value event = Value::map().set("resourceType", "AuditEvent");
  if (fits)
    event.set("meta",
              Value::map().set("profile", Value::list().push(std::string(kBalp) +
                                                             (facts.patient.empty() ? "" : "Patient") +
                                                             std::string(pattern.profile))));
  event.set("type",
            coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "Restful Operation"));
  event.set("subtype",
            Value::list().push(coding("http://hl7.org/fhir/restful-interaction", facts.interaction)));
  event.set("action", pattern.action);
  event.set("recorded", iso8601(facts.recorded_us, true));
  event.set("outcome", outcome_of(facts.status));
  if (facts.status >= 400) event.set("outcomeDesc", "HTTP status " + std::to_string(facts.status));
  event.set("agent", agents(facts, pattern, software_version));
  event.set(
      "source",
      Value::map()
          .set("observer", Value::map().set("display", "ehds-gateway " + std::string(software_version)))
          .set("type", Value::list().push(coding("http://terminology.hl7.org/CodeSystem/security-source-type",
                                                 "4", "Application Server"))));
  event.set("entity", entities(facts, fits));
  return event;
}

}  // namespace gateway::fhir
