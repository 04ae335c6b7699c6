// Plans: criteria compiled for the index, and the rows that they find.
//
// What model::Query can say becomes matches; the rest (several date alternatives, time of day, parts of
// names) becomes filters over the rows that the matches leave, of which a search examines a bounded number.
// Pure but for reads of the index; thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/fhir/face.h"
#include "gateway/fhir/search_request.h"

namespace gateway::fhir {

template <class Row>
struct Plan {
  std::vector<model::Match> matches;
  std::vector<std::function<bool(const Row&)>> filters;
  bool nothing = false;  // no row can match

  void any_of(std::string field, std::vector<std::string> values) {
    if (values.empty()) nothing = true;
    matches.push_back({std::move(field), model::Match::Kind::AnyOf, std::move(values), {}, {}});
  }
  void range(std::string field, std::string low, std::string high) {
    matches.push_back({std::move(field), model::Match::Kind::Range, {}, std::move(low), std::move(high)});
  }
};
using StudyPlan = Plan<model::StudyRow>;
using SubjectPlan = Plan<model::SubjectRow>;

// Whom the values are compared with: this server, in this request.
struct PlanContext {
  const FhirFace& face;
  std::string base;  // "https://host/fhir"
};

// Errors: InvalidParameter naming the parameter; those of the index.
Result<StudyPlan> plan_studies(const std::vector<Criterion>& criteria, const PlanContext& context);
Result<SubjectPlan> plan_subjects(const std::vector<Criterion>& criteria, const PlanContext& context);
// There is one Endpoint: does it match?
Result<bool> endpoint_matches(const std::vector<Criterion>& criteria, const PlanContext& context);

template <class Row>
struct Page {
  std::vector<Row> rows;
  std::uint64_t total = 0;
};
// The rows at [offset, offset + count) of what the plan finds. Studies come without series, and may be fewer
// than `count`: see FhirConfig::max_page_instances. Errors: InvalidParameter when filters would have to
// examine too many rows; those of the index.
Result<Page<model::StudyRow>> find_studies(const StudyPlan& plan, const SearchRequest& request,
                                           const FhirFace& face);
Result<Page<model::SubjectRow>> find_subjects(const SubjectPlan& plan, const SearchRequest& request,
                                              const FhirFace& face);

}  // namespace gateway::fhir
