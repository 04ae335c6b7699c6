// The plan of a search for DocumentReferences of manifests: every study has two, one for each form. Pure but
// for reads of the index; thread-safe.
#pragma once

#include <array>

#include "gateway/fhir/search_plan.h"
#include "mappers/fhir/manifest.h"

namespace gateway::fhir {

inline constexpr std::array kDocumentKinds = {mappers::fhir::ManifestPart::FhirReference,
                                              mappers::fhir::ManifestPart::KosReference};

struct DocumentPlan {
  StudyPlan studies;
  std::array<bool, kDocumentKinds.size()> kinds = {true, true};  // which of the two can match
};

// The criteria must outlive the plan. Errors: InvalidParameter naming the parameter; those of the index.
Result<DocumentPlan> plan_documents(const std::vector<Criterion>& criteria, const PlanContext& context);

}  // namespace gateway::fhir
