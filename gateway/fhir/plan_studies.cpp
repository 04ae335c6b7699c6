#include <algorithm>
#include <array>

#include "gateway/fhir/plan_parts.h"
#include "gateway/model/record_keys.h"
#include "mappers/fhir/service_request.h"

namespace gateway::fhir {
namespace {

using mappers::fhir::kDcm;
using mappers::fhir::kDicomUid;
using mappers::fhir::kUri;

constexpr std::size_t kMaxStudyId = 16;  // (0020,0010) is SH
constexpr std::uint32_t kMaxStudyIdHits = 1000;
constexpr std::uint32_t kMaxOrderHits = 1000;
constexpr std::uint32_t kMaxKeyObjectStudies = 20'000;
constexpr const char* kKeyObjects = "1.2.840.10008.5.1.4.1.1.88.59";

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
  Result<void> not_status(const Criterion& criterion);
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
  Result<std::vector<std::string>> cancelled() const;
  Result<void> statuses(bool available, bool is_cancelled);
  static bool any_status(const Criterion& criterion, std::string_view status);
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

// basedon:identifier: the accession number of the study and those of all its orders, with their issuers.
Result<void> Planner::order(const Criterion& criterion) {
  auto tokens = tokens_of(criterion);
  std::erase_if(tokens, [](const Token& t) { return t.code.empty() || (t.system && t.system->empty()); });
  std::vector<std::string> numbers, uids;
  for (const Token& token : tokens) numbers.push_back(token.code);
  const auto fits = [&](const model::Request& order) {
    const std::string system =
        mappers::fhir::accession_system(order.accession.issuer, context_.face.render());
    return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
      return token.code == order.accession.value && (!token.system || *token.system == system);
    });
  };
  for (const std::string_view field : {std::string_view("study.accession_number"), model::kSeriesOrders}) {
    if (numbers.empty()) break;
    model::Query query;
    query.matches.push_back({std::string(field), model::Match::Kind::AnyOf, numbers, {}, {}});
    query.limit = kMaxOrderHits;
    const auto rows = TRY(context_.face.index().studies(query, model::Depth::Series));
    if (rows.size() == kMaxOrderHits)
      return fail(ErrorCode::InvalidParameter, "too many studies have orders with this number", "basedon");
    for (const auto& row : rows) {
      const auto orders = mappers::fhir::orders_of(row);
      if (std::any_of(orders.begin(), orders.end(), fits)) uids.push_back(row.study.uid);
    }
  }
  plan_.any_of("study.uid", std::move(uids));
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
    const auto day = mappers::fhir::span_of(started.substr(0, 10));
    const auto moment = mappers::fhir::LocalTime(render).span_of(started);
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

// Studies of which rejection notes are all that is left: only their objects tell (mappers/fhir). Few have
// nothing but key object selections, which those notes are.
Result<std::vector<std::string>> Planner::cancelled() const {
  model::Query query;
  query.matches.push_back({"study.modalities", model::Match::Kind::AnyOf, {"KO"}, {}, {}});
  query.matches.push_back({"instance.sop_class_uid", model::Match::Kind::AnyOf, {kKeyObjects}, {}, {}});
  query.limit = kMaxKeyObjectStudies;
  std::vector<std::string> uids;
  auto rows = TRY(context_.face.index().studies(query, model::Depth::Study));
  if (rows.size() == kMaxKeyObjectStudies)
    return fail(ErrorCode::InvalidParameter, "too many studies have key objects to tell their status",
                "status");
  std::erase_if(rows, [](const model::StudyRow& row) { return row.modalities.size() != 1; });
  for (const model::StudyRow& row : rows) {
    query.matches = {{"study.uid", model::Match::Kind::AnyOf, {row.study.uid}, {}, {}}};
    query.limit = 1;
    for (const auto& whole : TRY(context_.face.index().studies(query, model::Depth::Instances)))
      if (mappers::fhir::status_of(whole) == "cancelled") uids.push_back(row.study.uid);
  }
  return uids;
}

// Every study here is available or cancelled: without objects there is none.
Result<void> Planner::statuses(bool available, bool is_cancelled) {
  plan_.nothing = plan_.nothing || !(available || is_cancelled);
  if (available == is_cancelled) return {};
  auto uids = TRY(cancelled());
  if (is_cancelled) {
    plan_.any_of("study.uid", std::move(uids));
  } else if (!uids.empty()) {
    plan_.filters.push_back([uids = std::move(uids)](const model::StudyRow& row) {
      return std::find(uids.begin(), uids.end(), row.study.uid) == uids.end();
    });
  }
  return {};
}

bool Planner::any_status(const Criterion& criterion, std::string_view status) {
  const auto tokens = tokens_of(criterion);
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    const auto code = token.code_in("http://hl7.org/fhir/imagingstudy-status");
    return code && (*code == status || code->empty());
  });
}

Result<void> Planner::status(const Criterion& criterion) {
  return statuses(any_status(criterion, "available"), any_status(criterion, "cancelled"));
}

Result<void> Planner::not_status(const Criterion& criterion) {
  return statuses(!any_status(criterion, "available"), !any_status(criterion, "cancelled"));
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
    Rule{"status", &Planner::not_status, "not"},
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
