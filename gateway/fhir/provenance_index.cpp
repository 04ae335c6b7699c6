// Provenance of the index plane: one for each study.
#include "gateway/fhir/index_rows.h"
#include "gateway/fhir/plan_parts.h"
#include "gateway/fhir/provenance.h"
#include "gateway/fhir/search_datatypes.h"

namespace gateway::fhir {
namespace {

class Source {
 public:
  static constexpr model::Level level = model::Level::Study;
  explicit Source(const FhirFace& face) : face_(face) {}

  const model::ImageIndex& index() const { return face_.index(); }
  Result<std::vector<model::StudyRow>> read(const model::Query& query) const {
    return index().studies(query, model::Depth::Study);
  }
  Result<std::vector<IndexRow>> render(std::vector<model::StudyRow> rows, IndexWants wants) const;

 private:
  const FhirFace& face_;
};

Result<std::vector<IndexRow>> Source::render(std::vector<model::StudyRow> rows, IndexWants wants) const {
  const ProvenanceMaker maker{face_.config().software_version, face_.config().mapping};
  std::vector<IndexRow> rendered;
  for (const model::StudyRow& row : rows) {
    IndexRow out{row.id,
                 mappers::fhir::imaging_study_id(row.study.uid),
                 std::to_string(row.version),
                 row.updated_us,
                 {},
                 nullptr};
    if (wants.text) {
      auto text = std::make_shared<std::string>();
      append_provenance(*text, row, maker);
      out.text = std::move(text);
    }
    if (wants.values) {
      out.values.push_back({"target", "ImagingStudy", out.id, {}, {}});
      out.values.push_back({"target", "Patient", row.subject.key, {}, {}});
      out.values.push_back({"patient", "Patient", row.subject.key, {}, {}});
    }
    rendered.push_back(std::move(out));
  }
  return rendered;
}

// target and patient: of studies, or of patients. A mixture is left to the test of the resource.
Result<bool> plan_target(const Criterion& criterion, const PlanContext& context, StudyPlan& plan) {
  std::vector<std::string> studies, subjects;
  std::size_t count = 0;
  for (const auto value : alternatives(criterion.value)) {
    ++count;
    if (const auto id = local_id(value, "ImagingStudy", context.base)) {
      if (auto uid = TRY(context.face.study_uid(*id))) studies.push_back(std::move(*uid));
    } else if (auto key = local_id(value, "Patient", context.base)) {
      subjects.push_back(std::move(*key));
    }
  }
  const bool typed = criterion.value.find('/') != std::string::npos;  // "target=1.2" may be of any type
  if (!studies.empty() && !subjects.empty()) return false;
  if (!typed && count > 0 && criterion.parameter->code == "target" && criterion.modifier.empty())
    return false;
  if (!subjects.empty())
    plan.any_of("subject.key", std::move(subjects));
  else
    plan.any_of("study.uid", std::move(studies));
  return true;
}

Result<void> plan_one(const Criterion& criterion, const PlanContext& context, StudyPlan& plan) {
  const std::string& code = criterion.parameter ? criterion.parameter->code : std::string();
  const bool simple = criterion.modifier.empty() && criterion.chain.empty();
  if (simple && code == "_lastUpdated") return plan_last_updated(criterion, context, "study.updated", plan);
  if (simple && code == "_id") {
    std::vector<std::string> uids;
    for (const auto value : alternatives(criterion.value))
      if (auto uid = TRY(context.face.study_uid(unescape(value)))) uids.push_back(std::move(*uid));
    plan.any_of("study.uid", std::move(uids));
    return {};
  }
  if (simple && (code == "target" || code == "patient") && TRY(plan_target(criterion, context, plan)))
    return {};
  plan.rest.push_back(&criterion);
  return {};
}

class Provenances final : public IndexType {
 public:
  std::string_view type() const override { return "Provenance"; }
  bool quick(std::string_view code) const override { return code == "target" || code == "patient"; }
  Result<std::unique_ptr<IndexSelection>> select(const std::vector<Criterion>& criteria,
                                                 const PlanContext& context) const override {
    StudyPlan plan;
    for (const Criterion& criterion : criteria) TRY_VOID(plan_one(criterion, context, plan));
    return std::unique_ptr<IndexSelection>(
        std::make_unique<RowSelection<model::StudyRow, Source>>(std::move(plan), Source(context.face)));
  }
  Result<std::vector<IndexRow>> load(const std::vector<std::string>& ids,
                                     const PlanContext& context) const override {
    return load_by_study<Source>(ids, context);
  }
};

}  // namespace

const IndexType& index_provenances() {
  static const Provenances provenances;
  return provenances;
}

}  // namespace gateway::fhir
