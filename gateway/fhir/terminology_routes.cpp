#include "gateway/fhir/terminology_routes.h"

#include <algorithm>
#include <array>

#include "gateway/base/json_text.h"
#include "gateway/base/text.h"
#include "gateway/codec/json.h"
#include "gateway/definitions/terminology_resources.h"
#include "gateway/fhir/interactions.h"
#include "gateway/fhir/respond.h"
#include "gateway/fhir/terminology_input.h"

namespace gateway::fhir {
namespace {

using definitions::DefinitionResources;
using http::Method;
using http::Request;
using http::Response;

constexpr std::uint64_t kMaxBody = 1 << 20;

struct Context {
  const FhirFace& face;
  const definitions::Terminology& terminology;
  DefinitionResources resources;
};
using Shared = std::shared_ptr<const Context>;

// Of an instance the canonical URL, else the parameter `url`.
Result<std::string> url_of(const Context& context, const Request& request, const OperationInput& input,
                           std::string_view type, std::string_view version_name) {
  const std::string_view id = request.param("id");
  if (!id.empty()) {
    const auto held = context.resources.read(type, id);
    if (held) return std::string(held->text("url"));
    return fail(ErrorCode::NotFound, "there is no such " + std::string(type) + " here",
                std::string(type) + ".id");
  }
  std::string url = input.text("url");
  const std::string version = input.text(version_name);
  if (!url.empty() && !version.empty()) url += "|" + version;
  return url;
}

Result<std::string> needed(Result<std::string> url) {
  if (url.ok() && url->empty())
    return fail(ErrorCode::InvalidParameter, "the parameter url is needed", "url");
  return url;
}

Result<Value> expand(const Context& context, const Request& request, const OperationInput& input) {
  definitions::ExpandRequest asked;
  asked.url = TRY(needed(url_of(context, request, input, "ValueSet", "valueSetVersion")));
  asked.filter = input.text("filter");
  asked.count = TRY(input.number("count"));
  asked.offset = TRY(input.number("offset")).value_or(0);
  asked.now_us = context.face.now_us();
  return context.terminology.expand(asked);
}

Result<Value> validate_in_set(const Context& context, const Request& request, const OperationInput& input) {
  definitions::ValidateCodeRequest asked;
  asked.url = TRY(needed(url_of(context, request, input, "ValueSet", "valueSetVersion")));
  asked.codings = TRY(input.codings("system"));
  return context.terminology.validate_in_value_set(asked);
}

// The code system is the one of the url; `system` of a coding may name it too.
Result<Value> validate_in_system(const Context& context, const Request& request,
                                 const OperationInput& input) {
  definitions::ValidateCodeRequest asked;
  asked.url = TRY(url_of(context, request, input, "CodeSystem", "version"));
  asked.codings = TRY(input.codings("system"));
  if (asked.url.empty() && !asked.codings.empty()) asked.url = asked.codings.front().system;
  if (asked.url.empty()) return fail(ErrorCode::InvalidParameter, "the parameter url is needed", "url");
  return context.terminology.validate_in_code_system(asked);
}

Result<Value> lookup(const Context& context, const Request&, const OperationInput& input) {
  const auto codings = TRY(input.codings("system"));
  if (codings.empty()) return fail(ErrorCode::InvalidParameter, "a code or a coding is needed", "code");
  return context.terminology.lookup(codings.front(), input.text("version"));
}

Result<Value> translate(const Context& context, const Request& request, const OperationInput& input) {
  definitions::TranslateRequest asked;
  asked.url = TRY(url_of(context, request, input, "ConceptMap", "conceptMapVersion"));
  asked.source = input.text("source");
  asked.target = input.text("target");
  asked.target_system = input.text("targetsystem");
  asked.codings = TRY(input.codings("system"));
  asked.reverse = TRY(input.flag("reverse"));
  return context.terminology.translate(asked);
}

struct Operation {
  TerminologyOperation names;
  bool of_instance;
  std::string_view parameters;
  Result<Value> (*run)(const Context&, const Request&, const OperationInput&);
};

// Parameters that could only narrow what is not held here in the first place are taken and have no effect.
constexpr std::array kOperations = {
    Operation{{"ValueSet", "expand"},
              true,
              "url valueSetVersion filter count offset includeDesignations includeDefinition activeOnly "
              "excludeNested excludeNotForUI excludePostCoordinated displayLanguage",
              expand},
    Operation{{"ValueSet", "validate-code"},
              true,
              "url valueSetVersion code system systemVersion display coding codeableConcept abstract "
              "displayLanguage inferSystem",
              validate_in_set},
    Operation{
        {"CodeSystem", "lookup"}, false, "code system version coding property displayLanguage date", lookup},
    Operation{{"CodeSystem", "validate-code"},
              true,
              "url code system version display coding codeableConcept abstract displayLanguage",
              validate_in_system},
    Operation{
        {"ConceptMap", "translate"},
        true,
        "url conceptMapVersion code system version source coding codeableConcept target targetsystem reverse",
        translate},
};

Result<Response> answer(const Shared& context, const Operation& operation, const Request& request) {
  const auto input =
      TRY(OperationInput::read(request, context->terminology.definitions(), operation.parameters));
  return json_response(to_json(TRY(operation.run(*context, request, input))));
}

void add_operation(http::Router& router, const Shared& context, const Operation& operation) {
  const auto handler = [context, &operation](const Request& request) {
    return answer(context, operation, request);
  };
  const std::string name = "$" + std::string(operation.names.name);
  http::RouteInfo asked = route_info(std::string(operation.names.type) + " " + name);
  for (const std::string_view parameter : split(operation.parameters, ' '))
    asked.query.push_back({std::string(parameter), "as FHIR R4 defines it"});
  http::RouteInfo posted = body_info(asked.summary, kMaxBody);
  posted.query = asked.query;
  const std::string type = "/" + std::string(operation.names.type);
  for (const std::string& path : {type + "/" + name, type + "/{id}/" + name}) {
    if (!operation.of_instance && path.find("{id}") != std::string::npos) continue;
    add_route(router, context->face, Method::Get, path, asked, handler);
    add_route(router, context->face, Method::Post, path, posted, handler);
  }
}

// What is held first, then what clients stored.
Result<Response> read(const Context& context, const std::string& type, const Request& request) {
  if (const auto held = context.resources.read(type, request.param("id")))
    return resource_response(request, to_json(*held), "1", context.face.started_us());
  if (const Resources* stored = context.face.resources()) {
    const auto found = TRY(stored->read(type, request.param("id"), context.face.place(request)));
    if (found && found->deleted) return fail(ErrorCode::Gone, "this " + type + " was deleted", type + ".id");
    if (found) return resource_response(request, found->json, found->version, found->updated_us);
  }
  return fail(ErrorCode::NotFound, "there is no such " + type, type + ".id");
}

Value entry_of(const Context& context, const Request& request, Value resource) {
  const std::string url = context.face.base(request) + "/" + std::string(resource.text("resourceType")) +
                          "/" + std::string(resource.text("id"));
  Value entry;
  entry.set("fullUrl", url).set("resource", std::move(resource));
  return entry.set("search", Value::map().set("mode", "match"));
}

// The definitions that a search by `url` or `_id` finds among those held; nothing for other searches, and for
// further pages.
std::vector<Value> held_matches(const Context& context, const std::string& type, const Request& request) {
  constexpr std::array<std::string_view, 6> kPlain = {"url", "_id", "_format", "_pretty", "_count", "_total"};
  for (const auto& [name, value] : request.query)
    if (std::find(kPlain.begin(), kPlain.end(), name) == kPlain.end()) return {};
  const std::string* url = request.query_value("url");
  const std::string* id = request.query_value("_id");
  std::vector<Value> found;
  if (url) found = context.resources.by_url(type, *url);
  if (!url && id)
    if (auto one = context.resources.read(type, *id)) found.push_back(std::move(*one));
  if (url && id) std::erase_if(found, [&](const Value& resource) { return resource.text("id") != *id; });
  return found;
}

// Search gives what the store has, and on its first page before it what is held.
Result<Response> search(const Context& context, const std::string& type, const Request& request) {
  const Resources* stored = context.face.resources();
  Value bundle;
  if (stored) {
    const SearchScope scope{type, "", ""};
    const std::string json =
        TRY(stored->search(scope, request.query, wants_strict(request), context.face.place(request)));
    bundle = TRY(codec::parse_json(json));
  } else {
    bundle.set("resourceType", "Bundle").set("type", "searchset").set("total", 0);
  }
  std::vector<Value> held = held_matches(context, type, request);
  if (held.empty()) return json_response(to_json(bundle));
  Value entries = Value::list();
  for (Value& resource : held) entries.push(entry_of(context, request, std::move(resource)));
  if (const Value* others = bundle.find("entry"); others && others->as_list())
    for (const Value& entry : *others->as_list()) entries.push(entry);
  const Value* total = bundle.find("total");
  if (total && total->as_int())
    bundle.set("total", *total->as_int() + static_cast<std::int64_t>(held.size()));
  bundle.set("entry", std::move(entries));
  return json_response(to_json(bundle));
}

void add_definition_routes(http::Router& router, const Shared& context, const std::string& type) {
  http::RouteInfo searching = route_info("Search " + type + " by url");
  searching.query.push_back({"url", "canonical URL of a definition that is held here"});
  add_route(router, context->face, Method::Get, "/" + type + "/{id}", route_info("Read one " + type),
            [context, type](const Request& request) { return read(*context, type, request); });
  add_route(router, context->face, Method::Get, "/" + type, searching,
            [context, type](const Request& request) { return search(*context, type, request); });
}

constexpr auto kNames = [] {
  std::array<TerminologyOperation, kOperations.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kOperations[i].names;
  return names;
}();

}  // namespace

std::span<const TerminologyOperation> terminology_operations() { return kNames; }

void add_terminology_routes(http::Router& router, const FhirFace& face,
                            const definitions::Terminology& terminology) {
  const auto context =
      std::make_shared<const Context>(Context{face, terminology, DefinitionResources(terminology)});
  for (const Operation& operation : kOperations) add_operation(router, context, operation);
  for (const std::string& type : DefinitionResources::types()) add_definition_routes(router, context, type);
}

}  // namespace gateway::fhir
