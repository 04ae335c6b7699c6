#include <algorithm>
#include <array>

#include "gateway/fhir/plan_parts.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::kDcm;
using mappers::fhir::kDicomUid;
using mappers::fhir::kUri;

constexpr std::size_t kMaxStudyId = 16;  // (0020,0010) is SH
constexpr std::uint32_t kMaxStudyIdHits = 1000;

class Planner {
 public:
  explicit Planner(const PlanContext& context) : context_(context) {}

  Result<void> id(const Criterion& criterion);
  Result<void> last_updated(const Criterion& criterion) {
    return plan_last_updated(criterion, context_, "study.updated", plan_);
  }
  Result<void> identifier(const Criterion& criterion);
  Result<void> order(const Criterion& criterion);
  Result<void> patient(const Criterion& criterion);
  Result<void> not_modality(const Criterion& criterion);
  Result<void> started(const Criterion& criterion);
  Result<void> modality(const Criterion& criterion);
  Result<void> status(const Criterion& criterion);
  Result<void> series(const Criterion& criterion) { return uid(criterion, "series.uid", kDicomUid); }
  Result<void> instance(const Criterion& criterion) { return uid(criterion, "instance.uid", kDicomUid); }
  Result<void> sop_class(const Criterion& criterion) {
    return uid(criterion, "instance.sop_class_uid", kUri);
  }
  Result<void> endpoint(const Criterion& criterion);

  void leave(const Criterion& criterion) { plan_.rest.push_back(&criterion); }
  StudyPlan finish() && { return std::move(plan_); }

 private:
  Result<void> uid(const Criterion& criterion, std::string field, std::string_view system);
  Result<void> add_by_study_id(const std::vector<std::string>& study_ids,
                               std::vector<std::string>& uids) const;

  const PlanContext& context_;
  StudyPlan plan_;
};

Result<void> Planner::id(const Criterion& criterion) {
  std::vector<std::string> uids;
  for (const auto value : alternatives(criterion.value))
    if (auto uid = TRY(context_.face.study_uid(unescape(value)))) uids.push_back(std::move(*uid));
  plan_.any_of("study.uid", std::move(uids));
  return {};
}

// The studies with these values of Study ID (0020,0010), which is an identifier without a system.
Result<void> Planner::add_by_study_id(const std::vector<std::string>& study_ids,
                                      std::vector<std::string>& uids) const {
  if (study_ids.empty()) return {};
  model::Query query;
  query.matches.push_back({"study.study_id", model::Match::Kind::AnyOf, study_ids, {}, {}});
  query.limit = kMaxStudyIdHits;
  const auto rows = TRY(context_.face.index().studies(query, model::Depth::Study));
  if (rows.size() == kMaxStudyIdHits)
    return fail(ErrorCode::InvalidParameter, "too many studies have this Study ID", "identifier");
  for (const auto& row : rows) uids.push_back(row.study.uid);
  return {};
}

Result<void> Planner::identifier(const Criterion& criterion) {
  std::vector<std::string> uids, study_ids;
  for (const Token& token : tokens_of(criterion)) {
    if (token.system && *token.system == kDicomUid && token.code.empty()) return {};  // every study has one
    if (token.code.empty()) continue;
    if (!token.system || *token.system == kDicomUid) uids.push_back(bare_uid(token.code));
    const bool without_system = !token.system || token.system->empty();
    if (without_system && token.code.size() <= kMaxStudyId * 4) study_ids.push_back(token.code);
  }
  // A UID is rarely so short that it could be a Study ID.
  std::erase_if(study_ids, [](const std::string& text) {
    return text.size() > kMaxStudyId && mappers::fhir::is_oid(text);
  });
  TRY_VOID(add_by_study_id(study_ids, uids));
  plan_.any_of("study.uid", std::move(uids));
  return {};
}

// basedon:identifier
Result<void> Planner::order(const Criterion& criterion) {
  auto tokens = tokens_of(criterion);
  std::erase_if(tokens, [](const Token& t) { return t.code.empty() || (t.system && t.system->empty()); });
  std::vector<std::string> numbers;
  bool by_system = false;
  for (const Token& token : tokens) {
    numbers.push_back(token.code);
    by_system = by_system || token.system;
  }
  plan_.any_of("study.accession_number", std::move(numbers));
  if (!by_system) return {};
  plan_.filters.push_back(
      [tokens = std::move(tokens), &options = context_.face.render()](const model::StudyRow& row) {
        const std::string system = mappers::fhir::accession_system(row.study.accession_issuer, options);
        return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
          return token.code == row.study.accession_number && (!token.system || *token.system == system);
        });
      });
  return {};
}

Result<void> Planner::patient(const Criterion& criterion) {
  std::vector<std::string> keys;
  for (const auto value : alternatives(criterion.value))
    if (auto key = local_id(value, "Patient", context_.base)) keys.push_back(std::move(*key));
  plan_.any_of("subject.key", std::move(keys));
  return {};
}

// A day is the day where the study was made; a time of day is a moment, known when the study tells its zone.
Result<void> Planner::started(const Criterion& criterion) {
  auto dates = TRY(dates_of(criterion, context_, true));
  if (auto bounds = day_bounds(dates)) {
    plan_bounds(std::move(*bounds), "study.date", plan_);
    return {};
  }
  if (auto bounds = loose_day_bounds(dates)) plan_bounds(std::move(*bounds), "study.date", plan_);
  plan_.filters.push_back([dates = std::move(dates),
                           &render = context_.face.render()](const model::StudyRow& row) {
    const std::string started = mappers::fhir::started_of(row.study, render);
    const std::string zone = mappers::fhir::local_offset(row.study.date, row.study.time, render);
    const auto day = mappers::fhir::span_of(started.substr(0, 10));
    const auto moment = mappers::fhir::span_of(started, mappers::fhir::fhir_offset(zone));
    if (!day || !moment) return false;
    return std::any_of(dates.begin(), dates.end(),
                       [&](const DateValue& date) { return date.matches(date.has_time ? *moment : *day); });
  });
  return {};
}

Result<void> Planner::modality(const Criterion& criterion) {
  std::vector<std::string> codes;
  bool any = false;
  for (const Token& token : tokens_of(criterion)) {
    const auto code = token.code_in(kDcm);
    any = any || (token.system && code && code->empty());
    if (code && !code->empty()) codes.push_back(*code);
  }
  if (any)
    plan_.filters.push_back([](const model::StudyRow& row) {
      return std::any_of(row.modalities.begin(), row.modalities.end(),
                         [](const auto& m) { return !m.empty(); });
    });
  else
    plan_.any_of("study.modalities", std::move(codes));
  return {};
}

Result<void> Planner::not_modality(const Criterion& criterion) {
  std::vector<std::string> codes;
  for (const Token& token : tokens_of(criterion))
    if (const auto code = token.code_in(kDcm)) codes.push_back(*code);
  plan_.filters.push_back([codes = std::move(codes)](const model::StudyRow& row) {
    return std::none_of(codes.begin(), codes.end(), [&](const std::string& code) {
      return code.empty()
                 ? !row.modalities.empty()
                 : std::find(row.modalities.begin(), row.modalities.end(), code) != row.modalities.end();
    });
  });
  return {};
}

Result<void> Planner::status(const Criterion& criterion) {
  bool all = false;
  for (const Token& token : tokens_of(criterion)) {
    const auto code = token.code_in("http://hl7.org/fhir/imagingstudy-status");
    all = all || (code && (*code == "available" || code->empty()));
  }
  plan_.nothing = plan_.nothing || !all;
  return {};
}

Result<void> Planner::uid(const Criterion& criterion, std::string field, std::string_view system) {
  std::vector<std::string> uids;
  for (const Token& token : tokens_of(criterion))
    if (const auto code = token.code_in(system); code && !code->empty()) uids.push_back(bare_uid(*code));
  plan_.any_of(std::move(field), std::move(uids));
  return {};
}

Result<void> Planner::endpoint(const Criterion& criterion) {
  bool ours = false;
  for (const auto value : alternatives(criterion.value))
    ours = ours || local_id(value, "Endpoint", context_.base) == mappers::fhir::kEndpointId;
  plan_.nothing = plan_.nothing || !ours;
  return {};
}

struct Rule {
  std::string_view parameter;
  Result<void> (Planner::*plan)(const Criterion&);
  std::string_view modifier = {};
};

constexpr std::array kRules = {
    Rule{"_id", &Planner::id},
    Rule{"_lastUpdated", &Planner::last_updated},
    Rule{"identifier", &Planner::identifier},
    Rule{"basedon", &Planner::order, "identifier"},
    Rule{"patient", &Planner::patient},
    Rule{"patient", &Planner::patient, "Patient"},
    Rule{"subject", &Planner::patient},
    Rule{"subject", &Planner::patient, "Patient"},
    Rule{"started", &Planner::started},
    Rule{"modality", &Planner::modality},
    Rule{"modality", &Planner::not_modality, "not"},
    Rule{"status", &Planner::status},
    Rule{"series", &Planner::series},
    Rule{"instance", &Planner::instance},
    Rule{"dicom-class", &Planner::sop_class},
    Rule{"endpoint", &Planner::endpoint},
};

}  // namespace

Result<StudyPlan> plan_studies(const std::vector<Criterion>& criteria, const PlanContext& context) {
  Planner planner(context);
  for (const Criterion& criterion : criteria) {
    const auto rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& each) {
      return each.parameter == criterion.parameter->code && each.modifier == criterion.modifier;
    });
    if (rule == kRules.end())
      planner.leave(criterion);
    else
      TRY_VOID((planner.*rule->plan)(criterion));
  }
  return std::move(planner).finish();
}

}  // namespace gateway::fhir
