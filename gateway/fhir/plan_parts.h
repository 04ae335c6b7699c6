// Parts of plans that several resource types share: dates, patient identifiers, tokens. Private to this
// folder.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/fhir/search_plan.h"
#include "gateway/fhir/search_values.h"
#include "mappers/fhir/systems.h"

namespace gateway::fhir {

std::vector<Token> tokens_of(const Criterion& criterion);
// The dates of a criterion. `as_calendar`: days are read without any zone. Error: InvalidParameter.
Result<std::vector<DateValue>> dates_of(const Criterion& criterion, const PlanContext& context,
                                        bool as_calendar);
bool any_matches(const std::vector<DateValue>& dates, const mappers::fhir::TimeSpan& span);

struct Bounds {
  std::string low, high;  // empty: open
  bool nothing = false;   // no value can match: after the last day of the calendar, before the first
};
// The values that match, as bounds; nothing for ne and for alternatives.
std::optional<Bounds> instant_bounds(const std::vector<DateValue>& dates);  // microseconds, as text
std::optional<Bounds> day_bounds(const std::vector<DateValue>& dates);      // "YYYYMMDD"
// Wide enough for every zone: only to have fewer rows to examine.
std::optional<Bounds> loose_day_bounds(const std::vector<DateValue>& dates);

template <class Row>
void plan_bounds(Bounds bounds, std::string field, Plan<Row>& plan) {
  plan.nothing = plan.nothing || bounds.nothing;
  plan.range(std::move(field), std::move(bounds.low), std::move(bounds.high));
}

// The part of `text` after "urn:oid:", or all of it.
std::string bare_uid(std::string_view text);

// _lastUpdated over `field`, "study.updated" or "subject.updated".
template <class Row>
Result<void> plan_last_updated(const Criterion& criterion, const PlanContext& context, std::string field,
                               Plan<Row>& plan) {
  auto dates = TRY(dates_of(criterion, context, false));
  if (auto bounds = instant_bounds(dates)) {
    plan_bounds(std::move(*bounds), std::move(field), plan);
    return {};
  }
  plan.filters.push_back([dates = std::move(dates)](const Row& row) {
    return any_matches(dates, {row.updated_us, row.updated_us});
  });
  return {};
}

inline const model::Subject& subject_of(const model::SubjectRow& row) { return row.subject; }
inline const model::Subject& subject_of(const model::StudyRow& row) { return row.subject.subject; }

// Patient identifiers: the value by index; the system by issuer when there is one token, else by filter.
template <class Row>
void plan_patient_identifier(const Criterion& criterion, const PlanContext& context, Plan<Row>& plan) {
  auto tokens = tokens_of(criterion);
  std::erase_if(tokens, [](const Token& t) {
    return (t.system && t.system->empty()) || (!t.system && t.code.empty());
  });
  std::vector<std::string> values;
  bool by_value = true, by_system = false;
  for (const Token& token : tokens) {
    by_value = by_value && !token.code.empty();
    by_system = by_system || token.system;
    values.push_back(token.code);
  }
  if (by_value) plan.any_of("subject.patient_id", std::move(values));
  if (!by_system) return;
  const auto& options = context.face.render();
  if (tokens.size() == 1)
    plan.any_of("subject.issuer", mappers::fhir::issuers_of(*tokens[0].system, options));
  plan.filters.push_back([tokens = std::move(tokens), &options](const Row& row) {
    const model::Subject& subject = subject_of(row);
    const std::string system = mappers::fhir::patient_system(subject.issuer, options);
    return !subject.patient_id.empty() && std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
      return (!token.system || *token.system == system) &&
             (token.code.empty() || token.code == subject.patient_id);
    });
  });
}

}  // namespace gateway::fhir
