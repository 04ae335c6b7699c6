// Values of Observations and of their components. Private to this folder. Pure.
#pragma once

#include <string>
#include <vector>

#include "mappers/fhir/report_parts.h"

namespace mappers::fhir::report {

using gateway::model::ReportValue;

// value[x], or dataAbsentReason for a measurement that has none (PS3.16 CID 42).
void add_value(JsonObject& object, const ReportValue& value, const Parts& parts);
// Normality and significance; what is special about a number.
void add_interpretations(JsonObject& object, const ReportItem& item, const Parts& parts);
// All that is said beside: parameters with their own parameters behind them, finding sites after the first.
// `code` is that of the Observation, which no component with a value has (obs-7).
void add_components(JsonObject& object, const std::vector<const ReportItem*>& items,
                    const std::vector<ReportSite>& sites, const Code& code, Parts& parts);
// "CT Dose Length Product Total 520 mGy.cm; ..."; how many events where there is nothing else to say.
std::string dose_text(const std::vector<const ReportItem*>& items, std::size_t events);

}  // namespace mappers::fhir::report
