#include "gateway/fhir/capability.h"

#include "gateway/fhir/respond.h"
#include "gateway/fhir/search_parameters.h"
#include "mappers/fhir/json_writer.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::JsonArray;
using mappers::fhir::JsonObject;

void add_codes(JsonObject& object, std::string_view member, std::initializer_list<std::string_view> codes) {
  JsonArray list(object.member(member));
  for (const auto code : codes) {
    JsonObject item(list.item());
    item.plain("code", code);
  }
}

void append_parameter(std::string& out, const SearchParameter& parameter) {
  JsonObject object(out);
  object.plain("name", parameter.name);
  object.plain("definition", parameter.definition);
  object.plain("type", parameter.type);
  object.text("documentation", parameter.documentation);
}

void append_resource(std::string& out, ResourceType type) {
  JsonObject resource(out);
  resource.plain("type", name_of(type));
  add_codes(resource, "interaction", {"read", "search-type"});
  resource.plain("versioning", "versioned");
  resource.flag("readHistory", false);
  resource.flag("updateCreate", false);
  resource.flag("conditionalCreate", false);
  resource.plain("conditionalRead", "not-match");
  resource.flag("conditionalUpdate", false);
  resource.plain("conditionalDelete", "not-supported");
  if (const auto includes = search_includes(type); !includes.empty()) {
    JsonArray list(resource.member("searchInclude"));
    for (const auto include : includes) list.text(include);
  }
  JsonArray parameters(resource.member("searchParam"));
  for (const SearchParameter& parameter : search_parameters(type))
    append_parameter(parameters.item(), parameter);
}

void append_rest(std::string& out) {
  JsonObject rest(out);
  rest.plain("mode", "server");
  JsonArray resources(rest.member("resource"));
  for (const ResourceType type : kResourceTypes) append_resource(resources.item(), type);
}

}  // namespace

// FHIR R4 CapabilityStatement, kind instance
std::string capability_statement(const FhirFace& face, std::string_view base) {
  std::string json;
  {
    JsonObject statement(json);
    statement.plain("resourceType", "CapabilityStatement");
    statement.plain("status", "active");
    statement.plain("date", iso8601(face.started_us()));
    statement.plain("kind", "instance");
    {
      JsonObject software(statement.member("software"));
      software.plain("name", "ehds-gateway");
      software.text("version", face.config().software_version);
    }
    {
      JsonObject implementation(statement.member("implementation"));
      implementation.plain(
          "description", "EHDS imaging gateway: imaging studies, their patients and where to retrieve them");
      implementation.text("url", base);
    }
    statement.plain("fhirVersion", "4.0.1");
    {
      JsonArray formats(statement.member("format"));
      formats.text(kFhirJson);
      formats.text("json");
    }
    JsonArray rest(statement.member("rest"));
    append_rest(rest.item());
  }
  return json;
}

}  // namespace gateway::fhir
