// What a source answered, as rows of a search of the image index (PS3.18 section 10.6.3.3). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "gateway/base/value.h"
#include "gateway/model/ports.h"

namespace gateway::sources {

// The row of an answer: required attributes are there even when empty, counts and modalities are slots,
// (0008,0054) names the source, what else it said is kept. Error: BadGateway without the UIDs of its level.
Result<model::SearchRow> make_row(model::Level level, Value answer, std::string_view ae_title);
// The UID of a row at its level.
const std::string& uid_of(const model::SearchRow& row, model::Level level);
// `row` says as much of its parts as `other`, a row of the same study or series, does.
void merge_counts(model::SearchRow& row, const model::SearchRow& other);

}  // namespace gateway::sources
