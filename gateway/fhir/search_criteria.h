// Criteria as conditions over search values: prefixes, modifiers and alternatives of each type of parameter
// (FHIR R4 search 3.1.1.4), for stored resources and for whatever else has its values extracted. Pure;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/definitions/value_sets.h"
#include "gateway/fhir/search_request.h"
#include "gateway/model/resource_query.h"
#include "mappers/fhir/local_time.h"

namespace gateway::fhir {

struct CriteriaContext {
  const definitions::SearchParameters& parameters;
  const definitions::ValueSets& value_sets;
  std::string base;               // "https://host/fhir"
  mappers::fhir::LocalTime zone;  // of dates and times without offset
  std::int64_t now_us = 0;        // for the prefix ap
};

// `criterion` has no chain and is not _has. Error: InvalidParameter naming the parameter.
Result<model::ResourceCondition> condition_of(const Criterion& criterion, const CriteriaContext& context);

}  // namespace gateway::fhir
