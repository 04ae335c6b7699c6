#include "mappers/fhir/resource_parts.h"

#include <algorithm>
#include <array>

#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::model::Code;
using gateway::model::Identifier;

struct NumberType {
  std::string_view code, display, nobody;  // `nobody`: the local system of numbers without an issuer
};

const NumberType& type_of(NumberKind kind) {
  static constexpr std::array<NumberType, 4> kTypes = {{
      {"ACSN", "Accession ID", "accession-number"},
      {"PLAC", "Placer Identifier", "placer-order-number"},
      {"FILL", "Filler Identifier", "filler-order-number"},
      {"VN", "Visit number", "admission-id"},
  }};
  return kTypes[static_cast<std::size_t>(kind)];
}

// Designators under which DICOM objects carry SNOMED-RT style identifiers (PS3.16 section 8.1).
bool is_snomed_rt(std::string_view scheme) {
  return scheme == "SRT" || scheme == "SNM3" || scheme == "99SDM";
}

}  // namespace

void add_meta(JsonObject& resource, std::string_view version, std::int64_t updated_us,
              std::string_view profile) {
  if (updated_us == 0 && profile.empty()) return;
  JsonObject meta(resource.member("meta"));
  if (updated_us != 0) {
    meta.plain("versionId", version);
    meta.plain("lastUpdated", gateway::iso8601(updated_us, true));
  }
  if (profile.empty()) return;
  JsonArray profiles(meta.member("profile"));
  profiles.text(profile);
}

void append_coding(std::string& out, std::string_view system, std::string_view code,
                   std::string_view display) {
  JsonObject coding(out);
  coding.text("system", system);
  coding.text("code", fhir_code(code));
  coding.text("display", display);
}

void append_coded(std::string& out, std::string_view system, std::string_view code,
                  std::string_view display) {
  JsonObject object(out);
  JsonArray codings(object.member("coding"));
  append_coding(codings.item(), system, code, display);
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

Coding coding_of(const Code& code, const RenderOptions& options, std::span<const Code> schemes) {
  const std::string scheme = fhir_text(code.scheme);
  Coding coding{{}, fhir_code(code.value), fhir_text(code.meaning)};
  if (coding.code.empty()) return coding;
  if (is_snomed_rt(scheme))
    if (const Concept* known = options.terminology->snomed_rt.find(coding.code))
      return {std::string(kSnomed), known->code, known->display};
  coding.system = coding_system(scheme, options, schemes);
  return coding;
}

bool append_concept(std::string& out, const Code& code, const RenderOptions& options,
                    std::span<const Code> schemes) {
  const Coding coding = coding_of(code, options, schemes);
  const std::string meaning = fhir_text(code.meaning);
  if (coding.code.empty() && meaning.empty()) return false;
  JsonObject concept_object(out);
  if (!coding.code.empty()) {
    JsonArray codings(concept_object.member("coding"));
    append_coding(codings.item(), coding.system, coding.code, coding.display);
  }
  concept_object.text("text", meaning.empty() ? coding.code : meaning);
  return true;
}

void add_concepts(JsonObject& object, std::string_view member, std::span<const Code> codes,
                  const RenderOptions& options, std::span<const Code> schemes) {
  std::string items;
  for (const Code& code : codes) {
    std::string item;
    if (!append_concept(item, code, options, schemes)) continue;
    if (!items.empty()) items += ',';
    items += item;
  }
  if (!items.empty()) object.member(member) += "[" + items + "]";
}

void append_number(std::string& out, NumberKind kind, const Identifier& number,
                   const RenderOptions& options) {
  const NumberType& type = type_of(kind);
  JsonObject identifier(out);
  {
    JsonObject concept_object(identifier.member("type"));
    JsonArray codings(concept_object.member("coding"));
    append_coding(codings.item(), kIdentifierType, type.code, type.display);
    if (kind == NumberKind::Accession) append_coding(codings.item(), kDcm, "121022", "Accession Number");
  }
  identifier.text("system", issuer_system(fhir_text(number.issuer), type.nobody, options));
  identifier.text("value", number.value);
}

bool append_person(std::string& out, const gateway::model::PersonName& name, const Code* id,
                   const RenderOptions& options) {
  std::string display = display_name(name);
  const Coding coding = id ? coding_of(*id, options) : Coding{};
  if (display.empty()) display = coding.display;
  if (display.empty() && coding.code.empty()) return false;
  JsonObject reference(out);
  reference.plain("type", "Practitioner");
  if (!coding.code.empty()) {
    JsonObject identifier(reference.member("identifier"));
    identifier.text("system", coding.system);
    identifier.text("value", coding.code);
  }
  reference.text("display", display);
  return true;
}

// PS3.5 table 6.2-1 (DS, IS) to the numbers of JSON (RFC 8259 section 6)
std::string decimal_of(std::string_view text) {
  std::string_view rest = gateway::trim(text);
  std::string out;
  const auto digits = [&] {
    std::size_t count = 0;
    while (count < rest.size() && rest[count] >= '0' && rest[count] <= '9') ++count;
    const std::string_view taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  };
  if (rest.starts_with('-')) out += '-';
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  std::string_view whole = digits();
  std::string_view fraction;
  if (rest.starts_with('.')) rest.remove_prefix(1), fraction = digits();
  if (whole.empty() && fraction.empty()) return {};
  while (whole.size() > 1 && whole[0] == '0') whole.remove_prefix(1);
  out += whole.empty() ? "0" : whole;
  if (!fraction.empty()) (out += '.') += fraction;
  if (rest.starts_with('e') || rest.starts_with('E')) {
    out += 'e';
    rest.remove_prefix(1);
    if (rest.starts_with('-') || rest.starts_with('+')) out += rest[0], rest.remove_prefix(1);
    const std::string_view exponent = digits();
    if (exponent.empty() || exponent.size() > 3) return {};
    out += exponent;
  }
  return rest.empty() ? out : std::string();
}

}  // namespace mappers::fhir
