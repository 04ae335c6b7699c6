#include "mappers/fhir/dates.h"
#include "mappers/fhir/names.h"
#include "mappers/fhir/render.h"
#include "mappers/fhir/resource_parts.h"
#include "mappers/fhir/systems.h"

namespace mappers::fhir {
namespace {

// Patient's Sex (0010,0040) M, F, O, blank; other values say nothing that FHIR knows.
std::string_view gender_of(std::string_view sex) {
  if (sex == "M") return "male";
  if (sex == "F") return "female";
  if (sex == "O") return "other";
  return sex.empty() ? "unknown" : "";
}

}  // namespace

// FHIR R4 Patient. identifier: (0010,0020) with (0010,0021); name: (0010,0010); birthDate: (0010,0030)
void append_patient(std::string& out, const gateway::model::SubjectRow& row, const RenderOptions& options) {
  JsonObject patient(out);
  patient.plain("resourceType", "Patient");
  patient.plain("id", row.key);
  add_meta(patient, std::to_string(row.version), row.updated_us);
  if (const std::string value = fhir_text(row.subject.patient_id); !value.empty()) {
    JsonArray identifiers(patient.member("identifier"));
    JsonObject identifier(identifiers.item());
    identifier.text("system", patient_system(row.subject.issuer, options));
    identifier.text("value", value);
  }
  std::string names;
  if (append_human_names(names, row.subject.name)) patient.member("name") += names;
  if (const auto gender = gender_of(row.subject.sex); !gender.empty()) patient.plain("gender", gender);
  if (const auto date = fhir_date(row.subject.birth_date); !date.empty()) patient.plain("birthDate", date);
}

}  // namespace mappers::fhir
