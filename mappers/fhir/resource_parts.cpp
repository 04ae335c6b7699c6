#include "mappers/fhir/resource_parts.h"

#include "gateway/base/clock.h"

namespace mappers::fhir {

void add_meta(JsonObject& resource, std::string_view version, std::int64_t updated_us) {
  if (updated_us == 0) return;
  JsonObject meta(resource.member("meta"));
  meta.plain("versionId", version);
  meta.plain("lastUpdated", gateway::iso8601(updated_us, true));
}

void append_coding(std::string& out, std::string_view system, std::string_view code,
                   std::string_view display) {
  JsonObject coding(out);
  coding.text("system", system);
  coding.text("code", fhir_code(code));
  coding.text("display", display);
}

void append_absent(std::string& out, std::string_view reason) {
  out += R"({"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":")";
  out += reason;
  out += R"("}]})";
}

void append_display_reference(std::string& out, std::string_view type, std::string_view display) {
  JsonObject reference(out);
  reference.plain("type", type);
  reference.text("display", display);
}

}  // namespace mappers::fhir
