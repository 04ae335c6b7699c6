#include "gateway/fhir/compartment.h"

#include <algorithm>
#include <array>

#include "gateway/base/text.h"

namespace gateway::fhir {
namespace {

struct Member {
  std::string_view type;
  std::string_view references;  // search parameters, separated by blanks
};
constexpr auto kMembers = std::to_array<Member>({
    {"Patient", "link"},
    {"Account", "subject"},
    {"AdverseEvent", "subject"},
    {"AllergyIntolerance", "patient recorder asserter"},
    {"Appointment", "actor"},
    {"AppointmentResponse", "actor"},
    {"AuditEvent", "patient"},
    {"Basic", "patient author"},
    {"BodyStructure", "patient"},
    {"CarePlan", "patient performer"},
    {"CareTeam", "patient participant"},
    {"ChargeItem", "subject"},
    {"Claim", "patient payee"},
    {"ClaimResponse", "patient"},
    {"ClinicalImpression", "subject"},
    {"Communication", "subject sender recipient"},
    {"CommunicationRequest", "subject sender recipient requester"},
    {"Composition", "subject author attester"},
    {"Condition", "patient asserter"},
    {"Consent", "patient"},
    {"Coverage", "policy-holder subscriber beneficiary payor"},
    {"CoverageEligibilityRequest", "patient"},
    {"CoverageEligibilityResponse", "patient"},
    {"DetectedIssue", "patient"},
    {"DeviceRequest", "subject performer"},
    {"DeviceUseStatement", "subject"},
    {"DiagnosticReport", "subject"},
    {"DocumentManifest", "subject author recipient"},
    {"DocumentReference", "subject author"},
    {"Encounter", "subject"},
    {"EnrollmentRequest", "subject"},
    {"EpisodeOfCare", "patient"},
    {"ExplanationOfBenefit", "patient payee"},
    {"FamilyMemberHistory", "patient"},
    {"Flag", "patient"},
    {"Goal", "patient"},
    {"Group", "member"},
    {"ImagingStudy", "patient"},
    {"Immunization", "patient"},
    {"ImmunizationEvaluation", "patient"},
    {"ImmunizationRecommendation", "patient"},
    {"Invoice", "subject patient recipient"},
    {"List", "subject source"},
    {"MeasureReport", "patient"},
    {"Media", "subject"},
    {"MedicationAdministration", "patient performer subject"},
    {"MedicationDispense", "subject patient receiver"},
    {"MedicationRequest", "subject"},
    {"MedicationStatement", "subject"},
    {"MolecularSequence", "patient"},
    {"NutritionOrder", "patient"},
    {"Observation", "subject performer"},
    {"Person", "patient"},
    {"Procedure", "patient performer"},
    {"Provenance", "patient"},
    {"QuestionnaireResponse", "subject author"},
    {"RelatedPerson", "patient"},
    {"RequestGroup", "subject participant"},
    {"ResearchSubject", "individual"},
    {"RiskAssessment", "subject"},
    {"Schedule", "actor"},
    {"ServiceRequest", "subject performer"},
    {"Specimen", "subject"},
    {"SupplyDelivery", "patient"},
    {"SupplyRequest", "subject"},
    {"Task", "patient focus"},
    {"VisionPrescription", "patient"},
});

}  // namespace

std::optional<Membership> in_patient_compartment(std::string_view type, const std::string& id) {
  const auto member =
      std::find_if(kMembers.begin(), kMembers.end(), [&](const Member& each) { return each.type == type; });
  if (member == kMembers.end()) return std::nullopt;
  Membership membership;
  const auto add = [&](std::string parameter, std::optional<std::string> system) {
    model::ValueTest test;
    test.parameter = std::move(parameter);
    test.system = std::move(system);
    test.how = model::ValueTest::Text::Equals;
    test.texts = {id};
    membership.condition.any.push_back(std::move(test));
  };
  const bool patient = type == "Patient";
  if (patient) add("_id", std::nullopt);
  for (const auto reference : split(member->references, ' ')) add(std::string(reference), "Patient");
  membership.parameter = membership.condition.any.front().parameter;
  membership.value = patient ? id : "Patient/" + id;
  return membership;
}

std::vector<std::string> patient_compartment_types() {
  std::vector<std::string> types;
  for (const Member& member : kMembers) types.emplace_back(member.type);
  return types;
}

}  // namespace gateway::fhir
