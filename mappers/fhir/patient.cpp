#include <algorithm>

#include "gateway/base/text.h"
#include "mappers/fhir/dates.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/packs.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

using gateway::model::Identifier;
using gateway::model::Subject;

// Patient's Sex (0010,0040) M, F, O, blank; other values say nothing that FHIR knows.
std::string_view gender_of(std::string_view sex) {
  if (sex == "M") return "male";
  if (sex == "F") return "female";
  if (sex == "O") return "other";
  return sex.empty() ? "unknown" : "";
}

// Why something is not there: Patient Identity Removed (0012,0062) or the output is to say it was hidden.
std::string_view absence(const Subject& subject, const RenderOptions& options) {
  return options.mask_identity || subject.identity_removed == "YES" ? "masked" : "unknown";
}

void append_identifier(std::string& out, const Identifier& id, const RenderOptions& options) {
  JsonObject identifier(out);
  if (!id.type.empty() && id.type != "TEXT") {
    JsonObject type(identifier.member("type"));
    type.text("text", id.type);
  }
  identifier.text("system", patient_system(id.issuer, options));
  identifier.text("value", id.value);
}

// identifier: (0010,0020) with (0010,0024), else (0010,0021); then (0010,1002), each once
void add_identifiers(JsonObject& patient, const Subject& subject, const RenderOptions& options) {
  std::vector<Identifier> all;
  const auto add = [&](Identifier id) {
    id.value = fhir_text(id.value);
    id.issuer = fhir_text(id.issuer);
    if (!id.value.empty() && std::ranges::find(all, id) == all.end()) all.push_back(std::move(id));
  };
  add({subject.patient_id, subject.issuer_entity.empty() ? subject.issuer : subject.issuer_entity, {}});
  if (!options.mask_identity)
    for (const Identifier& id : subject.other_ids) add(id);
  if (all.empty()) return;
  JsonArray identifiers(patient.member("identifier"));
  for (const Identifier& id : all) append_identifier(identifiers.item(), id, options);
}

// name: (0010,0010). The European profile wants one, the manifest profile does not.
void add_name(JsonObject& patient, const Subject& subject, const RenderOptions& options) {
  std::string names;
  if (!options.mask_identity && append_human_names(names, subject.name)) {
    patient.member("name") += names;
  } else if (options.pack == Pack::EuImaging) {
    JsonArray list(patient.member("name"));
    append_absent(list.item(), absence(subject, options));
  }
}

// birthDate: (0010,0030); of a hidden one the year
void add_birth_date(JsonObject& patient, const Subject& subject, const RenderOptions& options) {
  std::string date = fhir_date(subject.birth_date);
  if (options.mask_identity) date = date.substr(0, 4);
  if (!date.empty())
    patient.plain("birthDate", date);
  else if (options.pack == Pack::EuImaging)
    append_absent(patient.member("_birthDate"), absence(subject, options));
}

// telecom: (0010,2154); address: (0010,1040)
void add_contact(JsonObject& patient, const Subject& subject) {
  std::string phones;
  for (const std::string_view phone : gateway::split(subject.telephones, '\\')) {
    if (fhir_text(phone).empty()) continue;
    if (!phones.empty()) phones += ',';
    JsonObject item(phones);
    item.plain("system", "phone");
    item.text("value", phone);
  }
  if (!phones.empty()) patient.member("telecom") += "[" + phones + "]";
}

void add_address(JsonObject& patient, const Subject& subject) {
  if (fhir_text(subject.address).empty()) return;
  JsonArray addresses(patient.member("address"));
  JsonObject item(addresses.item());
  item.text("text", subject.address);
}

}  // namespace

// FHIR R4 Patient; patient-eu-core of EU Base, MadoPatient. Ethnic Group (0010,2160) has no element there.
void append_patient(std::string& out, const gateway::model::SubjectRow& row, const RenderOptions& options) {
  const Subject& subject = row.subject;
  JsonObject patient(out);
  patient.plain("resourceType", "Patient");
  patient.plain("id", row.key);
  add_meta(patient, std::to_string(row.version), row.updated_us, urls_of(options.pack).patient);
  add_identifiers(patient, subject, options);
  add_name(patient, subject, options);
  if (!options.mask_identity) add_contact(patient, subject);
  if (const auto gender = gender_of(subject.sex); !gender.empty()) patient.plain("gender", gender);
  add_birth_date(patient, subject, options);
  if (!options.mask_identity) add_address(patient, subject);
}

}  // namespace mappers::fhir
