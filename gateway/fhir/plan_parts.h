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
#include "gateway/model/record_keys.h"
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

// The keys of identifiers (model/record_keys.h) that these tokens mean: value, system, or both, as patients
// are rendered.
std::vector<std::string> identifier_keys_of(const std::vector<Token>& tokens,
                                            const mappers::fhir::RenderOptions& options);

template <class Row>
void plan_patient_identifier(const Criterion& criterion, const PlanContext& context, Plan<Row>& plan) {
  plan.any_of(std::string(model::kSubjectIdentifiers),
              identifier_keys_of(tokens_of(criterion), context.face.render()));
}

}  // namespace gateway::fhir
