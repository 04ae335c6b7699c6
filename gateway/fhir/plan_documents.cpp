#include "gateway/fhir/plan_documents.h"

#include <algorithm>
#include <set>

#include "gateway/fhir/manifest_service.h"
#include "gateway/fhir/plan_parts.h"
#include "mappers/fhir/document_reference.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::kDcm;
using mappers::fhir::kDicomUid;
using mappers::fhir::kUri;
using mappers::fhir::ManifestPart;

constexpr std::string_view kFormatCodes = "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode";
constexpr std::string_view kFhirFormat = "urn:ihe:rad:MADO:fhir-manifest:2026";
constexpr std::string_view kDicomUids = "http://dicom.nema.org/resources/ontology/DCMUID";
constexpr std::string_view kKosFormat = "1.2.840.10008.5.1.4.1.1.88.59";

class Planner {
 public:
  explicit Planner(const PlanContext& context) : context_(context) {}

  Result<void> id(const Criterion& criterion);
  Result<void> moment(const Criterion& criterion) {
    return plan_last_updated(criterion, context_, "study.updated", plan_.studies);
  }
  Result<void> identifier(const Criterion& criterion);
  Result<void> patient(const Criterion& criterion);
  Result<void> study(const Criterion& criterion);
  Result<void> accession(const Criterion& criterion);
  Result<void> modality(const Criterion& criterion);
  Result<void> status(const Criterion& criterion) {
    return constant(criterion, "http://hl7.org/fhir/document-reference-status", "current");
  }
  Result<void> type(const Criterion& criterion) {
    return constant(criterion, mappers::fhir::kLoinc, mappers::fhir::kImagingStudyDocument);
  }
  Result<void> category(const Criterion& criterion) {
    return constant(criterion, mappers::fhir::kDocumentCategory, mappers::fhir::kImagingCategory);
  }
  Result<void> format(const Criterion& criterion);

  void leave(const Criterion& criterion) { plan_.studies.rest.push_back(&criterion); }
  DocumentPlan finish() && { return std::move(plan_); }

 private:
  Result<void> constant(const Criterion& criterion, std::string_view system, std::string_view code);
  static bool any_is(const Criterion& criterion, std::string_view system, std::string_view code);

  const PlanContext& context_;
  DocumentPlan plan_;
};

Result<void> Planner::id(const Criterion& criterion) {
  std::vector<std::string> uids;
  bool known[kDocumentKinds.size()] = {};
  for (const auto value : alternatives(criterion.value))
    for (std::size_t kind = 0; kind < kDocumentKinds.size(); ++kind) {
      const std::string study = mappers::fhir::study_id_of(kDocumentKinds[kind], unescape(value));
      if (study.empty()) continue;
      if (auto uid = TRY(context_.face.study_uid(study))) {
        uids.push_back(std::move(*uid));
        known[kind] = true;
      }
    }
  const bool several = uids.size() > 1;
  plan_.studies.any_of("study.uid", std::move(uids));
  for (std::size_t kind = 0; kind < kDocumentKinds.size(); ++kind)
    plan_.kinds[kind] = plan_.kinds[kind] && known[kind];
  if (several) leave(criterion);  // the one form of this study, the other of that
  return {};
}

// The UID of the manifest follows from its study: it is made again for each and compared.
Result<void> Planner::identifier(const Criterion& criterion) {
  std::set<std::string, std::less<>> uids;
  for (const Token& token : tokens_of(criterion)) {
    if (token.system && *token.system == kUri && token.code.empty()) return {};  // every manifest has one
    if (const auto code = token.code_in(kUri); code && !code->empty()) uids.insert(bare_uid(*code));
  }
  plan_.studies.nothing = plan_.studies.nothing || uids.empty();
  plan_.studies.filters.push_back(
      [uids = std::move(uids), origin = manifest_origin(context_.face, context_.dicomweb)](
          const model::StudyRow& row) { return uids.contains(mappers::fhir::manifest_uid(row, origin)); });
  return {};
}

Result<void> Planner::patient(const Criterion& criterion) {
  std::vector<std::string> keys;
  for (const auto value : alternatives(criterion.value))
    if (auto key = local_id(value, "Patient", context_.base)) keys.push_back(std::move(*key));
  plan_.studies.any_of("subject.key", std::move(keys));
  return {};
}

Result<void> Planner::study(const Criterion& criterion) {
  std::vector<std::string> uids;
  for (const Token& token : tokens_of(criterion)) {
    const auto code = token.code_in(kDicomUid);
    if (code && code->empty()) return {};  // every manifest is of a study
    if (code) uids.push_back(bare_uid(*code));
  }
  plan_.studies.any_of("study.uid", std::move(uids));
  return {};
}

// Studies that have no accession number of their own may have one by a request: those are looked at.
Result<void> Planner::accession(const Criterion& criterion) {
  std::vector<std::string> numbers = {""};
  bool by_number = true;
  for (const Token& token : tokens_of(criterion)) {
    by_number = by_number && !token.code.empty();
    numbers.push_back(token.code);
  }
  if (by_number) plan_.studies.any_of("study.accession_number", std::move(numbers));
  leave(criterion);
  return {};
}

Result<void> Planner::modality(const Criterion& criterion) {
  std::vector<std::string> codes;
  for (const Token& token : tokens_of(criterion)) {
    const auto code = token.code_in(kDcm);
    if (code && code->empty()) {
      leave(criterion);
      return {};
    }
    if (code) codes.push_back(*code);
  }
  plan_.studies.any_of("study.modalities", std::move(codes));
  return {};
}

bool Planner::any_is(const Criterion& criterion, std::string_view system, std::string_view code) {
  const auto tokens = tokens_of(criterion);
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    const auto wanted = token.code_in(system);
    return wanted && (wanted->empty() || *wanted == code);
  });
}

Result<void> Planner::constant(const Criterion& criterion, std::string_view system, std::string_view code) {
  plan_.studies.nothing = plan_.studies.nothing || !any_is(criterion, system, code);
  return {};
}

Result<void> Planner::format(const Criterion& criterion) {
  plan_.kinds[0] = plan_.kinds[0] && any_is(criterion, kFormatCodes, kFhirFormat);
  plan_.kinds[1] = plan_.kinds[1] && any_is(criterion, kDicomUids, kKosFormat);
  return {};
}

struct Rule {
  std::string_view parameter;
  Result<void> (Planner::*plan)(const Criterion&);
  std::string_view modifier = {};
};

constexpr std::array kRules = {
    Rule{"_id", &Planner::id},
    Rule{"_lastUpdated", &Planner::moment},
    Rule{"date", &Planner::moment},
    Rule{"identifier", &Planner::identifier},
    Rule{"patient", &Planner::patient},
    Rule{"patient", &Planner::patient, "Patient"},
    Rule{"subject", &Planner::patient},
    Rule{"subject", &Planner::patient, "Patient"},
    Rule{"study-instance-uid", &Planner::study},
    Rule{"accession-number", &Planner::accession},
    Rule{"modality", &Planner::modality},
    Rule{"status", &Planner::status},
    Rule{"type", &Planner::type},
    Rule{"category", &Planner::category},
    Rule{"format", &Planner::format},
};

}  // namespace

Result<DocumentPlan> plan_documents(const std::vector<Criterion>& criteria, const PlanContext& context) {
  Planner planner(context);
  for (const Criterion& criterion : criteria) {
    const auto rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& each) {
      return criterion.parameter && each.parameter == criterion.parameter->code &&
             each.modifier == criterion.modifier;
    });
    if (rule == kRules.end())
      planner.leave(criterion);
    else
      TRY_VOID((planner.*rule->plan)(criterion));
  }
  return std::move(planner).finish();
}

}  // namespace gateway::fhir
