// Figures over the studies that match: what a data set description says about its images. All of one moment.
// Free functions.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "gateway/model/quality.h"
#include "gateway/model/query.h"
#include "gateway/model/statistics.h"
#include "gateway/store/database.h"
#include "gateway/store/selection.h"

namespace gateway::store {

Result<model::SelectionStatistics> compute_statistics(Database& database,
                                                      const std::vector<model::Match>& matches);

Result<model::QualityFigures> compute_quality(Database& database, const std::vector<model::Match>& matches);

// Internal to the two: `sql` with a table `selected` of the ids of the matching studies.
Result<Statement> prepare_selected(Database& database, const Selection& selection, const std::string& sql);

// Whole years from birth to the study (DA); else what the patient's age says ("063Y", "011M"; PS3.5 6.2 AS).
std::optional<int> age_in_years(std::string_view birth_date, std::string_view study_date,
                                std::string_view patient_age);

}  // namespace gateway::store
