#include "gateway/fhir/validate_route.h"

#include <algorithm>
#include <array>

#include "gateway/base/json_text.h"
#include "gateway/codec/json.h"
#include "gateway/definitions/validator.h"
#include "gateway/definitions/xml_form.h"
#include "gateway/fhir/interactions.h"
#include "gateway/fhir/write_set.h"

namespace gateway::fhir {
namespace {

using definitions::Finding;
using definitions::Findings;

bool is_error(const Finding& finding) {
  return finding.severity == Finding::Severity::Error || finding.severity == Finding::Severity::Fatal;
}

// "Patient.name[0]" at "Bundle.entry[2].resource" is "Bundle.entry[2].resource.name[0]".
std::string placed(const std::string& location, const std::string& where) {
  if (where.empty()) return location;
  const auto dot = location.find('.');
  return dot == std::string::npos ? where : where + location.substr(dot);
}

bool is_subsetted(const Value& resource) {
  const Value* meta = resource.find("meta");
  const Value* tags = meta ? meta->find("tag") : nullptr;
  if (!tags || !tags->as_list()) return false;
  return std::any_of(tags->as_list()->begin(), tags->as_list()->end(),
                     [](const Value& tag) { return tag.text("code") == "SUBSETTED"; });
}

// What is to be validated, and how (resource-operation-validate, parameters resource, mode and profile).
struct Asked {
  Value resource;
  std::string mode;
  std::vector<std::string> profiles;
};

Result<void> read_parameters(Value parameters, Asked& asked) {
  const Value* list = parameters.find("parameter");
  if (!list || !list->as_list()) return {};
  for (const Value& parameter : *list->as_list()) {
    const std::string_view name = parameter.text("name");
    if (name == "resource" && parameter.find("resource")) {
      asked.resource = *parameter.find("resource");
    } else if (name == "mode") {
      asked.mode = parameter.text("valueCode");
    } else if (name == "profile") {
      const std::string_view uri = parameter.text("valueUri");
      asked.profiles.emplace_back(uri.empty() ? parameter.text("valueCanonical") : uri);
    } else {
      return fail(ErrorCode::InvalidParameter, "$validate has no such parameter: " + std::string(name),
                  "Parameters.parameter");
    }
  }
  return {};
}

// The body in its plain form: that it is no good resource is for the validator to say.
Result<Value> read_body(const FhirFace& face, const http::Request& request) {
  const std::string text = TRY(body_text(request, face.config().max_resource_bytes));
  const Format format = TRY(body_format(request.headers.joined("Content-Type"), text));
  if (format == Format::Xml) return definitions::from_xml(text, *face.parts().definitions);
  return codec::parse_json(text);
}

Result<Asked> read_asked(const FhirFace& face, const http::Request& request) {
  Asked asked;
  for (const auto& [name, value] : request.query) {
    if (name == "mode") asked.mode = value;
    if (name == "profile") asked.profiles.push_back(value);
  }
  if (request.body->size() > 0) {
    Value body = TRY(read_body(face, request));
    if (body.text("resourceType") == "Parameters" && request.param("type") != "Parameters")
      TRY_VOID(read_parameters(std::move(body), asked));
    else
      asked.resource = std::move(body);
  }
  constexpr std::array<std::string_view, 5> kModes = {"", "create", "update", "delete", "profile"};
  if (std::find(kModes.begin(), kModes.end(), asked.mode) == kModes.end())
    return fail(ErrorCode::InvalidParameter, "the mode is create, update, delete or profile", "mode");
  for (const std::string& profile : asked.profiles)
    if (!face.parts().definitions->structure(profile))
      return fail(ErrorCode::InvalidParameter, "this server does not know the profile " + profile, "profile");
  return asked;
}

http::Response outcome_of(const Findings& findings) {
  return json_response(to_json(definitions::operation_outcome(findings)));
}

// mode=delete: whether the resource could be deleted now.
Result<http::Response> validate_delete(const FhirFace& face, const http::Request& request) {
  Findings findings;
  Call call;
  call.method = http::Method::Delete;
  call.type = request.param("type");
  call.id = request.param("id");
  call.place = face.place(request);
  WriteSet set = TRY(WriteSet::begin(face));
  if (const auto decided = set.decide(call); !decided)
    findings.error(std::string(decided.error().face().fhir_issue), call.type, decided.error().message);
  return outcome_of(findings);
}

// What an update would be refused for beside its content.
void check_update(const Asked& asked, const http::Request& request, Findings& findings) {
  const std::string type(request.param("type"));
  if (!type.empty() && asked.resource.text("resourceType") != type)
    findings.error("invalid", type, "the resource is not a " + type);
  if (asked.mode == "create" || request.param("id").empty() || asked.mode == "profile") return;
  if (asked.resource.text("id") != request.param("id"))
    findings.error("invalid", type + ".id", "the id of the resource is not that of the URL");
}

Result<http::Response> validate(const FhirFace& face, const http::Request& request) {
  if (!face.parts().validator) return fail(ErrorCode::NotSupported, "this server does not validate");
  if (!request.param("type").empty()) TRY_VOID(check_type(face, request.param("type")));
  Asked asked;
  auto read = read_asked(face, request);
  const bool xml = request.headers.joined("Content-Type").find("xml") != std::string::npos;
  if (!read && read.error().code == ErrorCode::InvalidBody && xml) {
    Findings findings;
    findings.error("structure", std::string(request.param("type")),
                   read.error().message + " (" + read.error().where + ")");
    return outcome_of(findings);
  }
  asked = TRY(std::move(read));
  if (asked.mode == "delete") return validate_delete(face, request);
  Findings findings;
  if (!asked.resource.is_null()) {
    check_update(asked, request, findings);
  } else if (const auto found =
                 TRY(face.resources()->read(request.param("type"), request.param("id"), face.place(request)));
             found && !found->deleted) {
    asked.resource = TRY(codec::parse_json(found->json));
  } else {
    return fail(ErrorCode::NotFound, "there is no resource to validate", std::string(request.param("type")));
  }
  definitions::ValidationOptions options;
  options.profiles = asked.profiles;
  const Findings found = face.parts().validator->validate(asked.resource, options);
  for (const Finding& finding : found.list()) findings.add(finding);
  return outcome_of(findings);
}

}  // namespace

Result<std::optional<std::string>> refusal_of(const FhirFace& face, const Value& resource,
                                              const std::string& where) {
  Findings refused;
  if (is_subsetted(resource))
    refused.error("invalid", placed("Resource.meta.tag", where),
                  "a part of a resource is not kept as the whole");
  if (face.parts().validator) {
    definitions::ValidationOptions options;
    options.claimed = false;
    const Findings found = face.parts().validator->validate(resource, options);
    for (Finding finding : found.list()) {
      if (!is_error(finding) || finding.code == "invariant") continue;
      finding.location = placed(finding.location, where);
      refused.add(std::move(finding));
    }
  }
  if (refused.errors() == 0) return std::optional<std::string>();
  return std::optional(to_json(definitions::operation_outcome(refused)));
}

void add_validate_routes(http::Router& router, const FhirFace& face) {
  const auto handler = [&face](const http::Request& request) { return validate(face, request); };
  http::RouteInfo posted = body_info("$validate", face.config().max_resource_bytes);
  posted.query.push_back({"profile", "canonical URL; more than one may be given"});
  posted.query.push_back({"mode", "create, update, delete or profile"});
  http::RouteInfo asked = route_info("$validate what is stored");
  asked.query = posted.query;
  posted.body_optional = true;
  add_route(router, face, http::Method::Post, "/{type}/$validate", posted, handler);
  add_route(router, face, http::Method::Post, "/{type}/{id}/$validate", posted, handler);
  add_route(router, face, http::Method::Get, "/{type}/{id}/$validate", asked, handler);
}

}  // namespace gateway::fhir
