// Figures over the studies that match: what a data set description says about its images. All of one moment.
// Free functions.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "gateway/model/ports.h"
#include "gateway/store/database.h"

namespace gateway::store {

Result<model::SelectionStatistics> compute_statistics(Database& database,
                                                      const std::vector<model::Match>& matches);

// Whole years from birth to the study (DA); else what the patient's age says ("063Y", "011M"; PS3.5 6.2 AS).
std::optional<int> age_in_years(std::string_view birth_date, std::string_view study_date,
                                std::string_view patient_age);

}  // namespace gateway::store
