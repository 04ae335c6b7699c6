// The selection of a dataset: DICOM keywords with values, as matches over the image index. One table in
// selection.cpp says which keywords there are. Thread-safe.
//
// A dataset is made of whole studies. A study belongs to it, with all its series, when it meets the
// conditions on patient and study, and one and the same of its series meets all those on series: Modality MR
// and Manufacturer X select the studies with an MR series from X.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/model/query.h"

namespace mappers::dcat {

// Values: exact, alternatives of each other; one value with '*' or '?' as wild cards (not for
// ModalitiesInStudy); for dates one range "20180101-20251231" with either end open. Error: InvalidParameter
// saying what is wrong with keyword or values.
gateway::Result<gateway::model::Match> parse_selection(std::string_view keyword,
                                                       const std::vector<std::string>& values);
std::vector<std::string_view> selection_keywords();

}  // namespace mappers::dcat
