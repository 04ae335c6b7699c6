// Matching keys over work items (PS3.18 section 8.3.4, PS3.4 section CC.2.8): of searches and of filtered
// subscriptions. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/value.h"
#include "gateway/model/workitem_port.h"
#include "mappers/dicom/matching.h"

namespace gateway::workitems {

using Keys = std::vector<mappers::dicom::MatchKey>;
using QueryPairs = std::vector<std::pair<std::string, std::string>>;

// Adds the key that a query parameter is; nothing for a name that is no attribute. Errors: InvalidParameter
// naming the parameter; also for the Transaction UID, which nobody may find out by matching.
Result<void> add_key(Keys& keys, const std::string& name, const std::string& value,
                     const mappers::dicom::MatchOptions& options);
// `item` is the text of one; only what the keys name is read.
bool matches_all(std::string_view item, const Keys& keys);
// What the store can narrow by itself.
model::WorkitemFilter narrowed(const Keys& keys);

// The filter of a subscription in one form, "PatientID=X&00741200=HIGH": from "filter=PatientID=X,..." and
// from parameters that are keys themselves. Error: InvalidParameter when there is no key at all.
Result<std::string> subscription_filter(const QueryPairs& query);
Result<Keys> parse_filter(std::string_view filter);

}  // namespace gateway::workitems
