#include "gateway/fhir/capability.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "gateway/base/text.h"
#include "gateway/definitions/definitions.h"
#include "gateway/fhir/compartment.h"
#include "gateway/fhir/interactions.h"
#include "gateway/fhir/patch.h"
#include "gateway/fhir/respond.h"
#include "gateway/fhir/subscription_notice.h"
#include "gateway/fhir/write_set.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::JsonArray;
using mappers::fhir::JsonObject;

// What the specifications of these actors ask for is here (specs of IHE MADO 0.1.0 and HL7 Europe).
constexpr std::array<std::string_view, 3> kInstantiates = {
    "https://profiles.ihe.net/RAD/MADO/CapabilityStatement/IHE.RAD.MADO.DocumentResponder",
    "http://hl7.eu/fhir/health-data-api/CapabilityStatement/EEHRxF-DocumentAccessProvider",
    "http://hl7.eu/fhir/imaging/CapabilityStatement/EeehrxfImagingReportResourceAccessProvider"};

// Where operations are defined; others are those of the core specification, "Type-name".
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kOperations = {{
    {"/export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"},
    {"Patient/export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export"},
    {"Group/export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export"},
    {"Subscription/status",
     "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status"},
    {"Subscription/events",
     "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events"},
    {"/validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate"},
    {"/meta", "http://hl7.org/fhir/OperationDefinition/Resource-meta"},
    {"/convert-manifest", "urn:x-ehds-gateway:operation:convert-manifest"},
    {"ImagingStudy/everything", "urn:x-ehds-gateway:operation:everything"},
    {"ImagingStudy/manifest", "urn:x-ehds-gateway:operation:manifest"},
    {"ImagingStudy/resolve-endpoint", "urn:x-ehds-gateway:operation:resolve-endpoint"},
}};

// The operations by type: "" for the system, "{type}" for every type.
using Operations = std::map<std::string, std::set<std::string>>;

Operations operations_of(const http::Router& router, const std::string& root) {
  Operations operations;
  for (const auto& route : router.routes()) {
    std::string_view path = route->path_template;
    const auto mark = path.rfind("/$");
    if (!path.starts_with(root + "/") || mark == std::string_view::npos) continue;
    const std::string_view name = path.substr(mark + 2);
    if (name.find('/') != std::string_view::npos) continue;  // a place that an operation names
    path = path.substr(root.size(), mark - root.size());
    const std::string_view type = path.empty() ? path : path.substr(1, path.find('/', 1) - 1);
    operations[std::string(type)].emplace(name);
  }
  return operations;
}

class Statement {
 public:
  Statement(const http::Router& router, const FhirFace& face)
      : router_(router),
        face_(face),
        definitions_(*face.parts().definitions),
        operations_(operations_of(router, face.config().root)),
        writable_(face.resources()->store() != nullptr) {}

  void append_rest(std::string& out);

 private:
  bool serves(http::Method method, std::string_view path) const;
  void append_resource(std::string& out, const std::string& type);
  void append_interactions(JsonObject& resource, const std::string& type);
  void append_parameters(JsonObject& resource, const std::string& type);
  void append_includes(JsonObject& resource, const std::string& type);
  void append_profiles(JsonObject& resource, const std::string& type);
  void append_operations(JsonObject& object, const std::string& type, bool every);
  bool is_writable(const std::string& type) const { return writable_ && check_writable(face_, type).ok(); }

  const http::Router& router_;
  const FhirFace& face_;
  const definitions::Definitions& definitions_;
  const Operations operations_;
  const bool writable_;
};

bool Statement::serves(http::Method method, std::string_view path) const {
  const auto& routes = router_.routes();
  return std::any_of(routes.begin(), routes.end(), [&](const auto& route) {
    return route->method == method && route->path_template == face_.config().root + std::string(path);
  });
}

void append_codes(JsonObject& object, std::string_view member, const std::vector<std::string_view>& codes) {
  JsonArray list(object.member(member));
  for (const auto code : codes) {
    JsonObject item(list.item());
    item.plain("code", code);
  }
}

void Statement::append_interactions(JsonObject& resource, const std::string& type) {
  using http::Method;
  std::vector<std::string_view> codes;
  const auto add = [&](std::string_view code, Method method, std::string_view path) {
    if (serves(method, path)) codes.push_back(code);
  };
  add("read", Method::Get, "/{type}/{id}");
  add("vread", Method::Get, "/{type}/{id}/_history/{version}");
  add("history-instance", Method::Get, "/{type}/{id}/_history");
  add("history-type", Method::Get, "/{type}/_history");
  add("search-type", Method::Get, "/{type}");
  if (is_writable(type)) {
    add("create", Method::Post, "/{type}");
    add("update", Method::Put, "/{type}/{id}");
    add("patch", Method::Patch, "/{type}/{id}");
    add("delete", Method::Delete, "/{type}/{id}");
  }
  append_codes(resource, "interaction", codes);
  const bool written = is_writable(type);
  resource.plain("versioning", "versioned");
  resource.flag("readHistory", true);
  resource.flag("updateCreate", written);
  resource.flag("conditionalCreate", written);
  resource.plain("conditionalRead", "full-support");
  resource.flag("conditionalUpdate", written);
  resource.plain("conditionalDelete", written ? "multiple" : "not-supported");
}

void Statement::append_parameters(JsonObject& resource, const std::string& type) {
  JsonArray parameters(resource.member("searchParam"));
  std::set<std::string> names;  // one name may have two definitions: the first is said
  for (const SearchParameterNote& note : face_.resources()->search_parameters(type)) {
    if (!names.insert(note.name).second) continue;
    JsonObject object(parameters.item());
    object.text("name", note.name);
    object.text("definition", note.definition);
    object.text("type", note.type);
  }
}

void Statement::append_includes(JsonObject& resource, const std::string& type) {
  const auto list = [&](std::string_view member, const std::vector<std::string>& names) {
    if (names.empty()) return;
    JsonArray items(resource.member(member));
    for (const std::string& name : names) items.text(name);
  };
  list("searchInclude", face_.resources()->includes(type));
  list("searchRevInclude", face_.resources()->reverse_includes(type));
}

void Statement::append_profiles(JsonObject& resource, const std::string& type) {
  std::vector<std::string> urls;
  for (const definitions::Structure* structure : definitions_.structures())
    if (structure->constraint && structure->type == type &&
        !structure->url.starts_with("http://hl7.org/fhir/"))
      urls.push_back(structure->url);
  if (urls.empty()) return;
  JsonArray list(resource.member("supportedProfile"));
  for (const std::string& url : urls) list.text(url);
}

void Statement::append_operations(JsonObject& object, const std::string& type, bool every) {
  std::set<std::string> names;
  if (const auto own = operations_.find(type); own != operations_.end()) names = own->second;
  if (const auto all = operations_.find("{type}"); every && all != operations_.end())
    names.insert(all->second.begin(), all->second.end());
  if (names.empty()) return;
  JsonArray list(object.member("operation"));
  for (const std::string& name : names) {
    const auto* known = std::find_if(kOperations.begin(), kOperations.end(), [&](const auto& row) {
      return row.first == type + "/" + name || (row.first == "/" + name && name != "export");
    });
    JsonObject item(list.item());
    item.text("name", name);
    item.text("definition", known != kOperations.end()
                                ? std::string(known->second)
                                : "http://hl7.org/fhir/OperationDefinition/" + type + "-" + name);
  }
}

void Statement::append_resource(std::string& out, const std::string& type) {
  JsonObject resource(out);
  if (type == "Subscription") {
    JsonArray topics(resource.member("extension"));
    for (const Topic& topic : kTopics) {
      JsonObject extension(topics.item());
      extension.plain("url",
                      "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
                      "capability-subscriptiontopic-canonical");
      extension.plain("valueCanonical", topic.url);
    }
  }
  resource.text("type", type);
  append_profiles(resource, type);
  append_interactions(resource, type);
  append_includes(resource, type);
  append_parameters(resource, type);
  append_operations(resource, type, true);
}

void Statement::append_rest(std::string& out) {
  JsonObject rest(out);
  rest.plain("mode", "server");
  rest.plain("documentation",
             "ImagingStudy, Patient, Endpoint and what derives from them are also made from DICOM objects: "
             "those are read-only, and have one version");
  {
    JsonArray resources(rest.member("resource"));
    for (const std::string& type : definitions_.resource_types())
      if (check_type(face_, type).ok()) append_resource(resources.item(), type);
  }
  std::vector<std::string_view> codes;
  if (writable_ && serves(http::Method::Post, "")) codes = {"transaction", "batch"};
  if (serves(http::Method::Get, "")) codes.push_back("search-system");
  if (serves(http::Method::Get, "/_history")) codes.push_back("history-system");
  append_codes(rest, "interaction", codes);
  append_operations(rest, "", false);
  if (!serves(http::Method::Get, "/{type}/{id}/{member}")) return;
  JsonArray compartments(rest.member("compartment"));
  for (const std::string_view owner : compartment_owners()) {
    std::string name(owner);
    name[0] = static_cast<char>(name[0] + ('a' - 'A'));  // "relatedPerson"
    compartments.text("http://hl7.org/fhir/CompartmentDefinition/" + name);
  }
}

void append_list(JsonObject& object, std::string_view member, std::initializer_list<std::string_view> texts) {
  JsonArray list(object.member(member));
  for (const auto text : texts) list.text(text);
}

}  // namespace

std::string capability_statement(const http::Router& router, const FhirFace& face, std::string_view base) {
  std::string json;
  {
    JsonObject statement(json);
    statement.plain("resourceType", "CapabilityStatement");
    statement.plain("status", "active");
    statement.plain("date", iso8601(face.started_us()));
    statement.plain("kind", "instance");
    {
      JsonArray list(statement.member("instantiates"));
      for (const auto url : kInstantiates) list.text(url);
    }
    {
      JsonObject software(statement.member("software"));
      software.plain("name", "ehds-gateway");
      software.text("version", face.config().software_version);
    }
    {
      JsonObject implementation(statement.member("implementation"));
      implementation.plain("description",
                           "EHDS imaging gateway: imaging studies, their patients, reports and manifests");
      implementation.text("url", base);
    }
    statement.plain("fhirVersion", "4.0.1");
    append_list(statement, "format", {kFhirJson, kFhirXml, "json", "xml"});
    append_list(statement, "patchFormat", {kJsonPatch, kFhirJson, kFhirXml});
    JsonArray rest(statement.member("rest"));
    Statement(router, face).append_rest(rest.item());
  }
  return json;
}

}  // namespace gateway::fhir
