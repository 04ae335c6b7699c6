// Plans: criteria compiled for the image index, and the rows that they find.
//
// What model::Query can say becomes matches; what a row itself can tell (several date alternatives, time of
// day, parts of names) becomes filters over the rows that the matches leave; the rest is left to who asked.
// Pure but for reads of the index; thread-safe.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "gateway/fhir/face.h"
#include "gateway/fhir/search_request.h"

namespace gateway::fhir {

template <class Row>
struct Plan {
  std::vector<model::Match> matches;
  std::vector<std::function<bool(const Row&)>> filters;
  std::vector<const Criterion*> rest;  // without a rule here
  bool nothing = false;                // no row can match

  void any_of(std::string field, std::vector<std::string> values) {
    if (values.empty()) nothing = true;
    std::sort(values.begin(), values.end());  // the index takes so many, and each but once
    values.erase(std::unique(values.begin(), values.end()), values.end());
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
  std::string base;      // "https://host/fhir"
  std::string dicomweb;  // "https://host/dicomweb"
};

// Criteria of ImagingStudy and Patient. The criteria must outlive the plan. Errors: InvalidParameter naming
// the parameter; those of the index.
Result<StudyPlan> plan_studies(const std::vector<Criterion>& criteria, const PlanContext& context);
Result<SubjectPlan> plan_subjects(const std::vector<Criterion>& criteria, const PlanContext& context);

}  // namespace gateway::fhir
