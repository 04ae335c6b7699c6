#include "mappers/fhir/manifest_parts.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/base/clock.h"
#include "gateway/base/ids.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir::mado {
namespace {

constexpr std::string_view kOidUrn = "urn:oid:";

struct GiverType {
  std::string_view code, display, nobody;  // `nobody`: the local system of numbers without an issuer
};
constexpr std::array<GiverType, 3> kGivers = {{{"ACSN", "Accession ID", "accession-number"},
                                               {"PLAC", "Placer Identifier", "placer-order-number"},
                                               {"FILL", "Filler Identifier", "filler-order-number"}}};

}  // namespace

std::string system_of(std::string_view scheme, const RenderOptions& options) {
  if (scheme.find(':') != std::string_view::npos) return std::string(scheme);
  return coding_system(scheme, options);
}

std::string scheme_of(std::string_view system, const RenderOptions& options) {
  std::string designator = designator_of(system, options);
  const bool named = !designator.empty() && !is_oid(designator);  // a bare UID is one of a scheme
  return named ? designator : std::string(system);
}

std::string issuer_of(std::string_view system, const RenderOptions& options) {
  for (const GiverType& giver : kGivers)
    if (fhir::issuer_of(system, giver.nobody, options).empty()) return {};
  return fhir::issuer_of(system, "patient-id", options);
}

bool is_text_only(const Code& code) { return code.scheme == kTextScheme || code.value.empty(); }

void append_code(std::string& out, const Code& code, const RenderOptions& options) {
  const bool repeats = code.meaning == code.value;
  append_coding(out, system_of(code.scheme, options), code.value, repeats ? "" : code.meaning);
}

void append_codeable(std::string& out, const Code& code, const RenderOptions& options) {
  JsonObject concept_object(out);
  if (!is_text_only(code)) {
    JsonArray codings(concept_object.member("coding"));
    append_code(codings.item(), code, options);
  }
  concept_object.text("text", code.meaning.empty() ? code.value : code.meaning);
}

// MadoAccessionNumberIdentifier, and the PLAC and FILL slices of MadoRequestedProcedure
void append_identifier(std::string& out, const IssuedNumber& number, Giver giver,
                       const RenderOptions& options) {
  const GiverType& type = kGivers[static_cast<std::size_t>(giver)];
  JsonObject identifier(out);
  {
    JsonObject concept_object(identifier.member("type"));
    JsonArray codings(concept_object.member("coding"));
    if (giver == Giver::Accession) append_coding(codings.item(), kDcm, "121022", "Accession Number");
    append_coding(codings.item(), kIdentifierType, type.code, type.display);
  }
  identifier.text("system", issuer_system(number.issuer, type.nobody, options));
  if (fhir_text(number.value).empty())
    append_absent(identifier.member("_value"));
  else
    identifier.text("value", number.value);
  if (number.issuer_name.empty()) return;
  JsonObject assigner(identifier.member("assigner"));
  assigner.text("display", number.issuer_name);
}

void append_uid_identifier(std::string& out, std::string_view system, std::string_view uid) {
  JsonObject identifier(out);
  if (system == kDicomUid) {
    JsonObject type(identifier.member("type"));
    JsonArray codings(type.member("coding"));
    append_coding(codings.item(), kDcm, "110180", "Study Instance UID");
  }
  identifier.text("system", system);
  identifier.text("value", std::string(kOidUrn) + std::string(uid));
}

void append_urn_reference(std::string& out, std::string_view type, std::string_view id,
                          std::string_view display) {
  JsonObject reference(out);
  reference.text("reference", urn_of(type, id));
  reference.plain("type", type);
  reference.text("display", display);
}

void begin_resource(JsonObject& resource, std::string_view type, std::string_view id,
                    std::string_view profile) {
  resource.plain("resourceType", type);
  resource.text("id", id);
  if (profile.empty()) return;
  JsonObject meta(resource.member("meta"));
  JsonArray profiles(meta.member("profile"));
  profiles.text(std::string(kProfiles) + std::string(profile) + "|" + std::string(kRelease));
}

std::string source_id(std::string_view url, std::string_view location_uid) {
  return "wado-" + gateway::sha256_hex(std::string(url) + "\n" + std::string(location_uid)).substr(0, 24);
}

std::vector<Source> sources_of(const Manifest& manifest) {
  std::vector<Source> sources;
  for (const auto& series : manifest.series) {
    const bool known = std::any_of(sources.begin(), sources.end(), [&](const Source& source) {
      return source.url == series.retrieve_url && source.location_uid == series.location_uid;
    });
    if (!known)
      sources.push_back(
          {series.retrieve_url, series.location_uid, source_id(series.retrieve_url, series.location_uid)});
  }
  return sources;
}

std::string patient_id_of(const Manifest& manifest) {
  const auto& subject = manifest.subject;
  const std::string& issuer = subject.issuer_entity.empty() ? subject.issuer : subject.issuer_entity;
  const std::string text =
      subject.patient_id.empty() ? "study\n" + manifest.study_uid : issuer + "\n" + subject.patient_id;
  return gateway::sha256_hex(text).substr(0, 32);
}

std::string order_id(const gateway::model::ManifestOrder& order) {
  std::string text;
  for (const auto* number : {&order.accession, &order.placer, &order.filler})
    text += number->issuer + "\n" + number->value + "\n";
  return "order-" + gateway::sha256_hex(text).substr(0, 24);
}

std::string created_text(const Manifest& manifest) {
  return manifest.created_us == 0 ? std::string() : gateway::iso8601(manifest.created_us, true);
}

}  // namespace mappers::fhir::mado
