#include "gateway/fhir/write_call.h"

#include "gateway/codec/uri.h"
#include "gateway/definitions/json_form.h"
#include "gateway/definitions/xml_form.h"
#include "gateway/fhir/conditional.h"

namespace gateway::fhir {
namespace {

// Directives of the answer are no criteria.
bool is_directive(std::string_view name) { return name == "_format" || name == "_pretty"; }

Result<void> read_conditions(Call& call, const http::Request& request) {
  call.if_match = TRY(version_of(request.headers.joined("If-Match")));
  call.if_none_match_any = request.headers.joined("If-None-Match") == "*";
  if (request.headers.has("If-None-Exist"))
    call.if_none_exist = TRY(criteria_of(request.headers.get("If-None-Exist"), "If-None-Exist"));
  for (const auto& pair : request.query)
    if (!is_directive(pair.first)) call.criteria.push_back(pair);
  return {};
}

}  // namespace

Reply reply_of(const Error& error) {
  Reply reply;
  reply.status = error.face().http_status;
  reply.json = outcome_json(error);
  return reply;
}

std::string location_of(const Reply& reply) {
  std::string text = reply.type + "/" + reply.id;
  if (!reply.version.empty()) text += "/_history/" + reply.version;
  return text;
}

Result<std::string> body_text(const http::Request& request, std::uint64_t limit) {
  if (request.body->size() > limit)
    return fail(ErrorCode::BodyTooLarge, "the body is larger than " + std::to_string(limit) + " bytes");
  std::string text(request.body->size(), '\0');
  text.resize(TRY(request.body->read_at(0, std::as_writable_bytes(std::span(text)))));
  return text;
}

Result<Value> read_resource(const FhirFace& face, const http::Request& request, std::uint64_t limit) {
  if (!face.parts().definitions)
    return fail(ErrorCode::NotSupported, "this server takes no resources", "Content-Type");
  const std::string text = TRY(body_text(request, limit));
  const Format format = TRY(body_format(request.headers.joined("Content-Type"), text));
  const definitions::Definitions& definitions = *face.parts().definitions;
  if (format == Format::Xml) return definitions::from_xml(text, definitions);
  return definitions::from_json(text, definitions);
}

Result<QueryPairs> criteria_of(std::string_view text, std::string_view where) {
  if (const auto mark = text.find('?'); mark != std::string_view::npos) text.remove_prefix(mark + 1);
  auto pairs = codec::parse_query(text);
  if (!pairs) return fail(ErrorCode::InvalidParameter, pairs.error().message, std::string(where));
  if (pairs->empty())
    return fail(ErrorCode::InvalidParameter, "a condition has at least one criterion", std::string(where));
  return std::move(*pairs);
}

Result<Call> call_of(const FhirFace& face, const http::Request& request) {
  Call call;
  call.method = request.method;
  call.type = request.param("type");
  call.id = request.param("id");
  call.place = face.place(request);
  TRY_VOID(read_conditions(call, request));
  if (call.method == http::Method::Patch) {
    call.patch_type = request.headers.joined("Content-Type");
    call.patch = TRY(body_text(request, face.config().max_resource_bytes));
  } else if (call.method != http::Method::Delete) {
    call.resource = TRY(read_resource(face, request, face.config().max_resource_bytes));
  }
  return call;
}

}  // namespace gateway::fhir
