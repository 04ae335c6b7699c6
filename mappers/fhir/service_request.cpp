#include "mappers/fhir/service_request.h"

#include <algorithm>

#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::model::Code;
using gateway::model::Identifier;
using gateway::model::Request;

void take(Identifier& known, const Identifier& other) {
  if (known.value.empty()) known = other;
  if (known.value == other.value && known.issuer.empty()) known.issuer = other.issuer;
}

void take(std::string& known, const std::string& other) {
  if (known.empty()) known = other;
}

void take(std::vector<Code>& known, const std::vector<Code>& others) {
  for (const Code& code : others)
    if (std::ranges::find(known, code) == known.end()) known.push_back(code);
}

void merge(Request& order, const Request& item) {
  take(order.accession, item.accession);
  take(order.placer, item.placer);
  take(order.filler, item.filler);
  take(order.procedure_id, item.procedure_id);
  take(order.description, item.description);
  take(order.codes, item.codes);
  take(order.reason, item.reason);
  take(order.reasons, item.reasons);
}

bool agree(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }

bool agree(const Identifier& a, const Identifier& b) {
  if (a.value.empty() || b.value.empty()) return true;
  return a.value == b.value && agree(a.issuer, b.issuer);
}

// Whether no number says that these are two orders.
bool agree(const Request& a, const Request& b) {
  return agree(a.accession, b.accession) && agree(a.placer, b.placer) && agree(a.filler, b.filler) &&
         agree(a.procedure_id, b.procedure_id);
}

void add_request(std::vector<Request>& orders, const Request& item) {
  const auto same = std::ranges::find_if(orders, [&](const Request& order) { return agree(order, item); });
  if (same != orders.end())
    merge(*same, item);
  else
    orders.push_back(item);
}

void add_identifiers(JsonObject& resource, const Request& order, const RenderOptions& options) {
  const std::pair<NumberKind, const Identifier*> numbers[] = {{NumberKind::Accession, &order.accession},
                                                              {NumberKind::Placer, &order.placer},
                                                              {NumberKind::Filler, &order.filler}};
  std::string items;
  for (const auto& [kind, number] : numbers) {
    if (fhir_text(number->value).empty()) continue;
    if (!items.empty()) items += ',';
    append_number(items, kind, *number, options);
  }
  if (!fhir_text(order.procedure_id).empty()) {
    if (!items.empty()) items += ',';
    JsonObject identifier(items);
    identifier.member("type") += R"({"text":"Requested Procedure ID"})";
    identifier.text("value", order.procedure_id);
  }
  if (!items.empty()) resource.member("identifier") += "[" + items + "]";
}

// code: the first of (0032,1064) with the description (0032,1060) as its text; the others are details.
void add_code(JsonObject& resource, const Request& order, const RenderOptions& options) {
  const Code first = order.codes.empty() ? Code{} : order.codes.front();
  const Coding coding = coding_of(first, options);
  std::string text = fhir_text(order.description);
  if (text.empty()) text = fhir_text(first.meaning);
  if (text.empty()) text = coding.code;
  if (!text.empty()) {
    JsonObject concept_object(resource.member("code"));
    if (!coding.code.empty()) {
      JsonArray codings(concept_object.member("coding"));
      append_coding(codings.item(), coding.system, coding.code, coding.display);
    }
    concept_object.text("text", text);
  }
  if (order.codes.size() > 1)
    add_concepts(resource, "orderDetail", std::span(order.codes).subspan(1), options);
}

}  // namespace

std::vector<Request> orders_of(const gateway::model::StudyRow& row) {
  std::vector<Request> orders;
  if (!row.study.accession_number.empty()) {
    orders.emplace_back();
    orders.back().accession = {row.study.accession_number, row.study.accession_issuer, {}};
  }
  for (const auto& series : row.series) {
    for (const Request& item : series.series.requests) add_request(orders, item);
    for (const Request& item : series.series.referenced_requests) add_request(orders, item);
  }
  return orders;
}

bool is_more_than_accession(const Request& order) {
  Request bare;
  bare.accession = order.accession;
  return !(bare == order);
}

// FHIR R4 ServiceRequest: status, intent and subject are mandatory; the European profile wants the category.
void append_service_request(std::string& out, std::string_view id, const Request& order,
                            std::string_view subject, const RenderOptions& options) {
  JsonObject resource(out);
  resource.plain("resourceType", "ServiceRequest");
  resource.text("id", id);
  add_identifiers(resource, order, options);
  resource.plain("status", "unknown");  // an image does not know what became of its order
  resource.plain("intent", "order");
  {
    JsonArray categories(resource.member("category"));
    append_coded(categories.item(), kSnomed, "363679005", "Imaging");
  }
  add_code(resource, order, options);
  {
    JsonObject reference(resource.member("subject"));
    reference.text("reference", subject);
  }
  std::vector<Code> reasons = order.reasons;
  const auto says_it = [&](const Code& code) { return code.meaning == order.reason; };
  if (!order.reason.empty() && std::ranges::none_of(reasons, says_it))
    reasons.push_back({{}, {}, order.reason});
  add_concepts(resource, "reasonCode", reasons, options);
}

}  // namespace mappers::fhir
